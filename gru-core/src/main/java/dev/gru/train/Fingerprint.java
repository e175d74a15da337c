package dev.gru.train;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A checksum of data, CRC-32C, by which it is seen that it is other data.
 *
 * <p>Not safe for use by two threads at once.
 */
final class Fingerprint {
    private final CRC32C checksum = new CRC32C();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 13);

    /** Adds whole numbers, or, if there are none, that there are none. */
    void add(int... values) {
        begin(values == null ? -1 : values.length);
        for (int i = 0; values != null && i < values.length; i++) {
            room(Integer.BYTES).putInt(values[i]);
        }
    }

    /** Adds numbers, or, if there are none, that there are none. */
    void add(double[] values) {
        begin(values == null ? -1 : values.length);
        for (int i = 0; values != null && i < values.length; i++) {
            room(Double.BYTES).putDouble(values[i]);
        }
    }

    /** Adds numbers as if they were doubles, or, if there are none, that there are none. */
    void add(float[] values) {
        begin(values == null ? -1 : values.length);
        for (int i = 0; values != null && i < values.length; i++) {
            room(Double.BYTES).putDouble(values[i]);
        }
    }

    /** Adds truth values, or, if there are none, that there are none. */
    void add(boolean[] values) {
        begin(values == null ? -1 : values.length);
        for (int i = 0; values != null && i < values.length; i++) {
            room(1).put((byte) (values[i] ? 1 : 0));
        }
    }

    private void begin(int length) {
        room(Integer.BYTES).putInt(length);
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            flush();
        }
        return buffer;
    }

    private void flush() {
        checksum.update(buffer.flip());
        buffer.clear();
    }

    /** Returns the checksum of all that was added. */
    String value() {
        flush();
        return "%08x".formatted((int) checksum.getValue());
    }
}
