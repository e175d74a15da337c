package dev.gru;

import java.nio.ByteBuffer;

import dev.gru.engine.Engine;
import dev.gru.engine.StreamGroup;
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
    private final Engine engine;
    private final StreamGroup streams;

    GruGroup(Engine engine) {
        this.engine = engine;
        streams = new StreamGroup(engine);
    }

    /** Returns the number of streams. */
    public int size() {
        return streams.size();
    }

    /** Returns whether {@code stream} is the index of a stream that was added and not removed since. */
    public boolean contains(int stream) {
        return streams.contains(stream);
    }

    /**
     * Adds a stream at its zero state. May be called while another thread steps the group, which it does not hold up.
     *
     * @return its index, the lowest that is free
     * @throws IllegalStateException if the model is closed
     */
    public int add() {
        return streams.add();
    }

    /**
     * Removes a stream.
     *
     * @param stream its index
     * @throws IllegalArgumentException if there is no such stream
     * @throws IllegalStateException as the class says
     */
    public void remove(int stream) {
        streams.remove(stream);
    }

    /**
     * Takes one token in each of some streams.
     *
     * @param count how many streams, 0 or more
     * @param indices their indices, (count), each of another one
     * @param tokens a token id for each, (count)
     * @param y outputs, (count, outputSize)
     * @throws IllegalArgumentException if the model takes features, an array is too short, an id is not in the table, or
     *     an index is that of no stream or is there twice
     * @throws IllegalStateException as the class says
     */
    public void step(int count, int[] indices, int[] tokens, float[] y) {
        engine.requireTokens();
        requireRoom(count, indices, y);
        Shapes.requireRoom("tokens", tokens, 0, count);
        engine.requireTokens(tokens, 0, count);
        streams.step(count, indices, tokens, null, y);
    }

    /**
     * Takes one feature vector in each of some streams.
     *
     * @param count how many streams, 0 or more
     * @param indices their indices, (count), each of another one
     * @param x inputs, (count, inputSize)
     * @param y outputs, (count, outputSize)
     * @throws IllegalArgumentException if the model takes tokens, an array is too short, {@code y} is {@code x}, or an
     *     index is that of no stream or is there twice
     * @throws IllegalStateException as the class says
     */
    public void step(int count, int[] indices, float[] x, float[] y) {
        engine.requireFeatures();
        requireRoom(count, indices, y);
        Shapes.requireRoom("x", x, 0, Shapes.elements(1, count, engine.inputSize()));
        Shapes.requireOtherArray("y", y, "x", x);
        streams.step(count, indices, null, x, y);
    }

    private void requireRoom(int count, int[] indices, float[] y) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be at least 0, was " + count);
        }
        Shapes.requireRoom("streams", indices, 0, count);
        Shapes.requireRoom("y", y, 0, Shapes.elements(1, count, engine.outputSize()));
    }

    /**
     * Puts a stream back to its zero state.
     *
     * @param stream its index
     * @throws IllegalArgumentException if there is no such stream
     * @throws IllegalStateException as the class says
     */
    public void reset(int stream) {
        streams.reset(stream);
    }

    /**
     * Returns the state of a stream as bytes, which are those of a {@linkplain GruSession#snapshot() session}.
     *
     * @param stream its index
     * @throws IllegalArgumentException if there is no such stream
     * @throws IllegalStateException as the class says
     */
    public byte[] snapshot(int stream) {
        return streams.snapshot(stream);
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
        streams.snapshot(stream, to);
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
        streams.restore(stream, from);
    }

    /**
     * The same as {@link #restore(int, byte[])}, from a buffer.
     *
     * @param stream its index
     * @param from where the snapshot begins at the buffer's position, which moves behind it; there may be more bytes after
     *     it
     */
    public void restore(int stream, ByteBuffer from) {
        streams.restore(stream, from);
    }
}
