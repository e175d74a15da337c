package dev.gru.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import dev.gru.internal.Shapes;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Embedding;

/**
 * The stages of a model with all memory that they need beside the states of streams, allocated once.
 *
 * <p>Sequences are processed in chunks, so memory does not grow with their length, unless a layer needs whole
 * sequences: a chunk is then as long as the sequence. Not safe for use by two threads at once, and not to be used again
 * after a run has failed. Arguments have been checked by the caller.
 */
final class Pipeline implements AutoCloseable {
    private final Embedding embedding;
    /** Features per step at the input of the first stage. */
    private final int features;
    private final int outputSize;
    private final boolean returnsSequences;
    private final int chunk;
    private final Stage[] stages;
    /** The stages with states, in the order of {@link dev.gru.layer.Signature}. */
    private final GruStage[] recurrent;
    private final States own;
    private final float[] input;
    /** Which steps are within the lengths of their rows, (rows, steps of the chunk), or null if all are. */
    private final boolean[] within;
    /** The mask of the input, or null if no step is masked. */
    private final boolean[] mask;
    private final Arena arena;

    /**
     * Allocates everything.
     *
      * @param model the packed model
      * @param maxRows the largest number of rows
      * @param chunk the largest number of steps that pass through all layers at once; with fewer rows it may be more,
      *     if the product is not larger. It must be the whole sequence if a layer needs whole sequences
      * @param withLengths whether rows have lengths
      * @param team threads that may help, or null
      * @param arena owns the native memory; closed with the pipeline
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

    /** Returns states of this pipeline alone, for as many streams as it has rows. */
    States ownStates() {
        return own;
    }

    /** Sets the states from which the next run continues, and which it updates. */
    void use(States states) {
        for (int i = 0; i < recurrent.length; i++) {
            recurrent[i].use(states.of(i));
        }
    }

    /**
     * Runs streams on from the current states, chunk by chunk.
     *
     * @param tokens token ids, (all rows, steps), or null if the model takes features
     * @param x features, (all rows, steps, inputSize), or null if the model takes tokens
     * @param lengths the length of each row, (all rows), or null if all have {@code steps}
     * @param firstRow the row of the first stream in all arrays
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

    /** Sets the input of one step, counted over all rows of the next run, to a token. */
    void putToken(int step, int token) {
        embedding.copyRow(token, input, step * features);
        if (embedding.maskZero()) {
            mask[step] = token != 0 && (within == null || within[step]);
        }
    }

    /** Sets the inputs of {@code count} steps from {@code step} on to the tokens from index {@code source} on. */
    void putTokens(int[] tokens, int source, int step, int count) {
        for (int t = 0; t < count; t++) {
            putToken(step + t, tokens[source + t]);
        }
    }

    /** Sets the inputs of {@code count} steps from {@code step} on to the features from index {@code source} on. */
    void putFeatures(float[] x, int source, int step, int count) {
        System.arraycopy(x, source, input, step * features, count * features);
    }

    /** Sets the inputs of the first steps to the tokens or features of a segment, from its step {@code source} on. */
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
     * Runs streams on from the current states.
     *
     * @param rows number of streams
     * @param steps steps of each, whose inputs have been set
     * @return outputs, (rows, steps, outputSize) or (rows, outputSize), valid until the next run
     */
    float[] run(int rows, int steps) {
        return runStages(rows, steps, input);
    }

    /** The same with features from index {@code source} of an array on, which are not copied if they begin at 0. */
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

    /** Releases the native memory. */
    @Override
    public void close() {
        arena.close();
    }
}
