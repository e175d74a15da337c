package dev.gru.format;

import java.util.function.IntFunction;

/**
 * A kind of file that grows: with twice the number it is about twice as large.
 *
 * @param name says what there are many of
 * @param first the number to begin with
 * @param maker makes the content of a file
 */
record Structure(String name, int first, IntFunction<byte[]> maker) {
    /** How often the number is doubled. */
    static final int DOUBLINGS = 5;

    /** Returns the content of the file after some doublings. */
    byte[] content(int doublings) {
        return maker.apply(first << doublings);
    }

    @Override
    public String toString() {
        return name;
    }
}
