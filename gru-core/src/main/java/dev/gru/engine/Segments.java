package dev.gru.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** The checks of segments, and the words in which they fail. All numbers are of four bytes. */
public final class Segments {
    private Segments() {
    }

    /**
     * Checks that this thread can read {@code count} numbers from a segment.
     *
     * @throws IllegalArgumentException if it cannot; the message names the segment and says why
     */
    public static void requireReadable(String name, MemorySegment segment, long count) {
        Objects.requireNonNull(segment, name);
        if (count > segment.byteSize() / Float.BYTES) {
            throw new IllegalArgumentException(name + " must have room for " + count + " numbers of " + Float.BYTES
                    + " bytes, its size is " + segment.byteSize());
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalArgumentException(name + " must be alive, but its arena is closed");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new IllegalArgumentException(name + " must be accessible to the calling thread");
        }
    }

    /**
     * Checks that this thread can write {@code count} numbers to a segment.
     *
     * @throws IllegalArgumentException if it cannot; the message names the segment and says why
     */
    public static void requireWritable(String name, MemorySegment segment, long count) {
        requireReadable(name, segment, count);
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException(name + " must not be read-only");
        }
    }

    /** Copies the first {@code count} floats of an array to a segment, from its float {@code index} on. */
    public static void copy(float[] from, MemorySegment to, long index, int count) {
        MemorySegment.copy(from, 0, to, ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES, count);
    }
}
