package dev.gru.train.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.gru.internal.Shapes;
import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.train.math.Parameters;

/**
 * Weights in training, and their gradient, both as {@link TrainingKernel} wants them: rows padded to
 * {@link TrainingKernel#PADDING}. Of a matrix the first row is the biases, and each other row what one input gives to
 * all outputs; of a table each row is that of a token; vectors have a row each. Padding is 0, in the gradient too.
 */
public final class WeightArray {
    /** Has changes of a table that are made in a row only when it is asked for. For one thread at a time in a row. */
    public interface Deferred {
        /** Makes those of a row. */
        void catchUp(int row);

        /** Makes all; whoever called may change values too. */
        void catchUp();
    }

    /** The canonical arrays, as {@link Parameters} names them; only a matrix has a bias. */
    private final String weight;
    private final String bias;
    /** Of a table, or null. */
    private final TableGradient ofRows;
    private Deferred deferred;
    /** Tokens of a table, inputs of a matrix, or vectors. */
    private final int rows;
    private final int rowSize;
    /** Where in a row what is canonically at 0, 1 … is. */
    private final int[] columns;
    private final float[] values;
    /** Of a table nothing. */
    private final float[] gradient;
    /** Of a matrix: a row for each column, of what it gets from all inputs. */
    private final float[] transposed;

    private WeightArray(String weight, String bias, boolean table, int rows, int rowSize, int[] columns) {
        this.weight = weight;
        this.bias = bias;
        this.rows = rows;
        this.rowSize = rowSize;
        this.columns = columns;
        values = new float[Shapes.requireArray("weights", rows + firstRow(), rowSize)];
        ofRows = table ? new TableGradient(rows, rowSize) : null;
        gradient = new float[table ? 0 : values.length];
        transposed = new float[isMatrix() ? Shapes.requireArray("weights", rowSize, transposedSize()) : 0];
    }

    /**
     * Makes a matrix of zeros.
     *
     * @param weight the canonical name of its weights, (outputs, inputs)
     * @param bias that of its biases, (outputs)
     * @param inputs how many
     * @param columns where in a row each output is
     * @param rowSize elements of a row, padding included
     */
    static WeightArray matrix(String weight, String bias, int inputs, int[] columns, int rowSize) {
        return new WeightArray(weight, bias, false, inputs, rowSize, columns);
    }

    /**
     * Makes a table of zeros.
     *
     * @param name its canonical name
     * @param tokens how many rows
     * @param size features of a token
     */
    static WeightArray table(String name, int tokens, int size) {
        return inOrder(name, true, tokens, size);
    }

    /**
     * Makes vectors of zeros, one or several.
     *
     * @param name their canonical name
     * @param vectors how many
     * @param size elements of each
     */
    static WeightArray vectors(String name, int vectors, int size) {
        return inOrder(name, false, vectors, size);
    }

    private static WeightArray inOrder(String name, boolean table, int rows, int size) {
        int[] inOrder = new int[size];
        Arrays.setAll(inOrder, i -> i);
        return new WeightArray(name, null, table, rows, TrainingKernel.padded(size), inOrder);
    }

    /** Returns the canonical name of the weights. */
    public String name() {
        return weight;
    }

    /** Returns whether this is a table, of which a batch touches some rows only. */
    public boolean isTable() {
        return ofRows != null;
    }

    private boolean isMatrix() {
        return bias != null;
    }

    /** Returns the rows before those of inputs. */
    private int firstRow() {
        return isMatrix() ? 1 : 0;
    }

    /** Returns the elements of a row, padding included. */
    public int rowSize() {
        return rowSize;
    }

    /** Returns the values as they are now: the array itself. */
    public float[] values() {
        if (deferred != null) {
            deferred.catchUp();
        }
        return values;
    }

    /** From now on rows of this table are asked for before they are read. */
    public void defer(Deferred changes) {
        values();
        deferred = changes;
    }

    /** Brings a row of a table up to date. */
    void catchUp(int row) {
        if (deferred != null) {
            deferred.catchUp(row);
        }
    }

    /** Returns the gradient, in the layout of the values: the array itself, or of a table a copy. */
    public float[] gradient() {
        return isTable() ? ofRows.inTable(ofRows.sums()) : gradient;
    }

    /** Returns the gradient of a table, row by row. */
    public TableGradient ofRows() {
        return ofRows;
    }

    /**
     * Returns, for each element of a table's gradient, the sum of the squares of its terms: a copy; null if they are
     * not kept.
     */
    float[] squares() {
        return isTable() && ofRows.squares() != null ? ofRows.inTable(ofRows.squares()) : null;
    }

    Rows bias() {
        return new Rows(values, 0, 0);
    }

    /** Returns a row for each input, token or vector. */
    Rows weights() {
        return new Rows(values, firstRow() * rowSize, rowSize);
    }

    Rows biasGradient() {
        return new Rows(gradient, 0, 0);
    }

    Rows weightGradient() {
        return new Rows(gradient, firstRow() * rowSize, rowSize);
    }

    /** Returns a row for each column, as {@link #transpose} left them: for the products of the backward pass. */
    Rows transposed() {
        return new Rows(transposed, 0, transposedSize());
    }

    /** Returns the elements of a row of {@link #transposed}: one for each input, and padding. */
    int transposedSize() {
        return TrainingKernel.padded(rows);
    }

    /** Brings {@link #transposed} up to date with the values. */
    void transpose() {
        int size = transposedSize();
        int block = TrainingKernel.PADDING;
        for (int k0 = 0; k0 < rows && isMatrix(); k0 += block) {
            int k1 = Math.min(rows, k0 + block);
            for (int j = 0; j < rowSize; j++) {
                for (int k = k0; k < k1; k++) {
                    transposed[j * size + k] = values[(1 + k) * rowSize + j];
                }
            }
        }
    }

    /** Makes the gradient 0, and no row touched. */
    void clearGradient() {
        if (isTable()) {
            ofRows.clear();
        } else {
            Arrays.fill(gradient, 0);
        }
    }

    /**
     * Replaces the gradient, and the squares, if they are kept, by canonical arrays.
     *
     * @param canonical the arrays, by the names in {@link Parameters}
     * @param factor multiplies the gradient, and twice the squares
     */
    void loadGradient(Map<String, float[]> canonical, double factor) {
        if (isTable()) {
            ofRows.load(canonical.get(weight), canonical.get(weight + Parameters.SQUARES), columns.length, factor);
            return;
        }
        pack(canonical, gradient);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) (gradient[i] * factor);
        }
    }

    /**
     * Returns canonical arrays, by their names in {@link Parameters}.
     *
     * @param layout values, a gradient, or whatever else has their layout
     */
    public Map<String, float[]> unpack(float[] layout) {
        Map<String, float[]> canonical = new LinkedHashMap<>();
        float[] weights = new float[rows * columns.length];
        for (int i = 0; i < columns.length; i++) {
            for (int k = 0; k < rows; k++) {
                weights[canonical(i, k)] = layout[(firstRow() + k) * rowSize + columns[i]];
            }
        }
        canonical.put(weight, weights);
        if (isMatrix()) {
            float[] biases = new float[columns.length];
            for (int i = 0; i < columns.length; i++) {
                biases[i] = layout[columns[i]];
            }
            canonical.put(bias, biases);
        }
        return canonical;
    }

    /**
     * Copies canonical arrays to a layout; the reverse of {@link #unpack}.
     *
     * @param canonical at least those by the names of this array
     * @param layout what is written; its padding is left alone
     */
    public void pack(Map<String, float[]> canonical, float[] layout) {
        float[] weights = canonical.get(weight);
        float[] biases = isMatrix() ? canonical.get(bias) : null;
        for (int i = 0; i < columns.length; i++) {
            for (int k = 0; k < rows; k++) {
                layout[(firstRow() + k) * rowSize + columns[i]] = weights[canonical(i, k)];
            }
            if (isMatrix()) {
                layout[columns[i]] = biases[i];
            }
        }
    }

    /** Where element {@code i} of row {@code k} is canonically: outputs are the rows of a matrix. */
    private int canonical(int i, int k) {
        return isMatrix() ? i * rows + k : k * columns.length + i;
    }

    @Override
    public String toString() {
        return "WeightArray[" + weight + ", " + rows + "x" + columns.length + "]";
    }
}
