package dev.gru.kernel;

import java.lang.foreign.Arena;
import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.weights.DenseWeights;

/**
 * A dense layer in a kernel's own layout, ready to run.
 *
 * <p>Immutable and safe for use by any number of threads, each with a {@link Workspace} of its own. {@link #forward}
 * does not allocate, and what it computes for a row does not depend on the other rows.
 */
public abstract class PackedDense {
    private final int inputSize;
    private final int outputSize;
    /** Null for a layer with weights. */
    private final Object alone;

    /** What all activations by themselves have in common that one kernel makes for rows of one length: their scratch memory. */
    private record Alone(Class<?> kind, int size) {
    }

    /** Called by kernels, with the weights that they pack. */
    protected PackedDense(DenseWeights weights) {
        inputSize = weights.inputSize();
        outputSize = weights.outputSize();
        alone = null;
    }

    /** Called by kernels, for an activation by itself. */
    protected PackedDense(int size) {
        inputSize = Shapes.requireFrom1To("size", size, Shapes.MAX_ARRAY);
        outputSize = size;
        alone = new Alone(getClass(), size);
    }

    /** Returns whether this is an activation by itself. Its workspaces fit all others of this size. */
    public final boolean isActivation() {
        return alone != null;
    }

    /** Called by kernels: returns the owner of this layer's workspaces. */
    protected final Object owner() {
        return alone == null ? this : alone;
    }

    /** Returns the number of features in. */
    public final int inputSize() {
        return inputSize;
    }

    /** Returns the number of features out. */
    public final int outputSize() {
        return outputSize;
    }

    /**
     * Returns new scratch memory for calls into this layer; any number of rows fits. What it takes outside the heap goes
     * back when the garbage collector finds it unreachable.
     */
    public abstract Workspace newWorkspace();

    /**
     * Returns new scratch memory for calls into this layer; any number of rows fits.
     *
     * <p>A kernel that takes no memory outside the heap does not override this.
     *
     * @param arena as for {@link PackedGru#newWorkspace(int, ThreadTeam, Arena)}
     */
    public Workspace newWorkspace(Arena arena) {
        return newWorkspace();
    }

    /**
     * Computes y = activation(W x + b), or y = activation(x) where there are no weights, for every row.
     *
     * @param rows number of rows, 0 or more
     * @param x inputs, (rows, inputSize)
     * @param workspace scratch memory of this layer, or, for an activation by itself, of another of this size
     * @param y outputs, (rows, outputSize); must not be {@code x}
     * @throws IllegalArgumentException if an array is too short, {@code y} is {@code x}, {@code rows} is negative, or the
     *     workspace belongs to another layer
     */
    public final void forward(int rows, float[] x, Workspace workspace, float[] y) {
        Objects.requireNonNull(workspace, "workspace").requireFits(owner(), 1);
        if (rows < 0) {
            throw new IllegalArgumentException("rows must be at least 0, was " + rows);
        }
        Shapes.requireRoom("x", x, 0, (long) rows * inputSize);
        Shapes.requireRoom("y", y, 0, (long) rows * outputSize);
        Shapes.requireOtherArray("y", y, "x", x);
        run(rows, x, workspace, y);
    }

    /** Computes {@link #forward}, whose arguments have been checked. */
    protected abstract void run(int rows, float[] x, Workspace workspace, float[] y);
}
