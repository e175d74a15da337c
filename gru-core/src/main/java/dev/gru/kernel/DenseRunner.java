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
        run(rows, x, y);
    }

    /** Computes {@link #forward}, whose arguments have been checked. */
    protected abstract void run(int rows, float[] x, float[] y);

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
