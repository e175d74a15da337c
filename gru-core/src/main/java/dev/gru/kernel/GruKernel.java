package dev.gru.kernel;

import java.lang.foreign.Arena;

import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * A way to compute layers: {@code scalar}, the reference; {@code simd}, the fast one; or {@code portable}, which has the
 * bits of {@code simd} and needs no Vector API.
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
     * Returns an activation by itself: y = activation(x), a dense layer without a product.
     *
     * @param activation what is applied to each row
     * @param size features of a row, at least 1
     */
    PackedDense pack(Activation activation, int size);

    /** Returns the arithmetic of training; that of {@code portable}, if this kernel has none of its own. */
    default TrainingKernel training() {
        return new PortableTrainingKernel();
    }

    /** The same as {@link #pack(GruWeights, Precision, Arena)} in {@link Precision#FP32}. */
    default PackedGru pack(GruWeights weights, Arena arena) {
        return pack(weights, Precision.FP32, arena);
    }

    /** The same as {@link #pack(DenseWeights, Precision, Arena)} in {@link Precision#FP32}. */
    default PackedDense pack(DenseWeights weights, Arena arena) {
        return pack(weights, Precision.FP32, arena);
    }

    /**
     * Returns the best kernel that this JVM can run. It is chosen once, at the first call, with one log line that says
     * what was chosen and why. The system property {@value KernelSelection#PROPERTY} names another.
     *
     * @throws IllegalStateException if the system property asks for a kernel that cannot run here
     */
    static GruKernel best() {
        return KernelSelection.best();
    }

    /**
     * Returns the kernel of the given name.
     *
     * @param name {@code portable} or {@code scalar}, which are always there, or the name of a kernel found on the class path or module path, such as {@code simd}
     * @throws IllegalStateException if there is no such kernel or it cannot run here; the message says why
     */
    static GruKernel named(String name) {
        return KernelSelection.named(name);
    }
}
