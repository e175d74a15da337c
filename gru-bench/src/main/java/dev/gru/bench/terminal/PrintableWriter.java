package dev.gru.bench.terminal;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

import dev.gru.internal.Printable;

/**
 * What commands print to: text that cannot do to a terminal more than fill lines, wherever it comes from. Names out of files
 * may have escapes that clear the screen, or characters that turn the order of what is beside them.
 *
 * <p>Line ends and tabs go through. What the program styles itself goes to {@link #raw}. For use by one thread at a time.
 */
public final class PrintableWriter extends PrintWriter {
    private final PrintWriter raw;

    private PrintableWriter(PrintWriter raw) {
        super(new Filter(raw));
        this.raw = raw;
    }

    /** Returns what prints to another writer, which is flushed with it; if it is one already, the same. */
    public static PrintableWriter of(PrintWriter out) {
        return out instanceof PrintableWriter printable ? printable : new PrintableWriter(out);
    }

    /** Returns what takes all characters as they are, for text without any that come from elsewhere. */
    public static PrintWriter raw(PrintWriter out) {
        return out instanceof PrintableWriter printable ? printable.raw : out;
    }

    /** Flushes, and returns whether anything could not be written. */
    @Override
    public boolean checkError() {
        boolean failed = super.checkError();
        return raw.checkError() || failed;
    }

    private static final class Filter extends FilterWriter {
        /** What may stand between lines and columns; a carriage return only where it is a part of the end of a line. */
        private static final String BETWEEN = "\n\t" + System.lineSeparator();
        private static final int NONE = -1;

        /** The first half of a surrogate pair whose second is still to come. */
        private int half = NONE;

        Filter(Writer out) {
            super(out);
        }

        @Override
        public void write(int c) throws IOException {
            add((char) c);
        }

        @Override
        public void write(char[] text, int offset, int count) throws IOException {
            for (int i = offset; i < offset + count; i++) {
                add(text[i]);
            }
        }

        @Override
        public void write(String text, int offset, int count) throws IOException {
            write(text.toCharArray(), offset, count);
        }

        private void add(char c) throws IOException {
            if (half != NONE) {
                char first = (char) half;
                half = NONE;
                if (Character.isLowSurrogate(c)) {
                    out.write(Printable.line(new String(new char[]{first, c})));
                    return;
                }
                out.write(Printable.line(String.valueOf(first)));
            }
            if (Character.isHighSurrogate(c)) {
                half = c;
            } else if (BETWEEN.indexOf(c) >= 0) {
                out.write(c);
            } else {
                out.write(Printable.line(String.valueOf(c)));
            }
        }
    }
}
