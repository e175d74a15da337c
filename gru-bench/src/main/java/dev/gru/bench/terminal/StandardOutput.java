package dev.gru.bench.terminal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/**
 * What the program prints, with what went wrong: print streams and writers only say that something did.
 *
 * <p>For use by any number of threads, if what it writes to is.
 */
public final class StandardOutput extends FilterOutputStream {
    private volatile IOException failure;

    /** Writes to another stream. */
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

    /** Returns whether the last failure was that nobody reads any more, which is nothing to complain of. */
    public boolean isClosedPipe() {
        // The operating system's own words are all that Java says, in other languages than English beside theirs.
        return failure != null && String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
    }

    /** Returns what the operating system says of the last failure. */
    public String reason() {
        return failure == null || failure.getMessage() == null ? "cannot be written" : failure.getMessage();
    }
}
