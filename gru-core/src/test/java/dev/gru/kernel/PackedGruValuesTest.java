package dev.gru.kernel;

import static dev.gru.kernel.OneUnit.biasesOnly;
import static dev.gru.kernel.OneUnit.oneUnit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

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
        for (float h : new float[]{0.1f, -0.9999999f, 123.456f, Float.MIN_VALUE, Float.MAX_VALUE}) {
            assertArrayEquals(new float[]{h}, step(biasesOnly(variant, 0.3f, 40, 0.7f), new float[1], h));
        }
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
