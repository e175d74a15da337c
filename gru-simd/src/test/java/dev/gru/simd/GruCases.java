package dev.gru.simd;

import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/**
 * Layers of every variant, with any functions, in sizes around the number of lanes, in batches and lengths around tiles
 * and chunks.
 */
class GruCases extends DomainContextBase {
    private static final int LANES = Lanes.COUNT;

    /** One, just below, equal to, just above and a multiple of the lanes, odd, and large. */
    static Arbitrary<Integer> sizes() {
        return Arbitraries.of(1, LANES - 1, LANES, LANES + 1, 2 * LANES, 37, 5 * LANES, 70);
    }

    /** Functions of one number: every kind, and those with parameters rising and falling. */
    static final List<Activation> FUNCTIONS = List.of(Activation.LINEAR, Activation.RELU, Activation.SIGMOID,
            Activation.TANH, Activation.hardSigmoid(1 / 6f, 0.5f), Activation.hardSigmoid(-0.7f, 0.25f),
            Activation.linear(0.3f, 0.2f), Activation.linear(-1.5f, -0.125f),
            Activation.leakyRelu(0.3f), Activation.relu(0.1f, 2, 0.25f), Activation.relu(0, 3, 0.5f), Activation.RELU6,
            Activation.HARD_TANH, Activation.clip(Float.NEGATIVE_INFINITY, 1), Activation.ELU, Activation.elu(-0.5f),
            Activation.SELU, Activation.celu(0.7f), Activation.GELU, Activation.GELU_TANH, Activation.SOFTPLUS,
            Activation.SOFTSIGN, Activation.SILU, Activation.HARD_SILU, Activation.EXPONENTIAL,
            Activation.hardShrink(0.5f), Activation.softShrink(0.25f), Activation.TANH_SHRINK,
            Activation.threshold(0.3f, -0.2f), Activation.squareplus(4), Activation.LOG_SIGMOID, Activation.MISH,
            Activation.SPARSE_PLUS, Activation.SPARSE_SIGMOID, Activation.scaledTanh(1.7f, 0.6f));

    /** Functions of rows. */
    static final List<Activation> OF_ROWS = List.of(Activation.SOFTMAX, Activation.LOG_SOFTMAX, Activation.SPARSEMAX);

    /** A choice that leaves no pass without something to do. */
    static final GruActivations OTHERS = new GruActivations(FUNCTIONS.get(4), FUNCTIONS.get(6), 3);

    /** The usual functions and no bound, or any functions and any bound. */
    static Arbitrary<GruActivations> functions() {
        return Arbitraries.oneOf(Arbitraries.just(GruActivations.STANDARD), Combinators
                .combine(Arbitraries.of(FUNCTIONS), Arbitraries.of(FUNCTIONS),
                        Arbitraries.of(Float.POSITIVE_INFINITY, Float.MAX_VALUE, 3f, 0.3f))
                .as(GruActivations::new));
    }

    @Provide
    Arbitrary<GruCase> cases() {
        // The largest weight, the largest input, and a special value. Beside an infinity weights are so small that no
        // gate is below what a float holds: there the reference would have 0 < z, and z times infinity another value.
        Arbitrary<float[]> scales = Arbitraries.of(new float[]{0.5f, 1, 0}, new float[]{0, 1, 0},
                new float[]{0.3f, 0, 0}, new float[]{0.1f, 1e-41f, 0}, new float[]{1e-41f, 1, 0},
                new float[]{8, 4, 0}, new float[]{1e4f, 1e4f, 0}, new float[]{0.5f, 1, Float.NaN},
                new float[]{0.5f, 1, Float.POSITIVE_INFINITY}, new float[]{0.5f, 1, Float.NEGATIVE_INFINITY});
        Arbitrary<GruCase> usual = Combinators.combine(Arbitraries.of(GruVariant.class), sizes(), sizes(),
                Arbitraries.of(1, 2, 3, 7, 8, 9, 17), Arbitraries.of(1, 2, 3, 15, 16, 17, 33), scales,
                Arbitraries.of(GruCase.Masking.class), Arbitraries.longs())
                .as((variant, inputSize, hiddenSize, batch, steps, scale, masking, seed) -> new GruCase(variant,
                        inputSize, hiddenSize, batch, steps, scale[0], scale[1], scale[2], masking, seed));
        return Combinators.combine(usual, functions()).as(GruCase::with);
    }
}
