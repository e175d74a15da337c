package dev.gru.kernel;

import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.weights.Activation;

/**
 * Applies activations to rows of one length: its scratch memory serves every activation layer of that length in a
 * model.
 *
 * <p>{@link #forward} does not allocate, and what it computes for a row does not depend on the other rows. Not safe for
 * use by two threads at once.
 */
public abstract class ActivationRunner {
    private final int size;

    /**
     * Called by kernels.
     *
     * @param size features of a row, at least 1
     */
    protected ActivationRunner(int size) {
        this.size = Shapes.requireFrom1To("size", size, Shapes.MAX_ARRAY);
    }

    /** Returns the number of features of a row. */
    public final int size() {
        return size;
    }

    /**
     * Computes y = activation(x) for every row.
     *
     * @param activation the function
     * @param rows number of rows, 0 or more
     * @param x inputs, (rows, size)
     * @param y outputs, (rows, size); must not be {@code x}
     * @throws IllegalArgumentException if an array is too short, {@code y} is {@code x}, or {@code rows} is negative
     */
    public final void forward(Activation activation, int rows, float[] x, float[] y) {
        Objects.requireNonNull(activation, "activation");
        DenseRunner.requireRows(rows, x, size, y, size);
        run(activation, rows, x, y);
    }

    /** Computes {@link #forward}, whose arguments have been checked. */
    protected abstract void run(Activation activation, int rows, float[] x, float[] y);
}
