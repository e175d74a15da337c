package dev.gru.kernel.training;

import dev.gru.kernel.GruKernel;
import dev.gru.weights.Activation;

/**
 * The arithmetic of training, over rows of floats: the part of a {@link GruKernel} that forward and backward passes are
 * made of.
 *
 * <p>Everything is laid out in {@link Rows} that are padded to a multiple of {@value #PADDING} elements, which are
 * whole vectors on every machine; the padding of weights is 0. Columns and units, as they are counted here, include the
 * padding.
 *
 * <p><b>Same bits.</b> Every output is one defined chain of operations, so kernels other than the reference have the
 * same bits, and the results of a row or a column do not depend on how many there are at once.
 *
 * <p>Stateless and safe for use by any number of threads. Shapes are the callers' to get right: an array that is too
 * short is an {@link IndexOutOfBoundsException}, and something may have been written by then.
 */
public interface TrainingKernel {
    /** Rows are padded to a multiple of this: the floats in the longest vectors, of 512 bits. */
    int PADDING = 16;

    /**
     * Rows of a batch that go through together: a multiple of the rows of all tiles. It is the same for all kernels, as
     * sums over a batch are taken in its order.
     */
    int ROWS_AT_ONCE = 8;

    /** Columns of a product over rows that are worth a task of their own: as many as a tile has at most. */
    int TASK_COLUMNS = 3 * PADDING;

    /** Inputs of a product over rows that are worth a task of their own: some tiles. */
    int TASK_INPUTS = 128;

    /** Returns a size rounded up to a multiple of {@link #PADDING}. */
    static int padded(int size) {
        return Math.multiplyExact(Math.ceilDiv(size, PADDING), PADDING);
    }

    /**
     * Computes y = i + x W for some rows: of each element a chain, that of i and then a fused multiply-add for each
     * input in order.
     *
     * @param rows how many
     * @param x inputs
     * @param inputs how many of them each row has, without padding
     * @param w a row of weights for each input
     * @param columns elements of each row of i, w and y
     * @param i what the chains begin with; may be y
     * @param y takes the sums; must not overlap x and w
     */
    void multiply(int rows, Rows x, int inputs, Rows w, int columns, Rows i, Rows y);

    /**
     * Computes w' = w + xᵀ d: to each element of w a fused multiply-add for each row of x and d, in order.
     *
     * @param rows rows of x and d
     * @param x inputs
     * @param inputs how many of them each row has, without padding
     * @param d a row of as many columns as w has for each row of x
     * @param columns elements of each row of d and w
     * @param w a row for each input
     */
    void addProducts(int rows, Rows x, int inputs, Rows d, int columns, Rows w);

    /**
     * Makes a cell with scratch memory of its own.
     *
     * @param weights the weights that act on the state
     * @param maxRows rows of a step at most
     */
    GruTrainingCell newGruCell(GruTrainingCell.Weights weights, int maxRows);

    /**
     * Replaces elements by their images.
     *
     * @param function the logistic function, tanh, or one of straight lines; not softmax
     * @param rows how many rows
     * @param columns elements of each row
     * @param v the rows
     */
    void apply(Activation function, int rows, int columns, Rows v);

    /**
     * Adds a term to the sums that a row of a gradient is, and its squares to those of the terms.
     *
     * @param columns elements of a row
     * @param d holds the term
     * @param from where it begins
     * @param sums holds the sums
     * @param squares holds the sums of squares, to each of which goes a fused multiply-add; null for none
     * @param to where both begin
     */
    default void addTerm(int columns, float[] d, int from, float[] sums, float[] squares, int to) {
        for (int j = 0; j < columns; j++) {
            sums[to + j] += d[from + j];
        }
        for (int j = 0; j < columns && squares != null; j++) {
            squares[to + j] = Math.fma(d[from + j], d[from + j], squares[to + j]);
        }
    }

    /**
     * Makes a step of Adam in some elements: {@link AdamStep#update}.
     *
     * @param count how many, a multiple of {@link #PADDING}
     * @return the largest number that it made
     */
    default float adam(AdamStep step, int count, float[] p, float[] m, float[] v, int at, float[] g, float[] squares,
            int from, float scale) {
        return step.update(count, p, m, v, at, g, squares, from, scale);
    }

    /** Makes a step of Adam where all gradients are 0, with the bits of {@link #adam}. */
    default float adam(AdamStep step, int count, float[] p, float[] m, float[] v, int at) {
        return step.update(count, p, m, v, at);
    }

    /** Replaces the elements of one row, that at {@code from}, by e^(v − shift). */
    void exp(int columns, float[] v, int from, float shift);
}
