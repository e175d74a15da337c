package dev.gru.kernel;

import static dev.gru.kernel.OneUnit.biasesOnly;
import static dev.gru.kernel.OneUnit.oneUnit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Zeros, saturated gates, NaN and infinity, which every kernel takes as the equations do, to the last bit. */
@ParameterizedClass
@MethodSource("dev.gru.kernel.Kernels#all")
class PackedGruValuesTest {
    private final GruKernel kernel;

    PackedGruValuesTest(GruKernel kernel) {
        this.kernel = kernel;
    }

    private float[] step(GruWeights weights, float[] x, float... state) {
        return OneUnit.step(kernel, weights, x, state);
    }

    @Test
    void nothingInNothingOut() {
        for (GruVariant variant : GruVariant.values()) {
            GruWeights zeros = new GruWeights(variant, 2, 2, new float[12], new float[12], new float[6], new float[6]);
            assertArrayEquals(new float[variant.stateSize(2)], step(zeros, new float[2], new float[4]));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DUAL_STATE")
    void anUpdateGateOfOneKeepsTheStateToTheLastBit(GruVariant variant) {
        GruActivations hard = new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), Activation.RELU, 30);
        for (float h : new float[]{0.1f, -0.9999999f, 123.456f, Float.MIN_VALUE, Float.MAX_VALUE}) {
            assertArrayEquals(new float[]{h}, step(biasesOnly(variant, 0.3f, 40, 0.7f), new float[1], h));
            assertArrayEquals(new float[]{h}, step(biasesOnly(variant, hard, 0.3f, 40, 0.7f), new float[1], h));
        }
    }

    /** x = 2, h = −0.5, c = 0.75: r of 2.75, z of −1.3125, n of 2.5625 and what comes from the state. */
    private float[] stepOfOne(GruVariant variant, Activation gates, Activation candidate, float clip) {
        GruWeights weights = oneUnit(variant, new GruActivations(gates, candidate, clip),
                new float[]{0.5f, -0.75f, 1.25f}, new float[]{-1.5f, 0.375f, 2}, new float[]{0.25f, -0.125f, 0.0625f},
                new float[]{0.75f, 0.5f, -0.25f});
        return step(weights, new float[]{2}, variant == GruVariant.DUAL_STATE
                ? new float[]{-0.5f, 0.75f}
                : new float[]{-0.5f});
    }

    @Test
    void hardSigmoidGatesAndReluOfOneUnitAreExact() {
        float inf = Float.POSITIVE_INFINITY;
        Activation hard = Activation.hardSigmoid(0.125f, 0.5f);
        // r = 0.84375, z = 0.3359375; n = 2.5625 + r (2 h − 0.25) = 1.5078125
        assertArrayEquals(new float[]{13653 / 16384f},
                stepOfOne(GruVariant.RESET_AFTER, hard, Activation.RELU, inf));
        // n = 2.5625 + 2 r h − 0.25 = 1.46875
        assertArrayEquals(new float[]{0.6640625f * 1.46875f - 0.3359375f / 2},
                stepOfOne(GruVariant.RESET_BEFORE, hard, Activation.RELU, inf));
        // n = 2.5625 + 2 r c − 0.25 = 3.578125; f(r) = 0.60546875
        assertArrayEquals(new float[]{34215 / 16384f, 21529 / 8192f},
                stepOfOne(GruVariant.DUAL_STATE, hard, Activation.RELU, inf));
    }

    @Test
    void reluGatesAndALineOfOneUnitAreExact() {
        float inf = Float.POSITIVE_INFINITY;
        Activation line = Activation.linear(-0.5f, 0.25f);
        // r = 2.75, z = 0; n = 0.25 − (2.5625 + r (2 h − 0.25)) / 2
        assertArrayEquals(new float[]{0.6875f}, stepOfOne(GruVariant.RESET_AFTER, Activation.RELU, line, inf));
        // n = 0.25 − (2.5625 + 2 r h − 0.25) / 2
        assertArrayEquals(new float[]{0.46875f}, stepOfOne(GruVariant.RESET_BEFORE, Activation.RELU, line, inf));
        // n = 0.25 − (2.5625 + 2 r c − 0.25) / 2 = −2.96875; c' = n, h' = n r + (1 − r) h
        assertArrayEquals(new float[]{-2.96875f * 2.75f + 0.875f, -2.96875f},
                stepOfOne(GruVariant.DUAL_STATE, Activation.RELU, line, inf));
        // A negative sum becomes 0: n = max(0, 2.5625 + 2.75 (2 h − 0.25)).
        assertArrayEquals(new float[]{0},
                stepOfOne(GruVariant.RESET_AFTER, Activation.RELU, Activation.RELU, inf));
    }

    @Test
    void aBoundCutsWholeSumsAndNothingElse() {
        Activation identity = Activation.LINEAR;
        // r = 1, z = −1; the two parts of n, 2.5625 and −1.25, are cut together: n = 1. h' = (1 + 1) n + 0.5
        assertArrayEquals(new float[]{2.5f}, stepOfOne(GruVariant.RESET_AFTER, identity, identity, 1));
        assertArrayEquals(new float[]{2.5f}, stepOfOne(GruVariant.RESET_BEFORE, identity, identity, 1));
        // r = 1.25, z = −1.25; n = 1 and 1.0625, as if there were no bound.
        assertArrayEquals(new float[]{2.875f}, stepOfOne(GruVariant.RESET_AFTER, identity, identity, 1.25f));
        assertArrayEquals(new float[]{3.015625f}, stepOfOne(GruVariant.RESET_BEFORE, identity, identity, 1.25f));
        // r = 2, though its sum is cut to 1, and f(r) = 4: r is not cut. z = −2, n = 1.
        assertArrayEquals(new float[]{4.5f, 1.5f},
                stepOfOne(GruVariant.DUAL_STATE, Activation.linear(2, 0), Activation.RELU, 1));
    }

    @Test
    void aBoundCutsInfinityAndLetsNanThrough() {
        float inf = Float.POSITIVE_INFINITY;
        GruActivations cut = new GruActivations(Activation.LINEAR, Activation.LINEAR, 2);
        for (GruVariant variant : new GruVariant[]{GruVariant.RESET_AFTER, GruVariant.RESET_BEFORE}) {
            // z = 0: h' = n
            assertArrayEquals(new float[]{2}, step(biasesOnly(variant, cut, 0, 0, inf), new float[1], 1));
            assertArrayEquals(new float[]{-2}, step(biasesOnly(variant, cut, 0, 0, -inf), new float[1], 1));
            assertArrayEquals(new float[]{Float.NaN},
                    step(biasesOnly(variant, cut, 0, 0, Float.NaN), new float[1], 1));
            // n = 0: h' = z h
            assertArrayEquals(new float[]{2}, step(biasesOnly(variant, cut, 0, inf, 0), new float[1], 1));
            assertArrayEquals(new float[]{Float.NaN},
                    step(biasesOnly(variant, cut, 0, Float.NaN, 0), new float[1], 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBoundThatNoSumReachesChangesNothing(GruVariant variant) {
        GruActivations wide = new GruActivations(Activation.SIGMOID, Activation.TANH, Float.MAX_VALUE);
        float[] x = RandomWeights.floats(5, new Random(1));
        float[] state = RandomWeights.floats(variant.stateSize(7), new Random(2));
        assertArrayEquals(step(RandomWeights.gru(variant, 5, 7, 3), x, state),
                step(RandomWeights.gru(variant, wide, 5, 7, 3), x, state));
    }

    @Test
    void saturatedGatesAreExact() {
        for (float huge : new float[]{100, 1e30f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
            assertArrayEquals(new float[]{1}, step(biasesOnly(GruVariant.RESET_AFTER, 0, -huge * 8, huge),
                    new float[1], 0.5f));
            assertArrayEquals(new float[]{-1}, step(biasesOnly(GruVariant.RESET_AFTER, 0, -huge * 8, -huge),
                    new float[1], 0.5f));
            assertArrayEquals(new float[]{0.5f}, step(biasesOnly(GruVariant.RESET_AFTER, 0, huge, huge),
                    new float[1], 0.5f));
        }
    }

    @Test
    void oneNanInTheInputReachesEveryUnitThatItHasAWeightFor() {
        for (GruVariant variant : GruVariant.values()) {
            float[] next = step(RandomWeights.gru(variant, 2, 2, 3), new float[]{0.5f, Float.NaN}, new float[4]);
            for (float v : next) {
                assertEquals(Float.NaN, v, variant.name());
            }
        }
    }

    @Test
    void aNanInOneGateGoesOnlyWhereTheEquationsTakeIt() {
        float nan = Float.NaN;
        // r = NaN: in RESET_AFTER by r (…), in RESET_BEFORE by the weight of the state, which is 0 · NaN = NaN.
        assertArrayEquals(new float[]{nan}, step(biasesOnly(GruVariant.RESET_AFTER, nan, 0, 0), new float[1], 1));
        assertArrayEquals(new float[]{nan}, step(biasesOnly(GruVariant.RESET_BEFORE, nan, 0, 0), new float[1], 1));
        assertArrayEquals(new float[]{nan}, step(biasesOnly(GruVariant.RESET_AFTER, 0, nan, 0), new float[1], 1));
        // In the dual state z does not reach h, and r = NaN reaches both.
        float[] dual = step(biasesOnly(GruVariant.DUAL_STATE, 0, nan, 0), new float[1], 1, 1);
        assertArrayEquals(new float[]{0.5f, nan}, dual);
        assertArrayEquals(new float[]{nan, nan},
                step(biasesOnly(GruVariant.DUAL_STATE, nan, 0, 0), new float[1], 1, 1));
    }

    @Test
    void infiniteInputsSaturateAndInfinityTimesZeroIsNan() {
        float inf = Float.POSITIVE_INFINITY;
        float[] none = new float[3];
        // r = 1, z = σ(−∞) = 0, n = tanh(∞) = 1
        GruWeights open = oneUnit(GruVariant.RESET_AFTER, new float[]{1, -1, 1}, none, none, none);
        assertArrayEquals(new float[]{1}, step(open, new float[]{inf}, 0.5f));
        assertArrayEquals(new float[]{0.5f}, step(open, new float[]{-inf}, 0.5f));
        // A weight of 0 does not hide an infinite input.
        assertArrayEquals(new float[]{Float.NaN}, step(biasesOnly(GruVariant.RESET_AFTER, 0, 0, 0),
                new float[]{inf}, 0.5f));
        // An infinite state is carried: z = 1/2, and r (0 · ∞) would be NaN, so it has weights of 0.5 and r = 0.5.
        GruWeights carry = oneUnit(GruVariant.RESET_AFTER, none, new float[]{-1, 1, 0.5f}, none, none);
        assertArrayEquals(new float[]{Float.NaN}, step(carry, new float[1], inf));
        GruWeights kept = oneUnit(GruVariant.RESET_AFTER, none, new float[]{1, 1, 0.5f}, none, none);
        assertArrayEquals(new float[]{inf}, step(kept, new float[1], inf));
    }
}
