package dev.gru;

import java.nio.ByteBuffer;
import java.util.Objects;

import dev.gru.engine.Snapshots;
import dev.gru.internal.Shapes;

/**
 * What can be seen in the snapshot of a stream without its model: a job that has new weights can so tell which streams
 * began with the old ones.
 *
 * <pre>{@code
 * if (Snapshot.fingerprint(bytes).equals(model.fingerprint())) {
 *     session.restore(bytes);
 * } else {
 *     session.reset();        // or go on with the model of before, or refuse
 * }
 * }</pre>
 *
 * <p>Safe for use by any number of threads.
 */
public final class Snapshot {
    private Snapshot() {
    }

    /**
     * Returns the {@link GruModel#fingerprint} of the model that a snapshot is of.
     *
     * @param snapshot what a session or a group wrote
     * @throws IllegalArgumentException if it is no snapshot, is of an unknown version, or is damaged or truncated
     */
    public static String fingerprint(byte[] snapshot) {
        return fingerprint(snapshot, 0);
    }

    /**
     * The same as {@link #fingerprint(byte[])}, from within an array.
     *
     * @param array has the snapshot
     * @param offset index of its first byte; more bytes may follow it
     */
    public static String fingerprint(byte[] array, int offset) {
        Shapes.requireRoom("array", array, offset, 0);
        return Snapshots.fingerprint(ByteBuffer.wrap(array, offset, array.length - offset)).toString();
    }

    /**
     * The same as {@link #fingerprint(byte[])}, from a buffer.
     *
     * @param buffer has the snapshot at its position, which stays where it is
     */
    public static String fingerprint(ByteBuffer buffer) {
        return Snapshots.fingerprint(Objects.requireNonNull(buffer, "buffer")).toString();
    }
}
