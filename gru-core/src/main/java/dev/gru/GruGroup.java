package dev.gru;

import java.nio.ByteBuffer;

import dev.gru.internal.Shapes;

/**
 * Many independent streams of one model, any of which move on together: the bits of single {@link GruSession sessions}, at
 * the speed of batches.
 *
 * <p>A stream has an index from {@link #add} to {@link #remove}; later streams may get the same one. States are kept in
 * pages of 64 streams, so a group that grows moves nothing. Fastest are calls that step streams in the order of their
 * indices, many of each page: whole pages are stepped where they are, others are collected first, which takes about a
 * tenth of the time. If the model has more than one thread, calls of many streams are shared out.
 *
 * <p>{@link #add}, {@link #size} and {@link #contains} are for any number of threads at any time, also while others are
 * stepping. All other methods are for one thread at a time, virtual ones among them; a call that comes while another is
 * running fails. After construction only {@code add} allocates, once a page, unless more calls run at once in all sessions
 * and groups of the model than ever before. A group that is forgotten needs no closing.
 *
 * <p>Steps that the model leaves out, and models that return only their last output, do what they do in a session.
 *
 * <p><b>Errors.</b> All methods throw an {@link IllegalArgumentException} if an argument does not fit, and an
 * {@link IllegalStateException} if the model is closed or, where it matters, another thread is using the group; no stream
 * has moved then. If anything else goes wrong in the middle of a step, such as a stack that overflows, the states of its
 * streams are lost: calls that name one of them fail with an {@link IllegalStateException} that says so until
 * {@link #reset}, {@link #restore} or {@link #remove}. The other streams are as they were.
 */
public final class GruGroup {
    private final GruModel model;
    private final Snapshots snapshots;
    private final Turn turn = new Turn("group");
    private final StreamTable table;
    private final GroupStep step;

    GruGroup(GruModel model) {
        this.model = model;
        snapshots = new Snapshots(model);
        // The first pipeline is made here, so that not even the first step allocates.
        Pipeline pipeline = model.pool().take();
        model.pool().giveBack(pipeline);
        table = new StreamTable(pipeline.newStates(0));
        step = new GroupStep(model, table);
    }

    /** Returns the model whose streams these are. */
    public GruModel model() {
        return model;
    }

    /** Returns the number of streams. */
    public int size() {
        return table.size();
    }

    /** Returns whether {@code stream} is the index of a stream that was added and not removed since. */
    public boolean contains(int stream) {
        return table.contains(stream);
    }

    /**
     * Adds a stream at its zero state. May be called while another thread steps the group, which it does not hold up.
     *
     * @return its index, the lowest that is free
     * @throws IllegalStateException if the model is closed
     */
    public int add() {
        model.requireOpen();
        return table.add();
    }

    /**
     * Removes a stream.
     *
     * @param stream its index
     * @throws IllegalArgumentException if there is no such stream
     * @throws IllegalStateException as the class says
     */
    public void remove(int stream) {
        enter();
        try {
            require(stream);
            table.remove(stream);
        } finally {
            turn.taken = false;
        }
    }

    /**
     * Takes one token in each of some streams.
     *
     * @param count how many streams, 0 or more
     * @param streams their indices, (count), each of another one
     * @param tokens a token id for each, (count)
     * @param y outputs, (count, outputSize)
     * @throws IllegalArgumentException if the model takes features, an array is too short, an id is not in the table, or
     *     an index is that of no stream or is there twice
     * @throws IllegalStateException as the class says
     */
    public void step(int count, int[] streams, int[] tokens, float[] y) {
        model.requireTokens();
        requireRoom(count, streams, y);
        Shapes.requireRoom("tokens", tokens, 0, count);
        model.checkTokens(tokens, 0, count);
        run(count, streams, tokens, null, y);
    }

    /**
     * Takes one feature vector in each of some streams.
     *
     * @param count how many streams, 0 or more
     * @param streams their indices, (count), each of another one
     * @param x inputs, (count, inputSize)
     * @param y outputs, (count, outputSize)
     * @throws IllegalArgumentException if the model takes tokens, an array is too short, {@code y} is {@code x}, or an
     *     index is that of no stream or is there twice
     * @throws IllegalStateException as the class says
     */
    public void step(int count, int[] streams, float[] x, float[] y) {
        model.requireFeatures();
        requireRoom(count, streams, y);
        Shapes.requireRoom("x", x, 0, Shapes.elements(1, count, model.inputSize()));
        Shapes.requireOtherArray("y", y, "x", x);
        run(count, streams, null, x, y);
    }

    private void requireRoom(int count, int[] streams, float[] y) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be at least 0, was " + count);
        }
        Shapes.requireRoom("streams", streams, 0, count);
        Shapes.requireRoom("y", y, 0, Shapes.elements(1, count, model.outputSize()));
    }

    private void run(int count, int[] streams, int[] tokens, float[] x, float[] y) {
        enter();
        try {
            for (int i = 0; i < count; i++) {
                if (!table.take(streams[i])) {
                    RuntimeException refused = refused(i, streams);
                    table.untake(i, streams);
                    throw refused;
                }
            }
            step.run(count, streams, tokens, x, y);
            table.untake(count, streams);
        } finally {
            turn.taken = false;
        }
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

    /**
     * Puts a stream back to its zero state.
     *
     * @param stream its index
     * @throws IllegalArgumentException if there is no such stream
     * @throws IllegalStateException as the class says
     */
    public void reset(int stream) {
        enter();
        try {
            require(stream);
            table.states(stream).reset(StreamTable.row(stream));
            table.recover(stream);
        } finally {
            turn.taken = false;
        }
    }

    /**
     * Returns the state of a stream as bytes, which are those of a {@linkplain GruSession#snapshot() session}.
     *
     * @param stream its index
     * @throws IllegalArgumentException if there is no such stream
     * @throws IllegalStateException as the class says
     */
    public byte[] snapshot(int stream) {
        enter();
        try {
            requireReady(stream);
            return snapshots.write(table.states(stream), StreamTable.row(stream));
        } finally {
            turn.taken = false;
        }
    }

    /**
     * Writes what {@link #snapshot(int)} returns to a buffer, without allocation.
     *
     * @param stream its index
     * @param to where it is written, from the buffer's position on, which moves behind it
     * @throws IllegalArgumentException if there is no such stream, less than {@link GruModel#snapshotSize} bytes remain in
     *     the buffer, or it is read-only
     * @throws IllegalStateException as the class says
     */
    public void snapshot(int stream, ByteBuffer to) {
        enter();
        try {
            requireReady(stream);
            snapshots.write(table.states(stream), StreamTable.row(stream), to);
        } finally {
            turn.taken = false;
        }
    }

    /**
     * Brings a stream to the state of a snapshot.
     *
     * @param stream its index
     * @param from what {@code snapshot} returned, of any group or session of the same model
     * @throws IllegalArgumentException if there is no such stream, or as for {@link GruSession#restore(byte[])}; the stream
     *     has not moved then
     * @throws IllegalStateException as the class says
     */
    public void restore(int stream, byte[] from) {
        enter();
        try {
            require(stream);
            readStates(stream, snapshots.checked(from));
        } finally {
            turn.taken = false;
        }
    }

    /**
     * The same as {@link #restore(int, byte[])}, from a buffer.
     *
     * @param stream its index
     * @param from where the snapshot begins at the buffer's position, which moves behind it; there may be more bytes after
     *     it
     */
    public void restore(int stream, ByteBuffer from) {
        enter();
        try {
            require(stream);
            snapshots.check(from);
            readStates(stream, from);
        } finally {
            turn.taken = false;
        }
    }

    private void readStates(int stream, ByteBuffer from) {
        // If the stack overflows now, the stream is among those that are lost.
        table.take(stream);
        Snapshots.read(from, table.states(stream), StreamTable.row(stream));
        table.recover(stream);
    }

    private void enter() {
        model.requireOpen();
        turn.take();
        try {
            // What a step has taken and not let go of it has lost; its stack may have had no room to say so.
            table.loseTaken();
        } catch (Error e) {
            turn.taken = false;
            throw e;
        }
    }

    private void require(int stream) {
        if (!contains(stream)) {
            throw refused("stream", stream);
        }
    }

    private void requireReady(int stream) {
        if (!table.isReady(stream)) {
            throw refused("stream", stream);
        }
    }
}
