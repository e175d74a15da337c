package dev.gru.kernel;

import java.lang.foreign.Arena;
import java.util.Objects;

import dev.gru.kernel.math.Exponential;
import dev.gru.kernel.training.PortableTrainingKernel;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * The kernel for where there is no Vector API: plain float loops that C2 turns into vector code by itself, on the heap.
 *
 * <p>It computes what the kernel {@code simd} computes, bit for bit, and is what that one is tested against. Every
 * output is one fixed chain of exactly specified operations, whatever the batch or the cut of a sequence:
 *
 * <ul>
 * <li>a matrix product is its bias, then one fused multiply-add for each input in order;
 * <li>a pre-activation is the product with the inputs plus the product with the states, each with its own bias; where
 * the reset gate comes after the product, it is one fused multiply-add of the gate;
 * <li>the logistic function and tanh are made by {@link Exponential}, and α v + β is one fused multiply-add;
 * <li>a blend (1 − z) n + z h is one fused multiply-add, of (1 − z), n and the rounded z h.
 * </ul>
 *
 * <p>It is fast only where the CPU has fused multiply-add. Where it has not, or {@code -XX:-UseFMA} turned it off, Java
 * computes each one with {@link java.math.BigDecimal}: the bits are the same, but {@link ScalarGruKernel} is faster.
 */
public final class PortableGruKernel implements GruKernel {

    /** Makes the kernel; all instances are alike. */
    public PortableGruKernel() {
    }

    @Override
    public String name() {
        return "portable";
    }

    /** {@inheritDoc} This kernel takes no memory outside the heap. */
    @Override
    public PackedGru pack(GruWeights weights, Precision precision, Arena arena) {
        return new PortableGru(Objects.requireNonNull(weights, "weights").rounded(precision));
    }

    /** {@inheritDoc} This kernel takes no memory outside the heap. */
    @Override
    public PackedDense pack(DenseWeights weights, Precision precision, Arena arena) {
        return new PortableDense(Objects.requireNonNull(weights, "weights").rounded(precision));
    }

    @Override
    public ActivationRunner newActivationRunner(int size, Arena arena) {
        return new PortableActivationRunner(size);
    }

    @Override
    public TrainingKernel training() {
        return new PortableTrainingKernel();
    }

    @Override
    public Tiling tiling() {
        return Tiling.of(PortableMatrix.TILE);
    }
}
