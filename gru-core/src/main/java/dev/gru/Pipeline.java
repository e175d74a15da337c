package dev.gru;

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
    private final float[] features;
    private final boolean[] mask;

    /**
     * Allocates everything.
     *
     * @param model what to run
     * @param packed the same, packed
     * @param maxRows the largest number of streams
     * @param chunk steps that go through all layers at once; all of a sequence if the model needs whole ones
     * @param team who may help, or null
     */
    Pipeline(Sequential model, PackedModel packed, int maxRows, int chunk, ThreadTeam team) {
        embedding = model.embedding().orElse(null);
        inputSize = model.inputSize();
        outputSize = model.outputSize();
        returnsSequences = model.returnsSequences();
        this.chunk = chunk;
        stages = packed.newStages(maxRows, chunk, team);
        features = newFeatures(maxRows, chunk, embedding == null ? inputSize : embedding.outputSize());
        mask = embedding != null && embedding.maskZero() ? new boolean[Math.multiplyExact(maxRows, chunk)] : null;
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

    void reset() {
        for (Stage stage : stages) {
            stage.reset();
        }
    }

    /**
     * Runs streams on from where they stand.
     *
     * @param tokens token ids, (all rows, steps), or null if the model takes features
     * @param x features, (all rows, steps, inputSize), or null if the model takes tokens
     * @param firstRow the row of {@code tokens}, {@code x} and {@code y} that the first stream has
     * @param rows number of streams
     * @param steps number of steps; at least 1 if the model does not return sequences
     * @param y outputs, (all rows, steps, outputSize) or (all rows, outputSize)
     */
    void run(int[] tokens, float[] x, int firstRow, int rows, int steps, float[] y) {
        for (int from = 0; from < steps; from += chunk) {
            int count = Math.min(chunk, steps - from);
            for (int row = 0; row < rows; row++) {
                int source = (firstRow + row) * steps + from;
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
            if (mask != null) {
                mask[target + t] = token != 0;
            }
        }
    }

    /** Runs one step of a single stream of tokens. */
    void step(int token, float[] y) {
        embedding.copyRow(token, features, 0);
        if (mask != null) {
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
        int stepsIn = steps;
        for (Stage stage : stages) {
            stage.run(rows, stepsIn, in, mask);
            stepsIn = stage.stepsOut(stepsIn);
            in = stage.out;
        }
        return in;
    }
}
