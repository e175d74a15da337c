package dev.gru.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

import dev.gru.internal.Shapes;

/**
 * Writes the states of single streams as bytes, and reads them.
 *
 * <p>The format, in little-endian byte order: the bytes {@code GRUS}; the version of the format, an int; the
 * {@link Fingerprint} of the model, two longs, upper and lower; the number of floats, an int; the states, floats, layer
 * by layer in the order of {@link dev.gru.layer.Signature}, with all their bits; and the CRC-32C of everything before,
 * an int.
 *
 * <p>For use by one thread at a time. After construction nothing is allocated but exceptions.
 */
final class Snapshots {
    private static final int MAGIC = 'G' | 'R' << 8 | 'U' << 16 | 'S' << 24;
    private static final int VERSION = 1;

    private static final int VERSION_AT = Integer.BYTES;
    private static final int MODEL_AT = VERSION_AT + Integer.BYTES;
    private static final int COUNT_AT = MODEL_AT + 2 * Long.BYTES;
    private static final int STATES_AT = COUNT_AT + Integer.BYTES;
    /** The size of a snapshot without states, in bytes. */
    private static final int MIN_SIZE = STATES_AT + Integer.BYTES;

    private final int size;
    private final Supplier<Fingerprint> model;
    private final CRC32C checksum = new CRC32C();

    /**
     * Prepares to write and read snapshots.
     *
     * @param size the size of a snapshot, from {@link #size(int[])}
     * @param model the fingerprint of the model, asked for when a snapshot is written or checked
     */
    Snapshots(int size, Supplier<Fingerprint> model) {
        this.size = size;
        this.model = model;
    }

    /**
     * Returns the size of a snapshot in bytes.
     *
     * @param stateSizes the floats of each layer
     * @throws IllegalStateException if an array cannot hold that many
     */
    static int size(int[] stateSizes) {
        long states = Arrays.stream(stateSizes).asLongStream().sum();
        long size = MIN_SIZE + states * Float.BYTES;
        if (size > Shapes.MAX_ARRAY) {
            throw new IllegalStateException("a snapshot of " + states + " states does not fit an array");
        }
        return (int) size;
    }

    /**
      * Writes the states of a row at the position of a buffer, which is advanced.
     *
     * @throws IllegalArgumentException if there is no room
     */
    void write(States states, int row, ByteBuffer to) {
        if (Objects.requireNonNull(to, "to").isReadOnly()) {
            throw new IllegalArgumentException("the buffer of a snapshot must not be read-only");
        }
        if (to.remaining() < size) {
            throw new IllegalArgumentException(
                    "the buffer of a snapshot must have " + size + " bytes left, had " + to.remaining());
        }
        Fingerprint fingerprint = model.get();
        int begin = to.position();
        ByteOrder order = to.order();
        try {
            to.order(ByteOrder.LITTLE_ENDIAN);
            to.putInt(MAGIC).putInt(VERSION).putLong(fingerprint.upper()).putLong(fingerprint.lower())
                    .putInt((size - MIN_SIZE) / Float.BYTES);
            for (int layer = 0; layer < states.layers(); layer++) {
                float[] from = states.of(layer);
                int end = (row + 1) * states.size(layer);
                for (int i = row * states.size(layer); i < end; i++) {
                    to.putInt(Float.floatToRawIntBits(from[i]));
                }
            }
            to.putInt(checksum(to, begin, size - Integer.BYTES));
        } finally {
            to.order(order);
        }
    }

    /**
     * Checks the snapshot that a buffer holds.
     *
     * @throws IllegalArgumentException as for {@link #check}, or if more bytes follow
     */
    void checkAll(ByteBuffer from) {
        check(from);
        if (from.remaining() > size) {
            throw new IllegalArgumentException("a snapshot of this model has " + size + " bytes, the array had "
                    + from.remaining());
        }
    }

    /**
     * Checks the snapshot at the position of a buffer.
     *
      * @throws IllegalArgumentException if it is not a snapshot of this model, is damaged, or is truncated
     */
    void check(ByteBuffer from) {
        ByteOrder order = Objects.requireNonNull(from, "from").order();
        try {
            requireWhole(from.order(ByteOrder.LITTLE_ENDIAN));
        } finally {
            from.order(order);
        }
    }

    /** Sets the states of a row to those of the checked snapshot at the position of a buffer, which is advanced. */
    static void read(ByteBuffer from, States states, int row) {
        ByteOrder order = from.order();
        try {
            from.order(ByteOrder.LITTLE_ENDIAN);
            int at = from.position() + STATES_AT;
            for (int layer = 0; layer < states.layers(); layer++) {
                float[] to = states.of(layer);
                int end = (row + 1) * states.size(layer);
                for (int i = row * states.size(layer); i < end; i++) {
                    to[i] = Float.intBitsToFloat(from.getInt(at));
                    at += Float.BYTES;
                }
            }
            from.position(at + Integer.BYTES);
        } finally {
            from.order(order);
        }
    }

    private void requireWhole(ByteBuffer from) {
        int begin = from.position();
        int left = from.remaining();
        if (left < MIN_SIZE) {
            throw new IllegalArgumentException(
                    "the snapshot is truncated: it has " + left + " bytes, and the shortest has "
                            + MIN_SIZE);
        }
        if (from.getInt(begin) != MAGIC) {
            throw new IllegalArgumentException("these bytes are not a snapshot: they do not begin with GRUS");
        }
        int version = from.getInt(begin + VERSION_AT);
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "the snapshot is of version " + version + ", and only version " + VERSION + " is known");
        }
        long bytes = MIN_SIZE + Integer.toUnsignedLong(from.getInt(begin + COUNT_AT)) * Float.BYTES;
        if (left < bytes) {
            throw new IllegalArgumentException("the snapshot is truncated: it has " + left + " bytes of " + bytes);
        }
        int length = (int) bytes - Integer.BYTES;
        if (from.getInt(begin + length) != checksum(from, begin, length)) {
            throw new IllegalArgumentException("the snapshot is damaged: its checksum does not match its bytes");
        }
        Fingerprint own = model.get();
        long upper = from.getLong(begin + MODEL_AT);
        long lower = from.getLong(begin + MODEL_AT + Long.BYTES);
        if (upper != own.upper() || lower != own.lower()) {
            throw new IllegalArgumentException("the snapshot is of another model: of "
                    + new Fingerprint(upper, lower) + ", and this is " + own);
        }
        if (bytes != size) {
            throw new IllegalArgumentException(
                    "a snapshot of this model has " + size + " bytes, this one had " + bytes);
        }
    }

    /** Returns the checksum of {@code length} bytes; the position of the buffer does not change. */
    private int checksum(ByteBuffer bytes, int begin, int length) {
        int position = bytes.position();
        int limit = bytes.limit();
        checksum.reset();
        try {
            checksum.update(bytes.limit(begin + length).position(begin));
        } finally {
            bytes.limit(limit).position(position);
        }
        return (int) checksum.getValue();
    }
}
