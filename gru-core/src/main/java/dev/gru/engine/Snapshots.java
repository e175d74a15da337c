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
public final class Snapshots {
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
    /** What goes to and comes from arrays, once there was one: to wrap each would allocate. */
    private ByteBuffer own;

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

    private ByteBuffer own() {
        if (own == null) {
            own = ByteBuffer.allocate(size);
        }
        return own.clear();
    }

    /**
     * Writes the states of a row.
     *
     * @param to a {@code ByteBuffer}, written from its position on, which is advanced, or a {@code byte[]} with room
     * @param at the index of the first byte in an array
     * @throws IllegalArgumentException if a buffer has no room
     */
    void write(States states, int row, Object to, int at) {
        if (to instanceof byte[] array) {
            write(states, row, own());
            own.get(0, array, at, size);
        } else {
            write(states, row, (ByteBuffer) to);
        }
    }

    private void write(States states, int row, ByteBuffer to) {
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
            to.putInt(checksum(to, begin, size - Integer.BYTES, checksum));
        } finally {
            to.order(order);
        }
    }

    /**
     * Returns a buffer at whose position is a snapshot that an array holds, and nothing else.
     *
     * @throws IllegalArgumentException as for {@link #checked}, or if more bytes follow
     */
    ByteBuffer checkedWhole(byte[] from) {
        ByteBuffer checked = checked(from, 0);
        if (from.length > size) {
            throw new IllegalArgumentException("a snapshot of this model has " + size + " bytes, the array had "
                    + from.length);
        }
        return checked;
    }

    /**
     * Returns a buffer at whose position is a snapshot of this model.
     *
     * @param from a {@code ByteBuffer}, which is the one that is returned, or a {@code byte[]}
     * @param at the index of the first byte in an array
     * @throws IllegalArgumentException if there is no snapshot of this model, or it is damaged or truncated
     */
    ByteBuffer checked(Object from, int at) {
        if (!(from instanceof byte[] array)) {
            ByteBuffer buffer = (ByteBuffer) Objects.requireNonNull(from, "from");
            requireOwn(buffer);
            return buffer;
        }
        Shapes.requireRoom("from", array, at, 0);
        if (array.length - at < size) {
            requireOwn(ByteBuffer.wrap(array, at, array.length - at));
        }
        ByteBuffer copy = own().put(0, array, at, size);
        try {
            requireOwn(copy);
        } catch (IllegalArgumentException e) {
            // One of another model may be longer than what was copied, so the message is that of all there is.
            requireOwn(ByteBuffer.wrap(array, at, array.length - at));
            throw e;
        }
        return copy;
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

    /**
     * Returns the fingerprint of the model whose snapshot is at the position of a buffer.
     *
     * @throws IllegalArgumentException if there is no snapshot, or it is damaged or truncated
     */
    public static Fingerprint fingerprint(ByteBuffer from) {
        ByteBuffer snapshot = from.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        requireIntact(snapshot, new CRC32C());
        int begin = snapshot.position();
        return new Fingerprint(snapshot.getLong(begin + MODEL_AT), snapshot.getLong(begin + MODEL_AT + Long.BYTES));
    }

    private void requireOwn(ByteBuffer from) {
        ByteOrder order = from.order();
        try {
            requireOwnInOrder(from.order(ByteOrder.LITTLE_ENDIAN));
        } finally {
            from.order(order);
        }
    }

    private void requireOwnInOrder(ByteBuffer from) {
        long bytes = requireIntact(from, checksum);
        int begin = from.position();
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

    /** Checks that a snapshot of any model is at the position of a buffer; returns its size in bytes. */
    private static long requireIntact(ByteBuffer from, CRC32C checksum) {
        int begin = from.position();
        int left = from.remaining();
        if (left < MIN_SIZE) {
            throw new IllegalArgumentException("the snapshot is truncated: it has " + left
                    + " bytes, and the shortest has " + MIN_SIZE);
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
        if (from.getInt(begin + length) != checksum(from, begin, length, checksum)) {
            throw new IllegalArgumentException("the snapshot is damaged: its checksum does not match its bytes");
        }
        return bytes;
    }

    /** Returns the checksum of {@code length} bytes; the position of the buffer does not change. */
    private static int checksum(ByteBuffer bytes, int begin, int length, CRC32C checksum) {
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
