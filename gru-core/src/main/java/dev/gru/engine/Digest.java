package dev.gru.engine;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import dev.gru.weights.Precision;

/**
 * A hash of numbers and texts. Of each the bytes are hashed, most significant first; those of a text and of several
 * floats come behind their number. For use by one thread.
 */
public final class Digest {
    private final MessageDigest sha = sha256();
    private final ByteBuffer buffer = ByteBuffer.allocate(8192);

    /** Begins without any bytes. */
    public Digest() {
    }

    /** Returns SHA-256, which every Java platform has. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Adds a number. */
    public void add(int value) {
        if (buffer.remaining() < Integer.BYTES) {
            flush();
        }
        buffer.putInt(value);
    }

    /** Adds a number. */
    public void add(long value) {
        add((int) (value >>> Integer.SIZE));
        add((int) value);
    }

    /** Adds a number with all its bits. */
    public void add(float value) {
        add(Float.floatToRawIntBits(value));
    }

    /** Adds a truth value. */
    public void add(boolean value) {
        add(value ? 1 : 0);
    }

    /** Adds a text. */
    public void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes.length);
        for (byte b : bytes) {
            add(b);
        }
    }

    /** Adds numbers, each rounded to a precision. */
    public void add(FloatBuffer values, Precision rounded) {
        add(values.remaining());
        while (values.hasRemaining()) {
            add(Float.floatToRawIntBits(rounded.round(values.get())));
        }
    }

    /** Returns the first half of the SHA-256 of all that was added. Nothing is to be added any more. */
    public ByteBuffer value() {
        flush();
        return ByteBuffer.wrap(sha.digest(), 0, sha.getDigestLength() / 2);
    }

    private void flush() {
        sha.update(buffer.flip());
        buffer.clear();
    }
}
