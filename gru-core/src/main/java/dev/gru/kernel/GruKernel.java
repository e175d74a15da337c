package dev.gru.kernel;

import java.lang.foreign.Arena;

import dev.gru.kernel.training.TrainingKernel;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * A way to compute layers: {@code scalar}, the reference; {@code simd}, the fast one; or {@code portable}, which
 * computes the bits of {@code simd} without the Vector API. {@link KernelSelection} chooses among them.
 *
 * <p>Stateless and safe for use by any number of threads.
 */
public interface GruKernel {

    /** Returns the short name by which the kernel is asked for, such as {@code scalar}. */
    String name();

    /**
     * Copies weights into this kernel's own layout.
     *
     * @param weights canonical weights
     * @param precision how the layout keeps them
     * @param arena owns whatever memory the kernel takes outside the heap; the result must not be used once the arena
     *     is closed. It must be one that all threads using the result may access
     */
    PackedGru pack(GruWeights weights, Precision precision, Arena arena);

    /**
     * Copies weights into this kernel's own layout.
     *
     * @param weights canonical weights
     * @param precision how the layout keeps them
     * @param arena as for {@link #pack(GruWeights, Precision, Arena)}
     */
    PackedDense pack(DenseWeights weights, Precision precision, Arena arena);

    /**
     * Returns a new runner of activations alone: y = activation(x), a dense layer without weights.
     *
     * @param size features of a row, at least 1
     * @param arena as for {@link PackedGru#newRunner(int, ThreadTeam, Arena)}
     */
    ActivationRunner newActivationRunner(int size, Arena arena);

    /** Returns the arithmetic of training. */
    TrainingKernel training();

    /** Returns how many rows and steps this kernel likes to be given at once. */
    Tiling tiling();

    /** The same as {@link #pack(GruWeights, Precision, Arena)} in {@link Precision#FP32}. */
    default PackedGru pack(GruWeights weights, Arena arena) {
        return pack(weights, Precision.FP32, arena);
    }

    /** The same as {@link #pack(DenseWeights, Precision, Arena)} in {@link Precision#FP32}. */
    default PackedDense pack(DenseWeights weights, Arena arena) {
        return pack(weights, Precision.FP32, arena);
    }
}
