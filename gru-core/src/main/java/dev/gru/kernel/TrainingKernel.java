package dev.gru.kernel;

import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/**
 * The arithmetic of training, over rows of floats: what {@link GruKernel} does for whole layers that run, this does for
 * the parts that the forward pass and the way back are made of.
 *
 * <p>Everything is laid out in rows that are padded to a multiple of {@value #PADDING} elements, which are whole vectors on
 * every machine; the padding of weights is 0. Columns and units, as they are counted here, include the padding.
 *
 * <p><b>Same bits.</b> Every output is one defined chain of operations, so kernels other than the reference have the same
 * bits, and what comes out for a row or a column does not depend on how many there are at once.
 *
 * <p>Stateless and safe for use by any number of threads. Shapes are the callers' to get right: an array that is too short
 * is an {@link IndexOutOfBoundsException}, and something may have been written by then.
 */
public interface TrainingKernel {
    /** What rows are padded to a multiple of: the floats in the longest vectors, of 512 bits. */
    int PADDING = 16;

    /** Returns a size rounded up to a multiple of {@link #PADDING}. */
    static int padded(int size) {
        return Math.multiplyExact(Math.ceilDiv(size, PADDING), PADDING);
    }

    /** Where rows lie in an array. */
    final class Rows {
        private final float[] values;
        private final int from;
        private final int stride;

        /**
         * Describes rows.
         *
         * @param values the array
         * @param from where the first row begins
         * @param stride from the beginning of a row to that of the next; 0 if all are the same one
         */
        public Rows(float[] values, int from, int stride) {
            this.values = Objects.requireNonNull(values, "values");
            this.from = from;
            this.stride = stride;
        }

        /** Returns the array itself. */
        public float[] values() {
            return values;
        }

        /** Returns how far it is from the beginning of a row to that of the next. */
        public int stride() {
            return stride;
        }

        /** Returns where a row begins. */
        public int place(int row) {
            return from + row * stride;
        }

        /** Returns the rows from row {@code row} on, without their first {@code column} elements. */
        public Rows at(int row, int column) {
            return new Rows(values, place(row) + column, stride);
        }
    }

    /**
     * Computes y = i + x W for some rows: of each element a chain, that of i and then a fused multiply-add for each input in
     * order.
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
     * Computes the gates of {@link GruVariant#RESET_AFTER} and the new states, for some rows:
     *
     * <pre>
     * r = σ(g_r + s_r), z = σ(g_z + s_z), q = s_q, n = tanh(g_n + r ⊙ q)
     * h' = (1 − z) ⊙ n + z ⊙ h
     * </pre>
     *
     * @param rows how many
     * @param units units of a row, padding included
     * @param g the sums from the inputs, for n, r and z, behind which there is room for q; replaced by n, r, z and q
     * @param s the sums from the states, for r, z and q
     * @param h the states
     * @param hNext takes the new ones; must not overlap h
     */
    void forwardGates(int rows, int units, Rows g, Rows s, Rows h, Rows hNext);

    /**
     * Goes back over {@link #forwardGates}, for some rows: with d = dh' + dy,
     *
     * <pre>
     * dg_n = d ⊙ (1 − z) ⊙ (1 − n²)
     * dg_z = d ⊙ (h − n) ⊙ z ⊙ (1 − z)
     * dg_r = dg_n ⊙ q ⊙ r ⊙ (1 − r)
     * ds_q = dg_n ⊙ r, ds_r = dg_r, ds_z = dg_z
     * dh = d ⊙ z, but for what comes through s
     * </pre>
     *
     * @param rows how many
     * @param units units of a row, padding included
     * @param g n, r, z and q; replaced by dg_n, dg_r, dg_z and ds_q
     * @param h the states before the step
     * @param dy what is added to the derivatives
     * @param dh the derivatives with respect to the states after the step; replaced by those before it
     */
    void backwardGates(int rows, int units, Rows g, Rows h, Rows dy, Rows dh);

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
     * Adds the squares of the elements of one row to those of another: to each a fused multiply-add.
     *
     * @param columns elements of a row
     * @param d holds the one
     * @param from where it begins
     * @param sums holds the other, which must not overlap the one
     * @param to where that begins
     */
    void addSquares(int columns, float[] d, int from, float[] sums, int to);

    /** Replaces the elements of one row, that at {@code from}, by e^(v − shift). */
    void exp(int columns, float[] v, int from, float shift);
}
