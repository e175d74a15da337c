package dev.gru.bench.terminal;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

import dev.gru.internal.Printable;

/**
 * The writer that commands print to: it replaces characters that could do anything to a terminal but fill lines. Names
 * in files may contain escapes that clear the screen, or characters that change the direction of the text beside them.
 *
 * <p>Line ends and tabs are kept. Text that the program styles itself is written to {@link #raw}. For use by one thread
 * at a time.
 */
public final class PrintableWriter extends PrintWriter {
    private final PrintWriter raw;

    private PrintableWriter(PrintWriter raw) {
        super(new Filter(raw));
        this.raw = raw;
    }

    /**
     * Returns a writer that prints to another one, which is flushed with it; if that is a printable writer already, the
     * same.
     */
    public static PrintableWriter of(PrintWriter out) {
        return out instanceof PrintableWriter printable ? printable : new PrintableWriter(out);
    }

    /** Returns the writer behind a printable one, which takes all characters, for text without any from elsewhere. */
    public static PrintWriter raw(PrintWriter out) {
        return out instanceof PrintableWriter printable ? printable.raw : out;
    }

    /** Flushes, and returns whether writing has failed. */
    @Override
    public boolean checkError() {
        boolean failed = super.checkError();
        return raw.checkError() || failed;
    }

    private static final class Filter extends FilterWriter {
        /** Characters that separate lines and columns; a carriage return only if it is part of the line separator. */
        private static final String BETWEEN = "\n\t" + System.lineSeparator();
        private static final int NONE = -1;

        /** The first half of a surrogate pair whose second half is still missing. */
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
