package dev.gru.kernel;

import java.lang.foreign.Arena;
import java.util.Objects;

import dev.gru.kernel.training.ScalarTrainingKernel;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * The reference: what every other kernel is held against. It computes in double with {@link StrictMath}, reads like the
 * equations of {@link GruVariant} and {@link Activation}, and is never tuned.
 *
 * <p>A step takes its state from floats and rounds its result to floats; nothing else is rounded to float.
 */
public final class ScalarGruKernel implements GruKernel {

    /** Makes the kernel; all instances are alike. */
    public ScalarGruKernel() {
    }

    @Override
    public String name() {
        return "scalar";
    }

    /** {@inheritDoc} This kernel takes no memory outside the heap. */
    @Override
    public PackedGru pack(GruWeights weights, Precision precision, Arena arena) {
        return new ScalarGru(Objects.requireNonNull(weights, "weights").rounded(precision));
    }

    /** {@inheritDoc} This kernel takes no memory outside the heap. */
    @Override
    public PackedDense pack(DenseWeights weights, Precision precision, Arena arena) {
        return new ScalarDense(Objects.requireNonNull(weights, "weights").rounded(precision));
    }

    @Override
    public ActivationRunner newActivationRunner(int size, Arena arena) {
        return new ScalarActivationRunner(size);
    }

    @Override
    public TrainingKernel training() {
        return new ScalarTrainingKernel();
    }

    /** {@inheritDoc} This kernel gains nothing from more rows at once. */
    @Override
    public Tiling tiling() {
        return Tiling.of(1);
    }
}
