package dev.gru;

import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.Shapes;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Embedding;
import dev.gru.layer.Sequential;

/**
 * A model at work on a fixed number of streams: their state and all the memory that running takes, allocated once.
 *
 * <p>Sequences of any length go through in chunks, so memory does not grow with them, unless a layer reads from their
 * ends: then a chunk has to be as long as the sequence. Not safe for use by two threads at
 * once. Arguments have been checked by the caller.
 */
final class Pipeline {
    private final Embedding embedding;
    private final int inputSize;
    private final int outputSize;
    private final boolean returnsSequences;
    private final int chunk;
    private final Stage[] stages;
    /** What has states, in the order of {@link dev.gru.layer.Signature}. */
    private final List<GruStage> recurrent;
    private final float[] features;
    /** Which steps are within the lengths of their rows, (rows, steps of the chunk), or null if all are. */
    private final boolean[] within;
    /** Which steps count, or null if all do. */
    private final boolean[] mask;

    /**
     * Allocates everything.
     *
     * @param model what to run
     * @param packed the same, packed
     * @param maxRows the largest number of streams
     * @param chunk steps that go through all layers at once; all of a sequence if the model needs whole ones
     * @param withLengths whether rows have lengths
     * @param team who may help, or null
     */
    Pipeline(Sequential model, PackedModel packed, int maxRows, int chunk, boolean withLengths, ThreadTeam team) {
        embedding = model.embedding().orElse(null);
        inputSize = model.inputSize();
        outputSize = model.outputSize();
        returnsSequences = model.returnsSequences();
        this.chunk = chunk;
        int maxSteps = Math.multiplyExact(maxRows, chunk);
        within = withLengths ? new boolean[maxSteps] : null;
        mask = embedding != null && embedding.maskZero() ? new boolean[maxSteps] : within;
        stages = packed.newStages(maxRows, chunk, within, team);
        recurrent = Arrays.stream(stages).flatMap(stage -> stage.recurrent().stream()).toList();
        features = newFeatures(maxRows, chunk, embedding == null ? inputSize : embedding.outputSize());
    }

    /**
     * Returns room for features, (rows, steps, size).
     *
     * @throws IllegalArgumentException if an array does not hold that many
     */
    static float[] newFeatures(int rows, int steps, int size) {
        long count = Shapes.elements(rows, steps, size);
        if (count > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(rows + " × " + steps + " × " + size + " features do not fit an array");
        }
        return new float[(int) count];
    }

    /** Puts all streams back to their zero states. */
    void reset() {
        for (int i = 0; i < recurrent.size(); i++) {
            recurrent.get(i).reset();
        }
    }

    /**
     * Sets the states of streams.
     *
     * @param states one array for each state of the model, (all rows, stateSize)
     * @param firstRow the row that the first stream has in them
     * @param rows number of streams
     */
    void setStates(List<float[]> states, int firstRow, int rows) {
        for (int i = 0; i < recurrent.size(); i++) {
            recurrent.get(i).setStates(states.get(i), firstRow, rows);
        }
    }

    /** Copies the states of streams; the arguments are those of {@link #setStates}. */
    void copyStates(List<float[]> states, int firstRow, int rows) {
        for (int i = 0; i < recurrent.size(); i++) {
            recurrent.get(i).copyStates(states.get(i), firstRow, rows);
        }
    }

    /**
     * Runs streams on from where they stand.
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
        for (int from = 0; from < steps; from += chunk) {
            int count = Math.min(chunk, steps - from);
            for (int row = 0; row < rows; row++) {
                int source = (firstRow + row) * steps + from;
                if (within != null) {
                    int left = Math.clamp(lengths[firstRow + row] - from, 0, count);
                    Arrays.fill(within, row * count, row * count + left, true);
                    Arrays.fill(within, row * count + left, (row + 1) * count, false);
                }
                if (embedding != null) {
                    embed(tokens, source, row * count, count);
                } else {
                    System.arraycopy(x, source * inputSize, features, row * count * inputSize, count * inputSize);
                }
            }
            float[] out = runStages(rows, count);
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

    private void embed(int[] tokens, int source, int target, int count) {
        for (int t = 0; t < count; t++) {
            int token = tokens[source + t];
            embedding.copyRow(token, features, (target + t) * embedding.outputSize());
            if (embedding.maskZero()) {
                mask[target + t] = token != 0 && (within == null || within[target + t]);
            }
        }
    }

    /** Runs one step of a single stream of tokens. */
    void step(int token, float[] y) {
        embedding.copyRow(token, features, 0);
        if (embedding.maskZero()) {
            mask[0] = token != 0;
        }
        System.arraycopy(runStages(1, 1), 0, y, 0, outputSize);
    }

    /** Runs one step of a single stream of features. */
    void step(float[] x, float[] y) {
        System.arraycopy(x, 0, features, 0, inputSize);
        System.arraycopy(runStages(1, 1), 0, y, 0, outputSize);
    }

    private float[] runStages(int rows, int steps) {
        float[] in = features;
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
}
