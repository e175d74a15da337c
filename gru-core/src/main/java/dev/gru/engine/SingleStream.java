package dev.gru.engine;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.layer.Tensor;

/**
 * One stream: its states, and the calls that advance it, one at a time. Arguments have been checked by the caller.
 *
 * <p><b>Broken until success.</b> A call that advances the stream marks it as broken before it begins, and as good when
 * it has ended. So whatever interrupts a call, even a stack overflow in which nothing more can be called, the stream
 * counts as broken until it is reset or restored.
 */
public final class SingleStream {
    private final Engine engine;
    private final PipelinePool pool;
    private final States states;
    private final Snapshots snapshots;
    private final Turn turn = new Turn("session");
    private final int inputSize;
    private final int outputSize;
    private final boolean returnsSequences;
    /** Steps that go through all layers at once. */
    private final int chunk;
    /** The arrays of calls by name, once there was one. */
    private StreamArrays arrays;
    /** The pipeline of a call that failed, until it is closed; otherwise null. */
    private Pipeline left;
    /** Whether a call is running or has failed. */
    private boolean broken;
    /** Why it failed, if that is known. */
    private Throwable cause;

    /** Begins a stream at its zero state. */
    public SingleStream(Engine engine) {
        this.engine = engine;
        pool = engine.pool();
        states = engine.newStates(1);
        snapshots = engine.newSnapshots();
        inputSize = engine.inputSize();
        outputSize = engine.outputSize();
        returnsSequences = engine.returnsSequences();
        chunk = engine.model().tiling().stepsAtOnce();
    }

    /**
     * Advances by one token.
     *
     * @param token its id
     * @param out where the output goes, as for {@link #run}
     * @param outAt index of its first float
     */
    public void step(int token, Object out, int outAt) {
        run(1, null, token, out, outAt);
    }

    /**
     * Advances by consecutive steps.
     *
     * @param steps how many, 0 or more
     * @param in tokens as {@code int[]}, features as {@code float[]}, either of them as {@code MemorySegment}, or null
     *     for one token, which is {@code inAt}
     * @param inAt index of the first in an array; segments are read from their beginning
     * @param out where outputs go: {@code float[]} or {@code MemorySegment}
     * @param outAt index of the first in an array; segments are written from their beginning
     * @throws IllegalStateException if the model is closed, another call is running or an earlier one has failed
     */
    public void run(int steps, Object in, int inAt, Object out, int outAt) {
        advance(steps, in, inAt, out, outAt);
    }

    /**
     * Advances by consecutive steps of all inputs.
     *
     * @param steps how many, 0 or more
     * @param in the inputs, by name
     * @param out those outputs that are wanted, by name
     * @throws IllegalArgumentException if an array does not fit
     * @throws IllegalStateException as for {@link #run(int, Object, int, Object, int)}
     */
    public void run(int steps, Map<String, Tensor> in, Map<String, Tensor> out) {
        advance(steps, in, 0, out, 0);
    }

    private void advance(int steps, Object in, int inAt, Object out, int outAt) {
        engine.requireOpen();
        turn.take();
        Pipeline pipeline = null;
        boolean ended = false;
        try {
            requireGood();
            if (steps == 1 && in instanceof float[] x && out instanceof float[] y) {
                pipeline = pool.take();
                broken = true;
                pipeline.use(states);
                pipeline.setSteps(1);
                pipeline.run(1, x, inAt);
                System.arraycopy(pipeline.output(0).data, 0, y, outAt, outputSize);
            } else {
                StreamArrays named = in instanceof Map ? take(steps, in, out) : null;
                pipeline = pool.take();
                broken = true;
                pipeline.use(states);
                runChunks(pipeline, steps, named, in, inAt, out, outAt);
            }
            // Not this call's any more once it is returned, even if the stack overflows on the way out.
            Pipeline ran = pipeline;
            pipeline = null;
            pool.giveBack(ran);
            broken = false;
            turn.end();
            ended = true;
        } catch (RuntimeException | Error e) {
            if (pipeline != null) {
                cause = e;
            }
            throw e;
        } finally {
            // Fields first: where the stack has overflowed, nothing can be called.
            if (!ended) {
                if (pipeline != null) {
                    left = pipeline;
                }
                try {
                    closeLeft();
                } finally {
                    turn.taken = false;
                }
            }
        }
    }

    private void runChunks(Pipeline pipeline, int steps, StreamArrays named, Object in, int inAt, Object out,
            int outAt) {
        for (int from = 0, to; from < steps; from = to) {
            to = Shapes.chunkEnd(from, chunk, steps);
            int count = to - from;
            pipeline.setSteps(count);
            if (named != null) {
                named.put(pipeline, from, count, false);
                pipeline.run(1);
                named.get(pipeline, from, count, false, to == steps);
            } else {
                run(pipeline, in, inAt, from, count);
                get(pipeline, out, outAt, from, count, to == steps);
            }
        }
        if (named != null) {
            named.forget();
        }
    }

    @SuppressWarnings("unchecked") // that is what the public method takes
    private StreamArrays take(int steps, Object in, Object out) {
        if (arrays == null) {
            arrays = new StreamArrays(engine);
        }
        arrays.take(steps, 1, (Map<String, Tensor>) in, (Map<String, Tensor>) out);
        return arrays;
    }

    /** Runs the steps from {@code from} on. */
    private void run(Pipeline pipeline, Object in, int inAt, int from, int count) {
        if (in instanceof float[] x) {
            pipeline.run(1, x, inAt + from * inputSize);
            return;
        }
        if (in instanceof int[] tokens) {
            pipeline.put(0, tokens, inAt + from, 0, count);
        } else if (in == null) {
            pipeline.putToken(0, inAt);
        } else {
            pipeline.put((MemorySegment) in, from, count);
        }
        pipeline.run(1);
    }

    /** Copies the outputs of the steps from {@code from} on. */
    private void get(Pipeline pipeline, Object out, int outAt, int from, int count, boolean last) {
        float[] y = pipeline.output(0).data;
        if (returnsSequences) {
            copy(y, count * outputSize, out, outAt, from * (long) outputSize);
        } else if (last) {
            copy(y, outputSize, out, outAt, 0);
        }
    }

    private static void copy(float[] y, int count, Object out, int outAt, long index) {
        if (out instanceof float[] array) {
            System.arraycopy(y, 0, array, outAt + (int) index, count);
        } else {
            Segments.copy(y, (MemorySegment) out, index, count);
        }
    }

    /** Sets the stream to its zero state. */
    public void reset() {
        use(null, 0, SingleStream::reset);
    }

    /** Returns the state as a snapshot. */
    public byte[] snapshot() {
        byte[] snapshot = new byte[engine.snapshotSize()];
        snapshot(snapshot, 0);
        return snapshot;
    }

    /**
     * Writes the state as a snapshot.
     *
     * @param to a {@code ByteBuffer}, written from its position on, which is advanced, or a {@code byte[]}
     * @param at the index of the first byte in an array
     */
    public void snapshot(Object to, int at) {
        use(to, at, SingleStream::write);
    }

    /** Sets the stream to the state of the snapshot that an array holds. */
    public void restore(byte[] from) {
        use(Objects.requireNonNull(from, "from"), 0, SingleStream::readAll);
    }

    /** Sets the stream to the state of a snapshot, of a buffer or array as {@link #snapshot(Object, int)} takes it. */
    public void restore(Object from, int at) {
        use(from, at, SingleStream::read);
    }

    private void use(Object bytes, int at, Turn.Action<SingleStream> action) {
        engine.requireOpen();
        turn.use(this, 0, bytes, at, action);
    }

    private static void reset(SingleStream stream, int row, Object none, int at) {
        stream.closeLeft();
        stream.broken = true;
        stream.states.reset(row);
        stream.broken = false;
    }

    private static void write(SingleStream stream, int row, Object to, int at) {
        stream.requireGood();
        stream.snapshots.write(stream.states, row, to, at);
    }

    private static void read(SingleStream stream, int row, Object from, int at) {
        stream.replace(stream.snapshots.checked(from, at), row);
    }

    private static void readAll(SingleStream stream, int row, Object from, int at) {
        stream.replace(stream.snapshots.checkedWhole((byte[]) from), row);
    }

    private void replace(ByteBuffer from, int row) {
        closeLeft();
        broken = true;
        Snapshots.read(from, states, row);
        broken = false;
    }

    private void requireGood() {
        if (broken) {
            throw new IllegalStateException(
                    "an earlier call failed in the middle, so the state of this session is lost;"
                            + " reset or restore it",
                    cause);
        }
    }

    /** Closes the pipeline of a call that failed. */
    private void closeLeft() {
        if (left != null) {
            PipelinePool.discard(left);
            left = null;
        }
    }
}
