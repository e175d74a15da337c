package dev.gru;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

import dev.gru.engine.Engine;
import dev.gru.engine.Segments;
import dev.gru.engine.SingleStream;
import dev.gru.internal.Shapes;

/**
 * The state of one stream. It takes little memory beside, as its calls run in memory that the model lends to one call after
 * the other; so no call allocates, unless more run at once than ever before, and a session that is forgotten needs no
 * closing.
 *
 * <p>What comes out does not depend on how the stream is cut: steps and sequences of any length give the same bits.
 *
 * <p>This is what Keras calls a stateful layer: the state stays from call to call, until {@link #reset}. A
 * {@link #snapshot} keeps it for later, or for another process.
 *
 * <p>For use by one thread at a time, virtual ones among them; a call that comes while another is running fails. Threads may
 * take turns if they hand the session over safely. Interrupts are left alone.
 *
 * <p>Where the model leaves steps out, such a step leaves the states of its GRU layers as they are, so the output of a
 * layer is its previous one, or that of the zero state if there was none; or 0, if the layer is one that says so. If the
 * model returns only its last output, each step returns what the output would be if the sequence ended there.
 *
 * <p><b>Errors.</b> All methods throw an {@link IllegalArgumentException} if an argument does not fit, and an
 * {@link IllegalStateException} if the model is closed or another thread is using the session; the stream has not moved
 * then. If anything else goes wrong in the middle of a call, such as a stack that overflows, the state is lost, and all calls
 * fail with an {@link IllegalStateException} that says so until {@link #reset} or {@link #restore}.
 *
 * <p><b>Segments</b> may be heap or native, and aligned or not. Their numbers are in the machine's byte order.
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

    /** Takes one token; the same as {@link #step(int, float[], int)} with an offset of 0. */
    public void step(int token, float[] y) {
        step(token, y, 0);
    }

    /**
     * Takes one token.
     *
     * @param token its id
     * @param y output, (outputSize)
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if the model takes features, the id is not in its table, or {@code y} is too
     *     short
     * @throws IllegalStateException as the class says
     */
    public void step(int token, float[] y, int yOffset) {
        engine.requireTokens().requireToken(token);
        Shapes.requireRoom("y", y, yOffset, outputSize);
        stream.step(token, y, yOffset);
    }

    /**
     * Takes one token.
     *
     * @param token its id
     * @param y output, (outputSize) floats
     * @throws IllegalArgumentException as for {@link #step(int, float[], int)}, or if the segment cannot be written by
     *     this thread
     * @throws IllegalStateException as the class says
     */
    public void step(int token, MemorySegment y) {
        engine.requireTokens().requireToken(token);
        Segments.requireWritable("y", y, outputSize);
        stream.step(token, y, 0);
    }

    /** Takes one feature vector; the same as {@link #step(float[], int, float[], int)} with offsets of 0. */
    public void step(float[] x, float[] y) {
        step(x, 0, y, 0);
    }

    /**
     * Takes one feature vector.
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
     * Takes one feature vector, or one token.
     *
     * @param in input, (inputSize) floats; if the model takes tokens, the id, an int
     * @param y output, (outputSize) floats; it may overlap the input
     * @throws IllegalArgumentException if a segment is too short or cannot be used by this thread, or the id is not in the
     *     model's table
     * @throws IllegalStateException as the class says
     */
    public void step(MemorySegment in, MemorySegment y) {
        requireInputs(1, in);
        Segments.requireWritable("y", y, outputSize);
        stream.run(1, in, 0, y, 0);
    }

    /** Takes consecutive tokens; the same as {@link #sequence(int, int[], int, float[], int)} with offsets of 0. */
    public void sequence(int steps, int[] tokens, float[] y) {
        sequence(steps, tokens, 0, y, 0);
    }

    /**
     * Takes consecutive tokens.
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
        Shapes.requireRoom("tokens", tokens, tokensOffset, requireSteps(steps));
        engine.requireTokens(tokens, tokensOffset, steps);
        Shapes.requireRoom("y", y, yOffset, outputs(steps));
        stream.run(steps, tokens, tokensOffset, y, yOffset);
    }

    /** Takes consecutive vectors; the same as {@link #sequence(int, float[], int, float[], int)} with offsets of 0. */
    public void sequence(int steps, float[] x, float[] y) {
        sequence(steps, x, 0, y, 0);
    }

    /**
     * Takes consecutive feature vectors.
     *
     * @param steps how many, 0 or more
     * @param x inputs, (steps, inputSize)
     * @param xOffset index of the first
     * @param y outputs, as for {@link #sequence(int, int[], int, float[], int)}
     * @param yOffset index of the first
     * @throws IllegalArgumentException as for {@link #step(float[], int, float[], int)}, or if {@code steps} is negative
     *     or {@code y} is {@code x}
     * @throws IllegalStateException as the class says
     */
    public void sequence(int steps, float[] x, int xOffset, float[] y, int yOffset) {
        engine.requireFeatures();
        Shapes.requireRoom("x", x, xOffset, Shapes.elements(1, requireSteps(steps), inputSize));
        Shapes.requireOtherArray("y", y, "x", x);
        Shapes.requireRoom("y", y, yOffset, outputs(steps));
        stream.run(steps, x, xOffset, y, yOffset);
    }

    /**
     * Takes consecutive feature vectors, or consecutive tokens.
     *
     * @param steps how many, 0 or more
     * @param in inputs, (steps, inputSize) floats; if the model takes tokens, their ids, (steps) ints
     * @param y outputs, floats, otherwise as for {@link #sequence(int, int[], int, float[], int)}
     * @throws IllegalArgumentException as for {@link #step(MemorySegment, MemorySegment)}, or if {@code steps} is negative
     *     or the two overlap
     * @throws IllegalStateException as the class says
     */
    public void sequence(int steps, MemorySegment in, MemorySegment y) {
        requireInputs(requireSteps(steps), in);
        Segments.requireWritable("y", y, outputs(steps));
        if (in.asOverlappingSlice(y).isPresent()) {
            throw new IllegalArgumentException("y must not overlap the inputs");
        }
        stream.run(steps, in, 0, y, 0);
    }

    private void requireInputs(int steps, MemorySegment in) {
        Segments.requireReadable("in", in, Shapes.elements(1, steps, inputSize));
        if (engine.takesTokens()) {
            for (int t = 0; t < steps; t++) {
                engine.requireTokens().requireToken(in.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, t));
            }
        }
    }

    private long outputs(int steps) {
        return Shapes.elements(1, engine.returnsSequences() ? steps : 1, outputSize);
    }

    /** Puts the stream back to its zero state. */
    public void reset() {
        stream.reset();
    }

    /**
     * Returns the state of the stream as bytes: {@link GruModel#snapshotSize} of them, a few more than 4 for each number.
     * They name the model by its {@link GruModel#fingerprint}, and have a version and a checksum. They do not depend on the
     * machine or the kernel.
     */
    public byte[] snapshot() {
        return stream.snapshot();
    }

    /**
     * Writes what {@link #snapshot()} returns to a buffer, without allocation.
     *
     * @param to where it is written, from the buffer's position on, which moves behind it
     * @throws IllegalArgumentException if less than {@link GruModel#snapshotSize} bytes remain in it, or it is read-only
     * @throws IllegalStateException as the class says
     */
    public void snapshot(ByteBuffer to) {
        stream.snapshot(to);
    }

    /**
     * Goes back to the state of a snapshot: what comes out from now on has the bits that came out after it was taken.
     *
     * @param from what {@link #snapshot()} returned, here or in another process; or a {@link GruGroup}'s
     * @throws IllegalArgumentException if it is no snapshot, or one of another model or of an unknown version, or if it is
     *     damaged or cut off; the stream has not moved then
     * @throws IllegalStateException as the class says
     */
    public void restore(byte[] from) {
        stream.restore(from);
    }

    /**
     * The same as {@link #restore(byte[])}, from a buffer.
     *
     * @param from where the snapshot begins at the buffer's position, which moves behind it; there may be more bytes after
     *     it
     */
    public void restore(ByteBuffer from) {
        stream.restore(from);
    }

    private static int requireSteps(int steps) {
        if (steps < 0) {
            throw new IllegalArgumentException("steps must be at least 0, was " + steps);
        }
        return steps;
    }
}
