package dev.gru.kernel;

import static dev.gru.kernel.OneUnit.biasesOnly;
import static dev.gru.kernel.OneUnit.oneUnit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** {@link ScalarGruKernel} against the equations, written here a second and a third time in other ways. */
class ScalarGruKernelTest {
    private static final MathContext DIGITS = new MathContext(50);
    private static final BigDecimal ONE = BigDecimal.ONE;

    private static PackedGru pack(GruWeights weights) {
        return new ScalarGruKernel().pack(weights, Arena.global());
    }

    private static float[] step(GruWeights weights, float[] x, float... state) {
        return OneUnit.step(new ScalarGruKernel(), weights, x, state);
    }

    private static BigDecimal exp(BigDecimal v) {
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal term = ONE;
        for (int k = 1; k < 80; k++) {
            sum = sum.add(term, DIGITS);
            term = term.multiply(v, DIGITS).divide(BigDecimal.valueOf(k), DIGITS);
        }
        return sum;
    }

    private static BigDecimal sigmoid(BigDecimal v) {
        return ONE.divide(ONE.add(exp(v.negate())), DIGITS);
    }

    private static BigDecimal tanh(BigDecimal v) {
        BigDecimal e = exp(v.add(v));
        return e.subtract(ONE).divide(e.add(ONE), DIGITS);
    }

    private static BigDecimal of(String decimal) {
        return new BigDecimal(decimal);
    }

    private static final float[] IH = {0.5f, -0.75f, 1.25f};
    private static final float[] HH = {-1.5f, 0.375f, 2f};
    private static final float[] B_IH = {0.25f, -0.125f, 0.0625f};
    private static final float[] B_HH = {0.75f, 0.5f, -0.25f};

    /** x = 2, h = −0.5. r: 1 + 0.25 + 0.75 + 0.75. z: −1.5 − 0.125 − 0.1875 + 0.5. */
    private static final BigDecimal R = sigmoid(of("2.75"));
    private static final BigDecimal Z = sigmoid(of("-1.3125"));
    private static final BigDecimal H = of("-0.5");

    /** (1 − z) n + z s. */
    private static BigDecimal blend(BigDecimal n, BigDecimal s) {
        return ONE.subtract(Z).multiply(n).add(Z.multiply(s));
    }

    @Test
    void resetAfterOfOneUnitIsTheExactValueRoundedToFloat() {
        // n = tanh(1.25 · 2 + 0.0625 + r (2 · −0.5 − 0.25))
        BigDecimal n = tanh(of("2.5625").add(R.multiply(of("-1.25"))));
        float[] next = step(oneUnit(GruVariant.RESET_AFTER, IH, HH, B_IH, B_HH), new float[]{2}, -0.5f);
        assertArrayEquals(new float[]{blend(n, H).floatValue()}, next);
    }

    @Test
    void resetBeforeOfOneUnitIsTheExactValueRoundedToFloat() {
        // n = tanh(1.25 · 2 + 0.0625 + 2 (r · −0.5) − 0.25)
        BigDecimal n = tanh(of("2.3125").subtract(R));
        float[] next = step(oneUnit(GruVariant.RESET_BEFORE, IH, HH, B_IH, B_HH), new float[]{2}, -0.5f);
        assertArrayEquals(new float[]{blend(n, H).floatValue()}, next);
    }

    @Test
    void dualStateOfOneUnitIsTheExactValueRoundedToFloat() {
        // c = 0.75: n = tanh(1.25 · 2 + 0.0625 + 2 (r · 0.75) − 0.25); the state is h, then c
        BigDecimal c = of("0.75");
        BigDecimal n = tanh(of("2.3125").add(R.multiply(of("1.5"))));
        BigDecimal h = n.multiply(sigmoid(R)).add(ONE.subtract(R).multiply(H));
        float[] next = step(oneUnit(GruVariant.DUAL_STATE, IH, HH, B_IH, B_HH), new float[]{2}, -0.5f, 0.75f);
        assertArrayEquals(new float[]{h.floatValue(), blend(n, c).floatValue()}, next);
    }

    @Test
    void theVariantsTellTheirBiasesApart() {
        // In RESET_AFTER the reset gate scales the recurrent bias of n, in RESET_BEFORE it does not.
        float[] ends = new float[2];
        for (int i = 0; i < 2; i++) {
            GruVariant variant = i == 0 ? GruVariant.RESET_AFTER : GruVariant.RESET_BEFORE;
            ends[i] = step(oneUnit(variant, new float[3], new float[3], new float[3], new float[]{0, 0, 1}),
                    new float[1], 0)[0];
        }
        BigDecimal half = of("0.5");
        assertEquals(half.multiply(tanh(half)).floatValue(), ends[0]);
        assertEquals(half.multiply(tanh(ONE)).floatValue(), ends[1]);
    }

    static Stream<Arguments> recurrences() {
        return Stream.of(GruVariant.values())
                .flatMap(variant -> Activations.ofGru().map(functions -> Arguments.of(variant, functions)));
    }

    @ParameterizedTest
    @MethodSource("recurrences")
    void severalUnitsAgreeWithMatricesTimesVectors(GruVariant variant, GruActivations functions) {
        GruWeights weights = RandomWeights.gru(variant, functions, 3, 2, 7);
        MatrixForm form = new MatrixForm(weights);
        PackedGru layer = pack(weights);
        GruRunner runner = layer.newRunner(1);
        Random random = new Random(8);
        float[] state = RandomWeights.floats(layer.stateSize(), random);
        for (int t = 0; t < 20 && largest(state) < 1e6; t++) {
            float[] x = RandomWeights.floats(3, random);
            double before = largest(state);
            double[] expected = form.step(MatrixForm.widen(x), MatrixForm.widen(state));
            runner.forwardStep(x, state, state);
            for (int i = 0; i < state.length; i++) {
                // One rounding to float, half an ulp, beside what double loses: sums have 7 terms, at most 1 or the state,
                // lines a slope of 1.5 at most, and at most three of them are multiplied.
                double largest = Math.pow(11 * Math.max(1, before), 3);
                double bound = Math.ulp((float) expected[i]) / 2 + 64 * Math.ulp(largest);
                assertEquals(expected[i], state[i], bound, "step " + t + ", element " + i);
            }
        }
    }

    private static double largest(float[] v) {
        double largest = 0;
        for (float element : v) {
            largest = Math.max(largest, Math.abs(element));
        }
        return largest;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DUAL_STATE")
    void anUpdateGateOfZeroGivesTheNewStateToTheLastBit(GruVariant variant) {
        float n = tanh(of("0.75")).floatValue();
        assertArrayEquals(new float[]{n}, step(biasesOnly(variant, 0.3f, -800, 0.75f), new float[1], 1e30f));
    }

    @Test
    void inTheDualStateTheUpdateGateRulesTheCellAndTheResetGateTheOutput() {
        float n = tanh(of("0.75")).floatValue();
        // z = 1 keeps c; r = 0 gives h' = n/2 + h.
        assertArrayEquals(new float[]{tanh(of("0.75")).divide(of("2")).add(of("0.25")).floatValue(), 0.1f},
                step(biasesOnly(GruVariant.DUAL_STATE, -800, 40, 0.75f), new float[1], 0.25f, 0.1f));
        // z = 0 gives c' = n; r = 1 gives h' = n σ(1).
        assertArrayEquals(new float[]{tanh(of("0.75")).multiply(sigmoid(ONE)).floatValue(), n},
                step(biasesOnly(GruVariant.DUAL_STATE, 40, -800, 0.75f), new float[1], 0.25f, 0.1f));
    }

    @Test
    void denormalsAreNumbers() {
        // z = 1/2, n = tanh(v) = v this near to 0: h' = v/2 + h/2
        float v = 6 * Float.MIN_VALUE;
        float h = 2 * Float.MIN_VALUE;
        assertArrayEquals(new float[]{4 * Float.MIN_VALUE},
                step(biasesOnly(GruVariant.RESET_AFTER, 0, 0, v), new float[1], h));
        // The product of two floats may be smaller than any float: 2^-140 · 2^-20 still reaches the sum.
        GruWeights tiny = oneUnit(GruVariant.RESET_AFTER, new float[]{0, 0, 0x1p-140f}, new float[3],
                new float[]{0, -800, 0x1p-100f}, new float[3]);
        assertArrayEquals(new float[]{0x1p-100f}, step(tiny, new float[]{0x1p-20f}, 0));
    }
}
