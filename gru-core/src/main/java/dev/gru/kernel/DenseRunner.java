package dev.gru.kernel;

import dev.gru.internal.Shapes;

/**
 * Runs a {@link PackedDense}: its weights with scratch memory for one thread at a time.
 *
 * <p>{@link #forward} does not allocate, and what it computes for a row does not depend on the other rows. Not safe for
 * use by two threads at once.
 */
public abstract class DenseRunner {
    private final int inputSize;
    private final int outputSize;

    /**
     * Called by kernels.
     *
     * @param inputSize features of a row of inputs
     * @param outputSize features of a row of outputs
     */
    protected DenseRunner(int inputSize, int outputSize) {
        this.inputSize = inputSize;
        this.outputSize = outputSize;
    }

    /**
     * Computes y = activation(W x + b) for every row.
     *
     * @param rows number of rows, 0 or more
     * @param x inputs, (rows, inputSize)
     * @param y outputs, (rows, outputSize); must not be {@code x}
     * @throws IllegalArgumentException if an array is too short, {@code y} is {@code x}, or {@code rows} is negative
     */
    public final void forward(int rows, float[] x, float[] y) {
        requireRows(rows, x, inputSize, y, outputSize);
        run(rows, x, 0, inputSize, y, 0);
    }

    /**
     * Computes y = activation(W x + b) for rows that lie anywhere in an array, and may overlap, as the windows of a
     * convolution do.
     *
     * @param rows number of rows, 0 or more
     * @param x inputs; a row is {@code inputSize} of them
     * @param x0 index of the first element of the first row
     * @param xStride elements from the beginning of a row to that of the next, 0 or more
     * @param y outputs, (rows, outputSize) from index {@code y0} on; must not be {@code x}
     * @param y0 index of the first element of the outputs
     * @throws IllegalArgumentException if an array is too short, {@code y} is {@code x}, or another number is negative
     */
    public final void forward(int rows, float[] x, int x0, int xStride, float[] y, int y0) {
        Shapes.requireNotNegative("rows", rows);
        Shapes.requireNotNegative("xStride", xStride);
        Shapes.requireRoom("x", x, x0, rows == 0 ? 0 : (rows - 1L) * xStride + inputSize);
        Shapes.requireRoom("y", y, y0, (long) rows * outputSize);
        Shapes.requireOtherArray("y", y, "x", x);
        run(rows, x, x0, xStride, y, y0);
    }

    /** Computes {@link #forward(int, float[], int, int, float[], int)}, whose arguments have been checked. */
    protected abstract void run(int rows, float[] x, int x0, int xStride, float[] y, int y0);

    /**
     * Checks the arguments of a call that maps rows to rows.
     *
     * @throws IllegalArgumentException as for {@link #forward}
     */
    static void requireRows(int rows, float[] x, int inputSize, float[] y, int outputSize) {
        Shapes.requireNotNegative("rows", rows);
        Shapes.requireRoom("x", x, 0, (long) rows * inputSize);
        Shapes.requireRoom("y", y, 0, (long) rows * outputSize);
        Shapes.requireOtherArray("y", y, "x", x);
    }
}
