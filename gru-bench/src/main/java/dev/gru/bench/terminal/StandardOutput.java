package dev.gru.bench.terminal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/**
 * Standard output that remembers the last failure: print streams and writers only tell that there was one.
 *
 * <p>Safe for use by any number of threads if the stream behind it is.
 */
public final class StandardOutput extends FilterOutputStream {
    private volatile IOException failure;

    /** Creates a stream that writes to another one. */
    public StandardOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        try {
            out.write(bytes, offset, count);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Returns whether the last failure was a closed pipe, which is no error. */
    public boolean isClosedPipe() {
        // Java passes on the message of the operating system only; if that is not in English, the English one stands
        // beside it.
        return failure != null && String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
    }

    /** Returns the operating system's message for the last failure. */
    public String reason() {
        return failure == null || failure.getMessage() == null ? "cannot be written" : failure.getMessage();
    }
}
