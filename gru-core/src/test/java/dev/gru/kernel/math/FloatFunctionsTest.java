package dev.gru.kernel.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.kernel.Activations;
import dev.gru.kernel.OwnError;
import dev.gru.weights.Activation;

/** The functions in floats against double, over a dense sweep of all floats, and at their ends. */
class FloatFunctionsTest {
    /** Every so many bit patterns one is tried, some 1.4 million; odd, so that all low bits occur. */
    private static final int STRIDE = 3069;

    static Stream<Activation> withErrors() {
        return Activations.ofOneNumber().filter(activation -> switch (activation.function()) {
            case LINEAR, RELU, SIGMOID, TANH, HARD_SIGMOID -> false;
            default -> true;
        });
    }

    private static void requireWithin(double bound, Activation activation, float v) {
        double truth = ScalarFunctions.apply(activation, v);
        float y = FloatFunctions.apply(activation, v);
        if (Double.isFinite(truth) && Math.abs(truth) < Float.MAX_VALUE) {
            double error = Math.abs(y - truth);
            assertTrue(error <= bound,
                    () -> activation + " of " + v + " is " + truth + ", was " + y + ", off by " + error
                            + ", not " + bound);
        } else {
            assertEquals((float) truth, y, () -> activation + " of " + v);
        }
    }

    @ParameterizedTest
    @MethodSource("withErrors")
    void areAsAccurateAsDocumented(Activation activation) {
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += STRIDE) {
            float v = Float.intBitsToFloat((int) bits);
            double truth = ScalarFunctions.apply(activation, v);
            double bound = activation.function() == Activation.Function.EXPONENTIAL
                    ? (Approximations.EXP_ERROR + 2.8e-9 * Math.abs(v)) * truth
                    : OwnError.of(activation, Math.abs(v));
            requireWithin(bound + 0x1p-24 * Math.abs(truth) + Float.MIN_VALUE, activation, v);
        }
    }

    /** Errors that are relative: where models spend their time, small numbers keep their precision. */
    @Test
    void smallImagesKeepTheirRelativePrecision() {
        for (float v = -5; v < 5; v += 0x1p-13f) {
            for (Activation activation : new Activation[]{Activation.GELU, Activation.GELU_TANH, Activation.SOFTPLUS,
                    Activation.SILU, Activation.MISH, Activation.ELU}) {
                requireWithin(2e-6 * Math.abs(ScalarFunctions.apply(activation, v)), activation, v);
            }
        }
    }

    @Test
    void softplusIsExpFarBelowZeroAndTheIdentityFarAbove() {
        assertEquals(1, FloatFunctions.apply(Activation.SOFTPLUS, -40) / StrictMath.exp(-40), 1e-6);
        assertEquals(40f, FloatFunctions.apply(Activation.SOFTPLUS, 40));
        assertEquals(1, FloatFunctions.apply(Activation.LOG_SIGMOID, 40) / -StrictMath.exp(-40), 1e-6);
    }

    /** Rows of few and of many numbers, with equal ones, with NaN and infinity. */
    @Test
    void rowsAreThoseOfTheReference() {
        Random random = new Random(5);
        for (int size = 1; size < 40; size++) {
            for (float special : new float[]{0, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                float[] v = new float[size + 2];
                for (int i = 0; i < v.length; i++) {
                    v[i] = random.nextInt(4) == 0 ? 0.5f : (float) random.nextGaussian(0, 2);
                }
                v[1 + random.nextInt(size)] += special;
                for (Activation activation : new Activation[]{Activation.LOG_SOFTMAX, Activation.SPARSEMAX}) {
                    double[] expected = new double[v.length];
                    Arrays.setAll(expected, i -> v[i]);
                    ScalarFunctions.applyToRow(activation, expected, 1, size, expected);
                    float[] y = v.clone();
                    RowFunctions.apply(activation, y, 1, size);
                    for (int i = 0; i < y.length; i++) {
                        // A rounding error for each e^v in the sum, those of e^v, and that of the result.
                        double error = (size + 4 + Math.abs(expected[i])) * 0x1p-24;
                        assertEquals(expected[i], y[i], Double.isFinite(error) ? error : 0,
                                activation + " of " + Arrays.toString(v));
                    }
                }
            }
        }
    }

    /** Of two numbers that are closer than 1, both are in the support: τ = (v_1 + (v_1 + v_2) − 1) / 2. */
    @Test
    void sparsemaxIsThatOfKeras() {
        float[] v = {1, 0.25f, -1};
        RowFunctions.apply(Activation.SPARSEMAX, v, 0, 3);
        assertArrayEquals(new float[]{0.375f, 0, 0}, v);
        float[] one = {-3, 0, -1};
        RowFunctions.apply(Activation.SPARSEMAX, one, 0, 3);
        assertArrayEquals(new float[]{0, 1, 0}, one);
    }

    /** (1 + erf(v / √2)) / 2 from tables of the normal distribution, to 15 digits. */
    @Test
    void theNormalDistributionIsThatOfTheTables() {
        assertEquals(0.5, ErrorFunction.normal(0));
        assertEquals(0.841344746068543, ErrorFunction.normal(1), 1e-15);
        assertEquals(0.977249868051821, ErrorFunction.normal(2), 1e-15);
        assertEquals(1, ErrorFunction.normal(-3) / 0.001349898031630095, 1e-12);
        assertEquals(1, ErrorFunction.normal(Math.nextDown(-3.0)) / 0.001349898031630095, 1e-12);
        assertEquals(1, ErrorFunction.normal(-6) / 9.86587645037698e-10, 1e-13);
        assertEquals(1, ErrorFunction.normal(-10) / 7.619853024160527e-24, 1e-13);
        assertEquals(0, ErrorFunction.normal(Double.NEGATIVE_INFINITY));
        assertEquals(1, ErrorFunction.normal(Double.POSITIVE_INFINITY));
    }
}
