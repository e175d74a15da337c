package dev.gru.kernel;

import java.lang.foreign.Arena;

import dev.gru.weights.DenseWeights;

/**
 * A dense layer in a kernel's own layout. It is run by {@link #newRunner runners}.
 *
 * <p>Immutable and safe for use by any number of threads, each with a runner of its own.
 */
public abstract class PackedDense {
    private final int inputSize;
    private final int outputSize;

    /** Called by kernels, with the weights that they pack. */
    protected PackedDense(DenseWeights weights) {
        inputSize = weights.inputSize();
        outputSize = weights.outputSize();
    }

    /** Returns the number of features of a row of inputs. */
    public final int inputSize() {
        return inputSize;
    }

    /** Returns the number of features of a row of outputs. */
    public final int outputSize() {
        return outputSize;
    }

    /**
     * Returns a new runner of this layer, with scratch memory of its own; any number of rows fits.
     *
     * @param arena as for {@link PackedGru#newRunner(int, ThreadTeam, Arena)}
     */
    public abstract DenseRunner newRunner(Arena arena);

    /**
     * Returns a new runner whose memory outside the heap is freed when the garbage collector finds it unreachable; any
     * number of rows fits.
     */
    public final DenseRunner newRunner() {
        return newRunner(Arena.ofAuto());
    }
}
