package dev.gru;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

import dev.gru.engine.Engine;
import dev.gru.engine.StreamGroup;
import dev.gru.internal.Shapes;
import dev.gru.layer.Tensor;

/**
 * Many independent streams of one model, of which each call steps some together: the bits of single {@link GruSession
 * sessions}, at the speed of batches.
 *
 * <p>A stream has an index from {@link #add()} to {@link #remove}; a later stream may get the same one. States are
 * stored in pages of 64 streams, so a growing group moves nothing. Calls are fastest if they step streams in the order
 * of their indices and many of each page: full pages are stepped in place, other streams are gathered first, which
 * costs about a tenth of the time. If the model has more than one thread, calls with many streams are distributed over
 * them.
 *
 * <p>{@link #add()}, {@link #size} and {@link #contains} are safe for any number of threads at any time, also during a
 * step. All other methods are used by one thread at a time, platform or virtual; a concurrent call throws. After
 * construction only adding allocates, once for each page, unless more calls run at the same time in all sessions
 * and groups of the model than ever before. Groups need no closing.
 *
 * <p>Masked steps, and models that return only their last output, behave as in a session.
 *
 * <p><b>Errors.</b> All methods throw an {@link IllegalArgumentException} if an argument is invalid, and an
 * {@link IllegalStateException} if the model is closed or, except for {@code add()}, {@code size} and {@code contains},
 * another thread is using the group; no stream has advanced then. If anything else fails in the middle of a step, such
 * as a stack overflow, the states of its streams are lost: calls that name one of them throw an
 * {@link IllegalStateException} that says so until {@link #reset}, {@link #restore} or {@link #remove}. The other
 * streams are unchanged.
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

    /** Returns whether {@code stream} is the index of a stream of this group. */
    public boolean contains(int stream) {
        return streams.contains(stream);
    }

    /**
     * Adds a stream at its zero state. May be called while another thread steps the group, without delaying it.
     *
     * @return its index, the lowest free one
     * @throws IllegalStateException if the model is closed
     */
    public int add() {
        return streams.add();
    }

    /**
     * Adds a stream at the state of a snapshot.
     *
     * @param from a snapshot of any group or session of the same model
     * @return its index, the lowest free one
     * @throws IllegalArgumentException as for {@link GruSession#restore(byte[])}; then no stream was added
     * @throws IllegalStateException as the class says
     */
    public int add(byte[] from) {
        return streams.add(from);
    }

    /**
     * The same as {@link #add(byte[])}, from within an array.
     *
     * @param from the array
     * @param offset index of the first byte; more bytes may follow the snapshot
     */
    public int add(byte[] from, int offset) {
        Objects.requireNonNull(from, "from");
        return streams.add(from, offset);
    }

    /**
     * The same as {@link #add(byte[])}, from a buffer.
     *
     * @param from the buffer, read from its position on, which is advanced; more bytes may follow the snapshot
     */
    public int add(ByteBuffer from) {
        Objects.requireNonNull(from, "from");
        return streams.add(from, 0);
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
     * Advances one stream by a token.
     *
     * @param stream its index
     * @param token a token id
     * @param y output, (outputSize)
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if the model takes features, the token is not in its vocabulary, {@code y} is
     *     too short, or there is no such stream
     * @throws IllegalStateException as the class says
     */
    public void step(int stream, int token, float[] y, int yOffset) {
        engine.requireToken(token);
        Shapes.requireRoom("y", y, yOffset, engine.outputSize());
        streams.step(stream, token, y, yOffset);
    }

    /**
     * Advances one stream by a feature vector.
     *
     * @param stream its index
     * @param x input, (inputSize)
     * @param xOffset index of its first element
     * @param y output, (outputSize); it may overlap the input
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if the model takes tokens, an array is too short, or there is no such stream
     * @throws IllegalStateException as the class says
     */
    public void step(int stream, float[] x, int xOffset, float[] y, int yOffset) {
        engine.requireFeatures();
        Shapes.requireRoom("x", x, xOffset, engine.inputSize());
        Shapes.requireRoom("y", y, yOffset, engine.outputSize());
        streams.step(stream, x, xOffset, y, yOffset);
    }

    /**
     * Advances some streams by one token each.
     *
     * @param count how many streams, 0 or more
     * @param indices their indices, (count), without duplicates
     * @param tokens a token id for each, (count)
     * @param y outputs, (count, outputSize)
     * @throws IllegalArgumentException if the model takes features, an array is too short, a token is not in the
     *     vocabulary, or an index is not that of a stream or occurs twice
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
     * Advances some streams by one feature vector each.
     *
     * @param count how many streams, 0 or more
     * @param indices their indices, (count), without duplicates
     * @param x inputs, (count, inputSize)
     * @param y outputs, (count, outputSize)
     * @throws IllegalArgumentException if the model takes tokens, an array is too short, {@code y} is {@code x}, or an
     *     index is not that of a stream or occurs twice
     * @throws IllegalStateException as the class says
     */
    public void step(int count, int[] indices, float[] x, float[] y) {
        engine.requireFeatures();
        requireRoom(count, indices, y);
        Shapes.requireRoom("x", x, 0, Shapes.elements(1, count, engine.inputSize()));
        Shapes.requireOtherArray("y", y, "x", x);
        streams.step(count, indices, null, x, y);
    }

    /**
     * Advances some streams of a model with any number of inputs and outputs by one step each. The arrays are as for
     * {@link GruSession#run}, with a row for each stream in place of steps: (count, features), (count) of token ids.
     *
     * @param count how many streams, 0 or more
     * @param indices their indices, (count), without duplicates
     * @param inputs an array for each input of the model
     * @param outputs arrays for those outputs of the model that are wanted
     * @throws IllegalArgumentException as for {@link GruSession#run}, or if an index is not that of a stream or occurs
     *     twice
     * @throws IllegalStateException as the class says
     */
    public void step(int count, int[] indices, Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
        Shapes.requireNotNegative("count", count);
        Shapes.requireRoom("streams", indices, 0, count);
        Objects.requireNonNull(inputs, "inputs");
        Objects.requireNonNull(outputs, "outputs");
        streams.step(count, indices, inputs, outputs);
    }

    private void requireRoom(int count, int[] indices, float[] y) {
        Shapes.requireNotNegative("count", count);
        Shapes.requireRoom("streams", indices, 0, count);
        Shapes.requireRoom("y", y, 0, Shapes.elements(1, count, engine.outputSize()));
    }

    /**
     * Sets a stream to its zero state.
     *
     * @param stream its index
     * @throws IllegalArgumentException if there is no such stream
     * @throws IllegalStateException as the class says
     */
    public void reset(int stream) {
        streams.reset(stream);
    }

    /**
     * Returns the state of a stream as a snapshot, the same as that of a {@linkplain GruSession#snapshot() session}.
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
     * @param to the buffer, written from its position on, which is advanced
     * @throws IllegalArgumentException if there is no such stream, fewer than {@link GruModel#snapshotSize} bytes
     *     remain in the buffer, or it is read-only
     * @throws IllegalStateException as the class says
     */
    public void snapshot(int stream, ByteBuffer to) {
        streams.snapshot(stream, to, 0);
    }

    /**
     * Writes what {@link #snapshot(int)} returns into an array, without allocation but for a buffer at the first call.
     *
     * @param stream its index
     * @param to the array
     * @param offset index of the first byte
     * @throws IllegalArgumentException if there is no such stream, or no room for {@link GruModel#snapshotSize} bytes
     * @throws IllegalStateException as the class says
     */
    public void snapshot(int stream, byte[] to, int offset) {
        Shapes.requireRoom("to", to, offset, engine.snapshotSize());
        streams.snapshot(stream, to, offset);
    }

    /**
     * Sets a stream to the state of a snapshot.
     *
     * @param stream its index
     * @param from a snapshot of any group or session of the same model
     * @throws IllegalArgumentException if there is no such stream, or as for {@link GruSession#restore(byte[])}; the
     *     stream is unchanged then
     * @throws IllegalStateException as the class says
     */
    public void restore(int stream, byte[] from) {
        streams.restore(stream, from);
    }

    /**
     * The same as {@link #restore(int, byte[])}, from a buffer.
     *
     * @param stream its index
     * @param from the buffer, read from its position on, which is advanced; more bytes may follow the snapshot
     */
    public void restore(int stream, ByteBuffer from) {
        streams.restore(stream, from, 0);
    }

    /**
     * The same as {@link #restore(int, byte[])}, from within an array.
     *
     * @param stream its index
     * @param from the array
     * @param offset index of the first byte; more bytes may follow the snapshot
     */
    public void restore(int stream, byte[] from, int offset) {
        Objects.requireNonNull(from, "from");
        streams.restore(stream, from, offset);
    }
}
