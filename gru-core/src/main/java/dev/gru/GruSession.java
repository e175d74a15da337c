package dev.gru;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

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
    /** Steps of a sequence that go through all layers at once: enough to fill tiles, few enough to stay in cache. */
    static final int CHUNK = 32;

    private final GruModel model;
    private final States states;
    private final Snapshots snapshots;
    private final Turn turn = new Turn("session");
    private final int inputSize;
    private final int outputSize;
    /** What went wrong in the middle of a call, or null if the states are good. */
    private Throwable failure;

    GruSession(GruModel model) {
        this.model = model;
        // The first pipeline is made here, so that not even the first step allocates.
        Pipeline pipeline = model.pool().take();
        model.pool().giveBack(pipeline);
        states = pipeline.newStates(1);
        snapshots = new Snapshots(model);
        inputSize = model.inputSize();
        outputSize = model.outputSize();
    }

    /** Returns the model that this session runs. */
    public GruModel model() {
        return model;
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
        model.requireTokens().requireToken(token);
        Shapes.requireRoom("y", y, yOffset, outputSize);
        Pipeline pipeline = begin();
        try {
            pipeline.putToken(0, token);
            System.arraycopy(pipeline.run(1, 1), 0, y, yOffset, outputSize);
            Pipeline ran = pipeline;
            pipeline = null;
            end(ran);
        } catch (RuntimeException | Error e) {
            failure = e;
            turn.taken = false;
            discard(pipeline);
            throw e;
        }
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
        model.requireTokens().requireToken(token);
        Segments.requireWritable("y", y, outputSize);
        Pipeline pipeline = begin();
        try {
            pipeline.putToken(0, token);
            Segments.copy(pipeline.run(1, 1), y, 0, outputSize);
            Pipeline ran = pipeline;
            pipeline = null;
            end(ran);
        } catch (RuntimeException | Error e) {
            failure = e;
            turn.taken = false;
            discard(pipeline);
            throw e;
        }
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
        model.requireFeatures();
        Shapes.requireRoom("x", x, xOffset, inputSize);
        Shapes.requireRoom("y", y, yOffset, outputSize);
        Pipeline pipeline = begin();
        try {
            System.arraycopy(pipeline.run(1, 1, x, xOffset), 0, y, yOffset, outputSize);
            Pipeline ran = pipeline;
            pipeline = null;
            end(ran);
        } catch (RuntimeException | Error e) {
            failure = e;
            turn.taken = false;
            discard(pipeline);
            throw e;
        }
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
        run(1, in, y);
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
        model.requireTokens();
        Shapes.requireRoom("tokens", tokens, tokensOffset, requireSteps(steps));
        model.checkTokens(tokens, tokensOffset, steps);
        run(steps, tokens, null, tokensOffset, y, yOffset);
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
        model.requireFeatures();
        Shapes.requireRoom("x", x, xOffset, Shapes.elements(1, requireSteps(steps), inputSize));
        Shapes.requireOtherArray("y", y, "x", x);
        run(steps, null, x, xOffset, y, yOffset);
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
        run(steps, in, y);
    }

    private void requireInputs(int steps, MemorySegment in) {
        Segments.requireReadable("in", in, Shapes.elements(1, steps, inputSize));
        if (model.takesTokens()) {
            for (int t = 0; t < steps; t++) {
                model.requireTokens().requireToken(in.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, t));
            }
        }
    }

    private long outputs(int steps) {
        return Shapes.elements(1, model.returnsSequences() ? steps : 1, outputSize);
    }

    private void run(int steps, int[] tokens, float[] x, int offset, float[] y, int yOffset) {
        Shapes.requireRoom("y", y, yOffset, outputs(steps));
        Pipeline pipeline = begin();
        try {
            for (int from = 0, to; from < steps; from = to) {
                to = Shapes.chunkEnd(from, CHUNK, steps);
                int count = to - from;
                float[] out;
                if (tokens == null) {
                    out = pipeline.run(1, count, x, offset + from * inputSize);
                } else {
                    pipeline.putTokens(tokens, offset + from, 0, count);
                    out = pipeline.run(1, count);
                }
                if (model.returnsSequences()) {
                    System.arraycopy(out, 0, y, yOffset + from * outputSize, count * outputSize);
                } else if (to == steps) {
                    System.arraycopy(out, 0, y, yOffset, outputSize);
                }
            }
            Pipeline ran = pipeline;
            pipeline = null;
            end(ran);
        } catch (RuntimeException | Error e) {
            failure = e;
            turn.taken = false;
            discard(pipeline);
            throw e;
        }
    }

    private void run(int steps, MemorySegment in, MemorySegment y) {
        Pipeline pipeline = begin();
        try {
            for (int from = 0, to; from < steps; from = to) {
                to = Shapes.chunkEnd(from, CHUNK, steps);
                int count = to - from;
                pipeline.put(in, from, count);
                float[] out = pipeline.run(1, count);
                if (model.returnsSequences()) {
                    Segments.copy(out, y, (long) from * outputSize, count * outputSize);
                } else if (to == steps) {
                    Segments.copy(out, y, 0, outputSize);
                }
            }
            Pipeline ran = pipeline;
            pipeline = null;
            end(ran);
        } catch (RuntimeException | Error e) {
            failure = e;
            turn.taken = false;
            discard(pipeline);
            throw e;
        }
    }

    /** Puts the stream back to its zero state. */
    public void reset() {
        enter();
        try {
            states.reset(0);
            failure = null;
        } finally {
            turn.taken = false;
        }
    }

    /**
     * Returns the state of the stream as bytes: {@link GruModel#snapshotSize} of them, a few more than 4 for each number.
     * They name the model by its {@link GruModel#fingerprint}, and have a version and a checksum. They do not depend on the
     * machine or the kernel.
     */
    public byte[] snapshot() {
        enter();
        try {
            requireGood();
            return snapshots.write(states, 0);
        } finally {
            turn.taken = false;
        }
    }

    /**
     * Writes what {@link #snapshot()} returns to a buffer, without allocation.
     *
     * @param to where it is written, from the buffer's position on, which moves behind it
     * @throws IllegalArgumentException if less than {@link GruModel#snapshotSize} bytes remain in it, or it is read-only
     * @throws IllegalStateException as the class says
     */
    public void snapshot(ByteBuffer to) {
        enter();
        try {
            requireGood();
            snapshots.write(states, 0, to);
        } finally {
            turn.taken = false;
        }
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
        enter();
        try {
            readStates(snapshots.checked(from));
        } finally {
            turn.taken = false;
        }
    }

    /**
     * The same as {@link #restore(byte[])}, from a buffer.
     *
     * @param from where the snapshot begins at the buffer's position, which moves behind it; there may be more bytes after
     *     it
     */
    public void restore(ByteBuffer from) {
        enter();
        try {
            snapshots.check(from);
            readStates(from);
        } finally {
            turn.taken = false;
        }
    }

    private void readStates(ByteBuffer from) {
        try {
            Snapshots.read(from, states, 0);
            failure = null;
        } catch (Error e) {
            failure = e;
            throw e;
        }
    }

    private static int requireSteps(int steps) {
        if (steps < 0) {
            throw new IllegalArgumentException("steps must be at least 0, was " + steps);
        }
        return steps;
    }

    private void enter() {
        model.requireOpen();
        turn.take();
    }

    private void requireGood() {
        if (failure != null) {
            throw new IllegalStateException(
                    "an earlier call failed in the middle, so the state of this session is lost;"
                            + " reset or restore it",
                    failure);
        }
    }

    /**
     * Begins a call that moves the stream, and that ends with {@link #end}, before which it forgets its pipeline: that may be
     * another call's already when the stack overflows on the way out. One that fails sets fields before it discards its
     * pipeline: where the stack has overflowed, nothing can be called that would not overflow again.
     */
    private Pipeline begin() {
        enter();
        try {
            requireGood();
            Pipeline pipeline = model.pool().take();
            pipeline.use(states);
            return pipeline;
        } catch (RuntimeException | Error e) {
            turn.taken = false;
            throw e;
        }
    }

    private static void discard(Pipeline pipeline) {
        if (pipeline != null) {
            PipelinePool.discard(pipeline);
        }
    }

    private void end(Pipeline pipeline) {
        model.pool().giveBack(pipeline);
        turn.end();
    }
}
