package dev.gru;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

import dev.gru.engine.Engine;
import dev.gru.engine.Segments;
import dev.gru.engine.SingleStream;
import dev.gru.internal.Shapes;
import dev.gru.layer.Tensor;

/**
 * One stream of a model: its state, and the calls that advance it by a step or a sequence of steps.
 *
 * <p>The state is kept from call to call until {@link #reset}; Keras calls such a layer stateful. A {@link #snapshot}
 * saves it for later or for another process. The outputs do not depend on how a stream is divided into calls: steps and
 * sequences of any length give the same bits.
 *
 * <p>A session holds little more than its state: calls run in memory borrowed from the model. No call allocates, unless
 * more calls run at the same time than ever before. Sessions need no closing.
 *
 * <p>A session is used by one thread at a time, platform or virtual; a concurrent call throws. Threads may take turns
 * if they hand the session over safely. Interrupts have no effect.
 *
 * <p>A masked step leaves the states of the GRU layers unchanged; the output of a layer is then its previous output, or
 * that of the zero state if there was none, or 0 if the layer zeroes masked outputs. If the model returns only its last
 * output, each step returns the output that the model would have if the sequence ended there.
 *
 * <p>A model with several inputs is advanced by {@link #run}; all other methods are for models with one input, and
 * return the first output.
 *
 * <p><b>Errors.</b> All methods throw an {@link IllegalArgumentException} if an argument is invalid, and an
 * {@link IllegalStateException} if the model is closed or another thread is using the session; the stream has not
 * advanced then. If anything else fails in the middle of a call, such as a stack overflow, the state is lost, and all
 * calls throw an {@link IllegalStateException} that says so until {@link #reset} or {@link #restore}.
 *
 * <p><b>Segments</b> may be heap or native, aligned or not. Their numbers are in native byte order.
 */
public final class GruSession {
    private final Engine engine;
    private final SingleStream stream;
    private final int inputSize;
    private final int outputSize;

    GruSession(Engine engine) {
        this.engine = engine;
        stream = new SingleStream(engine);
        inputSize = engine.inputSize();
        outputSize = engine.outputSize();
    }

    /** Advances by one token; the same as {@link #step(int, float[], int)} with an offset of 0. */
    public void step(int token, float[] y) {
        step(token, y, 0);
    }

    /**
     * Advances by one token.
     *
     * @param token its id
     * @param y output, (outputSize)
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if the model takes features, the token is not in its vocabulary, or {@code y} is
     *     too short
     * @throws IllegalStateException as the class says
     */
    public void step(int token, float[] y, int yOffset) {
        engine.requireToken(token);
        Shapes.requireRoom("y", y, yOffset, outputSize);
        stream.step(token, y, yOffset);
    }

    /**
     * Advances by one token.
     *
     * @param token its id
     * @param y output, (outputSize) floats
     * @throws IllegalArgumentException as for {@link #step(int, float[], int)}, or if the segment cannot be written by
     *     this thread
     * @throws IllegalStateException as the class says
     */
    public void step(int token, MemorySegment y) {
        engine.requireToken(token);
        Segments.requireWritable("y", y, outputSize);
        stream.step(token, y, 0);
    }

    /** Advances by one feature vector; the same as {@link #step(float[], int, float[], int)} with offsets of 0. */
    public void step(float[] x, float[] y) {
        step(x, 0, y, 0);
    }

    /**
     * Advances by one feature vector.
     *
     * @param x input, (inputSize)
     * @param xOffset index of its first element
     * @param y output, (outputSize); it may overlap the input
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if the model takes tokens or an array is too short
     * @throws IllegalStateException as the class says
     */
    public void step(float[] x, int xOffset, float[] y, int yOffset) {
        engine.requireFeatures();
        Shapes.requireRoom("x", x, xOffset, inputSize);
        Shapes.requireRoom("y", y, yOffset, outputSize);
        stream.run(1, x, xOffset, y, yOffset);
    }

    /**
     * Advances by one feature vector or token.
     *
     * @param in input, (inputSize) floats; if the model takes tokens, the id, an int
     * @param y output, (outputSize) floats; it may overlap the input
     * @throws IllegalArgumentException if a segment is too short or not accessible to this thread, or the token is not
     *     in the model's vocabulary
     * @throws IllegalStateException as the class says
     */
    public void step(MemorySegment in, MemorySegment y) {
        requireInputs(1, in);
        Segments.requireWritable("y", y, outputSize);
        stream.run(1, in, 0, y, 0);
    }

    /**
     * Advances by consecutive tokens; the same as {@link #sequence(int, int[], int, float[], int)} with offsets of 0.
     */
    public void sequence(int steps, int[] tokens, float[] y) {
        sequence(steps, tokens, 0, y, 0);
    }

    /**
     * Advances by consecutive tokens.
     *
     * @param steps how many, 0 or more
     * @param tokens their ids, (steps)
     * @param tokensOffset index of the first
     * @param y outputs, (steps, outputSize) or, if the model returns only its last output, (outputSize), which is left
     *     as it is if {@code steps} is 0
     * @param yOffset index of the first
     * @throws IllegalArgumentException as for {@link #step(int, float[], int)}, or if {@code steps} is negative
     * @throws IllegalStateException as the class says
     */
    public void sequence(int steps, int[] tokens, int tokensOffset, float[] y, int yOffset) {
        engine.requireTokens();
        Shapes.requireRoom("tokens", tokens, tokensOffset, Shapes.requireNotNegative("steps", steps));
        engine.requireTokens(tokens, tokensOffset, steps);
        Shapes.requireRoom("y", y, yOffset, outputs(steps));
        stream.run(steps, tokens, tokensOffset, y, yOffset);
    }

    /**
     * Advances by consecutive feature vectors; the same as {@link #sequence(int, float[], int, float[], int)} with
     * offsets of 0.
     */
    public void sequence(int steps, float[] x, float[] y) {
        sequence(steps, x, 0, y, 0);
    }

    /**
     * Advances by consecutive feature vectors.
     *
     * @param steps how many, 0 or more
     * @param x inputs, (steps, inputSize)
     * @param xOffset index of the first
     * @param y outputs, as for {@link #sequence(int, int[], int, float[], int)}
     * @param yOffset index of the first
     * @throws IllegalArgumentException as for {@link #step(float[], int, float[], int)}, or if {@code steps} is
     *     negative or {@code y} is {@code x}
     * @throws IllegalStateException as the class says
     */
    public void sequence(int steps, float[] x, int xOffset, float[] y, int yOffset) {
        engine.requireFeatures();
        Shapes.requireRoom("x", x, xOffset, Shapes.elements(1, Shapes.requireNotNegative("steps", steps), inputSize));
        Shapes.requireOtherArray("y", y, "x", x);
        Shapes.requireRoom("y", y, yOffset, outputs(steps));
        stream.run(steps, x, xOffset, y, yOffset);
    }

    /**
     * Advances by consecutive feature vectors or tokens.
     *
     * @param steps how many, 0 or more
     * @param in inputs, (steps, inputSize) floats; if the model takes tokens, their ids, (steps) ints
     * @param y outputs, floats, otherwise as for {@link #sequence(int, int[], int, float[], int)}
     * @throws IllegalArgumentException as for {@link #step(MemorySegment, MemorySegment)}, or if {@code steps} is
     *     negative or the two overlap
     * @throws IllegalStateException as the class says
     */
    public void sequence(int steps, MemorySegment in, MemorySegment y) {
        requireInputs(Shapes.requireNotNegative("steps", steps), in);
        Segments.requireWritable("y", y, outputs(steps));
        if (in.asOverlappingSlice(y).isPresent()) {
            throw new IllegalArgumentException("y must not overlap the inputs");
        }
        stream.run(steps, in, 0, y, 0);
    }

    /**
     * Advances a stream of a model with any number of inputs and outputs by consecutive steps. The arrays have the
     * names of the model's {@link GruModel#signature}, but no batch: (steps, features) of a sequence, (steps) of token
     * ids, (features) of a vector, whatever layout the signature gives them; they may be longer. They and the maps can
     * be used again for the next call, which then allocates nothing.
     *
     * @param steps how many, 0 or more
     * @param inputs an array for each input of the model; its lengths and states are not among them
     * @param outputs arrays for those outputs of the model that are wanted; outputs without steps are what they were if
     *     the sequence ended after the last step, and are left as they are if {@code steps} is 0
     * @throws IllegalArgumentException if a name is missing or unknown, an array has the wrong type, is too short or is
     *     given twice, a token is not in the vocabulary, or {@code steps} is negative
     * @throws IllegalStateException as the class says
     */
    public void run(int steps, Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
        Shapes.requireNotNegative("steps", steps);
        Objects.requireNonNull(inputs, "inputs");
        Objects.requireNonNull(outputs, "outputs");
        stream.run(steps, inputs, outputs);
    }

    private void requireInputs(int steps, MemorySegment in) {
        engine.requireOneInput();
        Segments.requireReadable("in", in, Shapes.elements(1, steps, inputSize));
        if (engine.takesTokens()) {
            for (int t = 0; t < steps; t++) {
                engine.requireToken(in.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, t));
            }
        }
    }

    private long outputs(int steps) {
        return Shapes.elements(1, engine.returnsSequences() ? steps : 1, outputSize);
    }

    /** Sets the stream to its zero state. */
    public void reset() {
        stream.reset();
    }

    /**
     * Returns the state of the stream as {@link GruModel#snapshotSize} bytes: a header with a version and the
     * {@link GruModel#fingerprint} of the model, 4 bytes for each number of the state, and a checksum. They do not
     * depend on the machine or the kernel.
     */
    public byte[] snapshot() {
        return stream.snapshot();
    }

    /**
     * Writes what {@link #snapshot()} returns to a buffer, without allocation.
     *
     * @param to the buffer, written from its position on, which is advanced
     * @throws IllegalArgumentException if fewer than {@link GruModel#snapshotSize} bytes remain in it, or it is
     *     read-only
     * @throws IllegalStateException as the class says
     */
    public void snapshot(ByteBuffer to) {
        stream.snapshot(to, 0);
    }

    /**
     * Writes what {@link #snapshot()} returns into an array, without allocation but for a buffer at the first call.
     *
     * @param to the array
     * @param offset index of the first byte
     * @throws IllegalArgumentException if there is no room for {@link GruModel#snapshotSize} bytes
     * @throws IllegalStateException as the class says
     */
    public void snapshot(byte[] to, int offset) {
        Shapes.requireRoom("to", to, offset, engine.snapshotSize());
        stream.snapshot(to, offset);
    }

    /**
     * Sets the stream to the state of a snapshot: its outputs from then on have the same bits as those that followed
     * the snapshot.
     *
     * @param from a snapshot of a session or of a stream of a {@link GruGroup}, of this process or another
     * @throws IllegalArgumentException if it is not a snapshot, is one of another model or of an unknown version, or is
     *     damaged or truncated; the stream is unchanged then
     * @throws IllegalStateException as the class says
     */
    public void restore(byte[] from) {
        stream.restore(from);
    }

    /**
     * The same as {@link #restore(byte[])}, from a buffer.
     *
     * @param from the buffer, read from its position on, which is advanced; more bytes may follow the snapshot
     */
    public void restore(ByteBuffer from) {
        stream.restore(from, 0);
    }

    /**
     * The same as {@link #restore(byte[])}, from within an array, as {@link #snapshot(byte[], int)} wrote it.
     *
     * @param from the array
     * @param offset index of the first byte; more bytes may follow the snapshot
     */
    public void restore(byte[] from, int offset) {
        Objects.requireNonNull(from, "from");
        stream.restore(from, offset);
    }
}
