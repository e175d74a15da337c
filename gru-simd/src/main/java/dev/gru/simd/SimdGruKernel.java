package dev.gru.simd;

import java.lang.foreign.Arena;
import java.util.Objects;

import dev.gru.kernel.ActivationRunner;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.Tiling;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * The fast kernel: float arithmetic on the Vector API, weights packed outside the heap, gates and activations fused.
 *
 * <p>Its bits do not depend on the vector length; see the package's description.
 */
public final class SimdGruKernel implements GruKernel {
    static final String NAME = "simd";

    /** Makes the kernel; all instances are alike. */
    public SimdGruKernel() {
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public PackedGru pack(GruWeights weights, Precision precision, Arena arena) {
        return new SimdGru(Objects.requireNonNull(weights, "weights"), precision, arena);
    }

    @Override
    public PackedDense pack(DenseWeights weights, Precision precision, Arena arena) {
        return new SimdDense(Objects.requireNonNull(weights, "weights"), precision, arena);
    }

    @Override
    public ActivationRunner newActivationRunner(int size, Arena arena) {
        return new SimdActivationRunner(size, arena);
    }

    @Override
    public TrainingKernel training() {
        return new SimdTrainingKernel();
    }

    @Override
    public Tiling tiling() {
        return PackedMatrix.TILING;
    }
}
