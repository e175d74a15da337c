package dev.gru.train.reference;

import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.gru.train.Optimizer.Adam;
import dev.gru.train.math.Parameters;
import dev.gru.train.network.Backpropagation;

/**
 * The derivatives of a loss with respect to {@link Parameters}: an array of the same name and shape for each of
 * theirs that is {@linkplain Parameters#isLearnt learnt}.
 *
 * <p>Backpropagation adds to what is there, so that the gradients of several batches can be summed; {@link #clear}
 * begins anew. Of the table of an {@link dev.gru.layer.Embedding} only the rows of tokens that were in a batch are
 * touched; {@link #touchedRows} has them, and all others are 0.
 *
 * <p>Not safe for use by two threads at once.
 */
public final class ScalarGradients {
    private final Map<String, double[]> arrays = new LinkedHashMap<>();
    private final Map<String, List<Integer>> shapes;
    /** Of tables, the sums of the squares of the terms that gradients are sums of. */
    private final Map<String, double[]> squares = new LinkedHashMap<>();
    /** Of the arrays that are touched by rows only. */
    private final Map<String, BitSet> touched = new LinkedHashMap<>();

    /** Makes zeros for all arrays of some parameters. */
    public ScalarGradients(Parameters parameters) {
        shapes = Objects.requireNonNull(parameters, "parameters").learntShapes();
        for (String name : shapes.keySet()) {
            arrays.put(name, new double[parameters.get(name).length]);
            if (parameters.isTable(name)) {
                touched.put(name, new BitSet());
                squares.put(name, new double[parameters.get(name).length]);
            }
        }
    }

    /**
     * Returns the gradient of an array, row-major: the array itself.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public double[] get(String name) {
        return Parameters.require(arrays, name);
    }

    /**
     * Returns the rows of an embedding's table that were touched since the last {@link #clear}, ascending.
     *
     * @param name the table's name
     * @throws IllegalArgumentException if there is no table of that name
     */
    public int[] touchedRows(String name) {
        return Parameters.require(touched, name).stream().toArray();
    }

    /**
     * Returns, for each element of the table of an embedding, the sum of the squares of what the steps of the batch
     * gave to its gradient: the array itself. {@link Adam} may want it.
     *
     * @param name the table's name
     * @throws IllegalArgumentException if there is no table of that name
     */
    public double[] squares(String name) {
        return Parameters.require(squares, name);
    }

    boolean isTable(String name) {
        return touched.containsKey(name);
    }

    /** Notes that a row of a table is about to be touched. */
    void touchRow(String name, int row) {
        touched.get(name).set(row);
    }

    /** Puts everything back to 0. */
    public void clear() {
        arrays.forEach((name, values) -> {
            if (!touched.containsKey(name)) {
                Arrays.fill(values, 0);
                return;
            }
            int size = shapes.get(name).getLast();
            for (int row : touchedRows(name)) {
                Arrays.fill(values, row * size, (row + 1) * size, 0);
                Arrays.fill(squares.get(name), row * size, (row + 1) * size, 0);
            }
            touched.get(name).clear();
        });
    }

    /** Returns √(Σ g²) over all elements of all arrays. */
    public double globalNorm() {
        double sum = 0;
        for (double[] values : arrays.values()) {
            for (double g : values) {
                sum += g * g;
            }
        }
        return Math.sqrt(sum);
    }

    /** Returns the dimensions of all arrays by name. */
    Map<String, List<Integer>> shapes() {
        return shapes;
    }

    @Override
    public String toString() {
        return "ScalarGradients" + shapes;
    }
}
