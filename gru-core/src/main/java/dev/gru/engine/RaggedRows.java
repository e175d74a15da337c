package dev.gru.engine;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.IntStream;

import dev.gru.internal.Shapes;
import dev.gru.layer.ModelInput;

/**
 * Runs sequences of any lengths in batches, each of sequences of like lengths, and returns the output of each: the same
 * bits as one after the other.
 *
 * <p>Where no output of a step depends on a later one, a batch is as long as its longest sequence, and what comes
 * behind the end of a shorter one is left out. Otherwise a batch has sequences of one length only.
 */
public final class RaggedRows {
    /** Enough to fill every tile and thread, and few enough that the arrays of a batch stay small. */
    private static final int MAX_BATCH = 256;
    /** The most elements of the inputs or outputs of a batch of several sequences: 16 MB. */
    private static final int MAX_ELEMENTS = 1 << 22;

    private final Engine engine;
    /** {@code int[]} of tokens or {@code float[]} of features. */
    private final Object[] rows;
    private final int[] steps;
    private final boolean padded;

    private RaggedRows(Engine engine, Object[] rows) {
        this.engine = engine;
        this.rows = rows;
        padded = engine.returnsSequences() && engine.obstacleToStreams().isEmpty();
        steps = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            steps[i] = requireRow(i);
        }
    }

    /**
     * Runs sequences of tokens.
     *
     * @throws IllegalArgumentException if the model does not take one input of tokens, or a sequence does not fit; the
     *     message says which
     * @throws IllegalStateException if the model is closed
     */
    public static float[][] run(Engine engine, int[][] rows) {
        engine.requireTokens();
        return new RaggedRows(engine, rows).run();
    }

    /** The same as {@link #run(Engine, int[][])} of features, step by step. */
    public static float[][] run(Engine engine, float[][] rows) {
        engine.requireFeatures();
        return new RaggedRows(engine, rows).run();
    }

    /** Returns the steps of a row. */
    private int requireRow(int i) {
        String name = "rows[" + i + "]";
        int ofRow;
        if (Objects.requireNonNull(rows[i], name) instanceof int[] tokens) {
            ofRow = tokens.length;
            try {
                engine.requireTokens(tokens, 0, ofRow);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
            }
        } else {
            int length = ((float[]) rows[i]).length;
            if (length % engine.inputSize() != 0) {
                throw new IllegalArgumentException(name + " must have " + engine.inputSize()
                        + " features for each step, had " + length + " elements");
            }
            ofRow = length / engine.inputSize();
        }
        if (ofRow == 0 && !engine.returnsSequences()) {
            throw new IllegalArgumentException(
                    name + " must have a step at least, for a model that returns one output");
        }
        return ofRow;
    }

    private float[][] run() {
        engine.requireOpen();
        float[][] outputs = new float[rows.length][0];
        int[] order = IntStream.range(0, rows.length).filter(i -> steps[i] > 0).boxed()
                .sorted(Comparator.comparingInt((Integer i) -> steps[i])).mapToInt(Integer::intValue).toArray();
        for (int from = 0, to; from < order.length; from = to) {
            to = from + 1;
            while (to < order.length && fits(order, from, to)) {
                to++;
            }
            run(Arrays.copyOfRange(order, from, to), outputs);
        }
        return outputs;
    }

    /** Returns whether the batch that begins at {@code from} has room for the row at {@code next}. */
    private boolean fits(int[] order, int from, int next) {
        int longest = steps[order[next]];
        int count = next + 1 - from;
        return count <= MAX_BATCH && (padded || longest == steps[order[from]])
                && Shapes.elements(count, longest, Math.max(engine.inputSize(), engine.outputSize())) <= MAX_ELEMENTS;
    }

    private void run(int[] batch, float[][] outputs) {
        int longest = steps[batch[batch.length - 1]];
        float[] y = Prediction.run(engine, input(batch, longest)).y();
        int ofRow = y.length / batch.length;
        for (int row = 0; row < batch.length; row++) {
            int length = padded ? steps[batch[row]] * engine.outputSize() : ofRow;
            outputs[batch[row]] = Arrays.copyOfRange(y, row * ofRow, row * ofRow + length);
        }
    }

    private ModelInput input(int[] batch, int longest) {
        if (engine.takesTokens()) {
            int[] tokens = new int[Shapes.requireArray("tokens", batch.length, longest)];
            copy(batch, tokens, longest);
            return ModelInput.tokens(batch.length, longest, tokens);
        }
        float[] x = new float[Shapes.requireArray("features", batch.length, longest, engine.inputSize())];
        copy(batch, x, longest * engine.inputSize());
        return ModelInput.features(batch.length, longest, x);
    }

    private void copy(int[] batch, Object to, int distance) {
        for (int row = 0; row < batch.length; row++) {
            Object from = rows[batch[row]];
            System.arraycopy(from, 0, to, row * distance, Array.getLength(from));
        }
    }
}
