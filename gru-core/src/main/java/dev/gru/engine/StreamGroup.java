package dev.gru.engine;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

import dev.gru.layer.Tensor;

/**
 * Streams that are stepped together: their states, and the calls that advance some of them, one at a time. Arguments
 * have been checked by the caller, but for the indices of streams.
 *
 * <p><b>Broken until success.</b> A step takes its streams before it begins, and releases them when it has ended;
 * streams that are still taken when the next call begins are lost, whatever interrupted the step. {@link #add},
 * {@link #size} and {@link #contains} are safe for any number of threads at any time.
 */
public final class StreamGroup {
    private final Engine engine;
    private final Snapshots snapshots;
    private final Turn turn = new Turn("group");
    private final StreamTable table;
    private final GroupStep step;
    /** The index and the token of a step of one stream. */
    private final int[] one = new int[1];
    private final int[] oneToken = new int[1];
    /** The arrays of steps by name, once there was one. */
    private StreamArrays arrays;

    /** Begins without streams. */
    public StreamGroup(Engine engine) {
        this.engine = engine;
        snapshots = engine.newSnapshots();
        table = new StreamTable(engine.newStates(0));
        step = new GroupStep(engine, table);
    }

    /** Returns the number of streams. */
    public int size() {
        return table.size();
    }

    /** Returns whether {@code stream} is the index of a stream. */
    public boolean contains(int stream) {
        return table.contains(stream);
    }

    /** Adds a stream at its zero state; returns its index, the lowest free one. */
    public int add() {
        engine.requireOpen();
        return table.add();
    }

    /** Adds a stream at the state of the snapshot that an array holds; returns its index. */
    public int add(byte[] from) {
        return add(Objects.requireNonNull(from, "from"), 0, true);
    }

    /** Adds a stream at the state of a snapshot, of a buffer or array as {@link #snapshot(int, Object, int)} takes. */
    public int add(Object from, int at) {
        return add(from, at, false);
    }

    private int add(Object from, int at, boolean whole) {
        engine.requireOpen();
        turn.take();
        try {
            table.loseTaken();
            ByteBuffer checked = whole ? snapshots.checkedWhole((byte[]) from) : snapshots.checked(from, at);
            int stream = table.add();
            replace(stream, checked);
            return stream;
        } finally {
            turn.taken = false;
        }
    }

    /** Advances one stream by a token; the output is written from {@code yAt} on. */
    public void step(int stream, int token, float[] y, int yAt) {
        engine.requireOpen();
        turn.take();
        oneToken[0] = token;
        stepOne(stream, oneToken, null, 0, y, yAt);
    }

    /** Advances one stream by the features from {@code xAt} on; the output is written from {@code yAt} on. */
    public void step(int stream, float[] x, int xAt, float[] y, int yAt) {
        engine.requireOpen();
        turn.take();
        stepOne(stream, null, x, xAt, y, yAt);
    }

    private void stepOne(int stream, int[] token, float[] x, int xAt, float[] y, int yAt) {
        boolean ended = false;
        try {
            table.loseTaken();
            if (!table.take(stream)) {
                throw refused("stream", stream);
            }
            one[0] = stream;
            step.run(1, one, token, x, xAt, y, yAt);
            table.untake(1, one);
            turn.end();
            ended = true;
        } finally {
            if (!ended) {
                turn.taken = false;
            }
        }
    }

    /**
     * Advances some streams by one step.
     *
     * @param count number of streams
     * @param streams their indices, (count)
     * @param tokens a token for each, (count), or null if the model takes features
     * @param x features, (count, inputSize), or null if the model takes tokens
     * @param y outputs, (count, outputSize)
     * @throws IllegalArgumentException if an index is not that of a stream, or occurs twice
     * @throws IllegalStateException if the model is closed, another call is running, or the state of a stream is lost
     */
    public void step(int count, int[] streams, int[] tokens, float[] x, float[] y) {
        step(count, streams, tokens, x, y, null, null);
    }

    /**
     * Advances some streams by one step of all inputs.
     *
     * @param count number of streams
     * @param streams their indices, (count)
     * @param in the inputs, by name, one row for each stream
     * @param out those outputs that are wanted, by name
     * @throws IllegalArgumentException if an array does not fit, an index is not that of a stream, or occurs twice
     * @throws IllegalStateException as for {@link #step(int, int[], int[], float[], float[])}
     */
    public void step(int count, int[] streams, Map<String, Tensor> in, Map<String, Tensor> out) {
        step(count, streams, null, null, null, Objects.requireNonNull(in, "inputs"), out);
    }

    private void step(int count, int[] streams, int[] tokens, float[] x, float[] y, Map<String, Tensor> in,
            Map<String, Tensor> out) {
        engine.requireOpen();
        turn.take();
        boolean ended = false;
        try {
            if (in != null) {
                take(count, in, out);
            }
            table.loseTaken();
            for (int i = 0, taken; i < count; i += taken) {
                taken = table.takeNext(streams, i, count);
                if (taken == 0) {
                    RuntimeException refused = refused(i, streams);
                    table.untake(i, streams);
                    throw refused;
                }
            }
            if (in == null) {
                step.run(count, streams, tokens, x, 0, y, 0);
            } else {
                step.run(count, streams, arrays);
                arrays.forget();
            }
            table.untake(count, streams);
            turn.end();
            ended = true;
        } finally {
            if (!ended) {
                turn.taken = false;
            }
        }
    }

    private void take(int count, Map<String, Tensor> in, Map<String, Tensor> out) {
        if (arrays == null) {
            arrays = new StreamArrays(engine);
        }
        arrays.take(count, count, in, out);
    }

    private RuntimeException refused(int i, int[] streams) {
        int stream = streams[i];
        for (int earlier = 0; earlier < i; earlier++) {
            if (streams[earlier] == stream) {
                return new IllegalArgumentException("streams must be of different streams, but streams[" + earlier
                        + "] and streams[" + i + "] are both " + stream);
            }
        }
        return refused("streams[" + i + "]", stream);
    }

    private RuntimeException refused(String name, int stream) {
        return contains(stream)
                ? new IllegalStateException("an earlier call failed in the middle, so the state of stream " + stream
                        + " is lost; reset or restore it")
                : new IllegalArgumentException(name + " must be a stream of this group, was " + stream
                        + ", which is removed or was never added");
    }

    /** Removes a stream. */
    public void remove(int stream) {
        use(stream, null, 0, StreamGroup::remove);
    }

    /** Sets a stream to its zero state. */
    public void reset(int stream) {
        use(stream, null, 0, StreamGroup::reset);
    }

    /** Returns the state of a stream as a snapshot. */
    public byte[] snapshot(int stream) {
        byte[] snapshot = new byte[engine.snapshotSize()];
        snapshot(stream, snapshot, 0);
        return snapshot;
    }

    /**
     * Writes the state of a stream as a snapshot.
     *
     * @param stream its index
     * @param to a {@code ByteBuffer}, written from its position on, which is advanced, or a {@code byte[]}
     * @param at the index of the first byte in an array
     */
    public void snapshot(int stream, Object to, int at) {
        use(stream, to, at, StreamGroup::write);
    }

    /** Sets a stream to the state of the snapshot that an array holds. */
    public void restore(int stream, byte[] from) {
        use(stream, Objects.requireNonNull(from, "from"), 0, StreamGroup::readAll);
    }

    /** Sets a stream to the state of a snapshot, of a buffer or array as {@link #snapshot(int, Object, int)} takes. */
    public void restore(int stream, Object from, int at) {
        use(stream, from, at, StreamGroup::read);
    }

    private void use(int stream, Object bytes, int at, Turn.Action<StreamGroup> action) {
        engine.requireOpen();
        turn.use(this, stream, bytes, at, action);
    }

    private static void remove(StreamGroup group, int stream, Object none, int at) {
        group.require(stream);
        group.table.remove(stream);
    }

    private static void reset(StreamGroup group, int stream, Object none, int at) {
        group.require(stream);
        group.table.states(stream).reset(StreamTable.row(stream));
        group.table.recover(stream);
    }

    private static void write(StreamGroup group, int stream, Object to, int at) {
        group.require(stream);
        if (!group.table.isReady(stream)) {
            throw group.refused("stream", stream);
        }
        group.snapshots.write(group.table.states(stream), StreamTable.row(stream), to, at);
    }

    private static void read(StreamGroup group, int stream, Object from, int at) {
        group.require(stream);
        group.replace(stream, group.snapshots.checked(from, at));
    }

    private static void readAll(StreamGroup group, int stream, Object from, int at) {
        group.require(stream);
        group.replace(stream, group.snapshots.checkedWhole((byte[]) from));
    }

    private void replace(int stream, ByteBuffer from) {
        // If the stack overflows now, the stream is among those that are lost.
        table.take(stream);
        Snapshots.read(from, table.states(stream), StreamTable.row(stream));
        table.recover(stream);
    }

    /** Checks that a stream exists; streams that a failed step has not released are lost. */
    private void require(int stream) {
        table.loseTaken();
        if (!contains(stream)) {
            throw refused("stream", stream);
        }
    }
}
