package dev.gru.format.file;

import java.io.IOException;
import java.io.Serial;

import dev.gru.internal.Printable;

/**
 * A file is not what it should be, or holds something that is not supported. The message is one line that names the
 * file and, where there is one, the layer, tensor or offset.
 */
public final class ModelFormatException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message one line that names the file and what is wrong with it; characters that would end the line or
     *     control a terminal are replaced
     */
    public ModelFormatException(String message) {
        super(Printable.line(message));
    }

    /**
     * Makes the exception.
     *
     * @param message as of {@link #ModelFormatException(String)}
     * @param cause what a library said
     */
    public ModelFormatException(String message, Throwable cause) {
        super(Printable.line(message), cause);
    }
}
