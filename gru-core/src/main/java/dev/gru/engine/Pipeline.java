package dev.gru.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import dev.gru.internal.Shapes;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Embedding;

/**
 * A model at work: all the memory that running takes beside the states of the streams, allocated once.
 *
 * <p>Sequences of any length go through in chunks, so memory does not grow with them, unless a layer reads from their
 * ends: then a chunk has to be as long as the sequence. Not safe for use by two threads at once, and of no more use once a
 * run has failed. Arguments have been checked by the caller.
 */
final class Pipeline implements AutoCloseable {
    private final Embedding embedding;
    /** Features per step of what the first stage takes. */
    private final int features;
    private final int outputSize;
    private final boolean returnsSequences;
    private final int chunk;
    private final Stage[] stages;
    /** What has states, in the order of {@link dev.gru.layer.Signature}. */
    private final GruStage[] recurrent;
    private final States own;
    private final float[] input;
    /** Which steps are within the lengths of their rows, (rows, steps of the chunk), or null if all are. */
    private final boolean[] within;
    /** Which steps count, or null if all do. */
    private final boolean[] mask;
    private final Arena arena;

    /**
     * Allocates everything.
     *
     * @param model what to run
     * @param maxRows the largest number of streams
     * @param chunk steps that go through all layers at once; all of a sequence if the model needs whole ones. Of fewer
     *     rows there may be more steps, if there are not more in all
     * @param withLengths whether rows have lengths
     * @param team who may help, or null
     * @param arena owns the memory outside the heap; closed with the pipeline
     */
    Pipeline(PackedModel model, int maxRows, int chunk, boolean withLengths, ThreadTeam team, Arena arena) {
        this.arena = arena;
        embedding = model.embedding();
        features = embedding == null ? model.inputSize() : embedding.outputSize();
        outputSize = model.outputSize();
        returnsSequences = model.returnsSequences();
        this.chunk = chunk;
        int maxSteps = Shapes.requireArray("steps", maxRows, chunk);
        within = withLengths ? new boolean[maxSteps] : null;
        mask = embedding != null && embedding.maskZero() ? new boolean[maxSteps] : within;
        stages = model.newStages(new Stage.Room(maxRows, chunk, team, arena), within);
        recurrent = Arrays.stream(stages).flatMap(stage -> stage.recurrent().stream()).toArray(GruStage[]::new);
        own = new States(model.stateSizes(), maxRows);
        input = new float[Shapes.requireArray("features", maxRows, chunk, features)];
    }

    /** Returns new states of so many streams. */
    States newStates(int rows) {
        return own.sameFor(rows);
    }

    /** Returns states for as many streams as there is room for, which nobody else uses. */
    States ownStates() {
        return own;
    }

    /** Makes states those that the next run begins with, and that it replaces. */
    void use(States states) {
        for (int i = 0; i < recurrent.length; i++) {
            recurrent[i].use(states.of(i));
        }
    }

    /**
     * Runs streams on from the states in use, chunk by chunk.
     *
     * @param tokens token ids, (all rows, steps), or null if the model takes features
     * @param x features, (all rows, steps, inputSize), or null if the model takes tokens
     * @param lengths how many steps of each row count, (all rows), or null if all do
     * @param firstRow the row of all arrays that the first stream has
     * @param rows number of streams
     * @param steps number of steps; at least 1 if the model does not return sequences
     * @param y outputs, (all rows, steps, outputSize) or (all rows, outputSize)
     */
    void run(int[] tokens, float[] x, int[] lengths, int firstRow, int rows, int steps, float[] y) {
        for (int from = 0, to; from < steps; from = to) {
            to = Shapes.chunkEnd(from, chunk, steps);
            int count = to - from;
            for (int row = 0; row < rows; row++) {
                int source = (firstRow + row) * steps + from;
                if (within != null) {
                    int left = Math.clamp(lengths[firstRow + row] - from, 0, count);
                    Arrays.fill(within, row * count, row * count + left, true);
                    Arrays.fill(within, row * count + left, (row + 1) * count, false);
                }
                if (embedding != null) {
                    putTokens(tokens, source, row * count, count);
                } else {
                    putFeatures(x, source * features, row * count, count);
                }
            }
            float[] out = run(rows, count);
            for (int row = 0; row < rows; row++) {
                if (returnsSequences) {
                    System.arraycopy(out, row * count * outputSize, y, ((firstRow + row) * steps + from) * outputSize,
                            count * outputSize);
                } else {
                    System.arraycopy(out, row * outputSize, y, (firstRow + row) * outputSize, outputSize);
                }
            }
        }
    }

    /** Puts a token in as the input of a step, counted over all rows of the next run. */
    void putToken(int step, int token) {
        embedding.copyRow(token, input, step * features);
        if (embedding.maskZero()) {
            mask[step] = token != 0 && (within == null || within[step]);
        }
    }

    /** Puts tokens in, from index {@code source} on, as the inputs of {@code count} steps from {@code step} on. */
    void putTokens(int[] tokens, int source, int step, int count) {
        for (int t = 0; t < count; t++) {
            putToken(step + t, tokens[source + t]);
        }
    }

    /** Puts features in, from index {@code source} on, as the inputs of {@code count} steps from {@code step} on. */
    void putFeatures(float[] x, int source, int step, int count) {
        System.arraycopy(x, source, input, step * features, count * features);
    }

    /** Puts tokens or features in, from step {@code source} of a segment on, as the inputs of the first steps. */
    void put(MemorySegment in, long source, int count) {
        if (embedding == null) {
            MemorySegment.copy(in, ValueLayout.JAVA_FLOAT_UNALIGNED, source * features * Float.BYTES, input, 0,
                    count * features);
            return;
        }
        for (int t = 0; t < count; t++) {
            putToken(t, in.get(ValueLayout.JAVA_INT_UNALIGNED, (source + t) * Integer.BYTES));
        }
    }

    /**
     * Runs streams on from the states in use.
     *
     * @param rows number of streams
     * @param steps of each, whose inputs have been put in
     * @return outputs, (rows, steps, outputSize) or (rows, outputSize), until the next run
     */
    float[] run(int rows, int steps) {
        return runStages(rows, steps, input);
    }

    /** The same on features that need not be put in, from index {@code source} on: without a copy where they begin at 0. */
    float[] run(int rows, int steps, float[] x, int source) {
        if (source == 0) {
            return runStages(rows, steps, x);
        }
        putFeatures(x, source, 0, rows * steps);
        return runStages(rows, steps, input);
    }

    private float[] runStages(int rows, int steps, float[] x) {
        float[] in = x;
        boolean[] maskIn = mask;
        int stepsIn = steps;
        for (Stage stage : stages) {
            stage.run(rows, stepsIn, in, maskIn);
            maskIn = stage.maskOut(maskIn);
            stepsIn = stage.stepsOut(stepsIn);
            in = stage.out;
        }
        return in;
    }

    /** Gives the memory outside the heap back. */
    @Override
    public void close() {
        arena.close();
    }
}
