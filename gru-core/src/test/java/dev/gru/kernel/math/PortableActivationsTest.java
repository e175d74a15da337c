package dev.gru.kernel.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;

import org.junit.jupiter.api.Test;

/** The activations against double, over a dense sweep of all floats, and at their ends. */
class PortableActivationsTest {
    /**
     * Every {@code STRIDE}-th bit pattern is tried: some 4 million floats, 160 in each eighth of a binade. Odd, so that
     * all low bits occur.
     */
    private static final int STRIDE = 1023;

    private static final int BLOCK = 1 << 12;
    private static final PortableActivations ACTIVATIONS = new PortableActivations(BLOCK);

    private static float sigmoid(float v) {
        float[] one = {v};
        ACTIVATIONS.sigmoid(1, one);
        return one[0];
    }

    private static float tanh(float v) {
        float[] one = {v};
        ACTIVATIONS.tanh(1, one);
        return one[0];
    }

    private static float exp(float v) {
        float[] one = {v};
        ACTIVATIONS.exp(1, one, 0);
        return one[0];
    }

    /** The largest difference from double, absolute, over all floats of the sweep that are numbers. */
    private static double worst(Consumer<float[]> function, DoubleUnaryOperator truth) {
        double worst = 0;
        float[] in = new float[BLOCK];
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += (long) STRIDE * BLOCK) {
            for (int i = 0; i < BLOCK; i++) {
                in[i] = Float.intBitsToFloat((int) (bits + (long) i * STRIDE));
            }
            float[] out = in.clone();
            function.accept(out);
            for (int i = 0; i < BLOCK; i++) {
                if (!Float.isNaN(in[i])) {
                    worst = Math.max(worst, Math.abs(out[i] - truth.applyAsDouble(in[i])));
                }
            }
        }
        return worst;
    }

    /** Whether a function of some elements is that of each alone, and the elements after them stay as they are. */
    @Test
    void anElementDoesNotDependOnItsPlace() {
        float[] in = new float[40];
        for (int i = 0; i < in.length; i++) {
            in[i] = (i - 20) * 0.37f;
        }
        float[] sigmoid = in.clone();
        float[] tanh = in.clone();
        float[] exp = in.clone();
        for (int count = 0; count < in.length; count++) {
            System.arraycopy(in, 0, sigmoid, 0, in.length);
            System.arraycopy(in, 0, tanh, 0, in.length);
            System.arraycopy(in, 0, exp, 0, in.length);
            ACTIVATIONS.sigmoid(count, sigmoid);
            ACTIVATIONS.tanh(count, tanh);
            ACTIVATIONS.exp(count, exp, 1.5f);
            for (int i = 0; i < in.length; i++) {
                assertEquals(i < count ? sigmoid(in[i]) : in[i], sigmoid[i]);
                assertEquals(i < count ? tanh(in[i]) : in[i], tanh[i]);
                assertEquals(i < count ? exp(in[i] - 1.5f) : in[i], exp[i]);
            }
        }
    }

    @Test
    void sigmoidIsAsAccurateAsDocumented() {
        double worst = worst(v -> ACTIVATIONS.sigmoid(v.length, v), v -> 1 / (1 + Math.exp(-v)));
        assertTrue(worst <= Exponential.SIGMOID_ERROR, () -> "off by " + worst);
    }

    @Test
    void tanhIsAsAccurateAsDocumented() {
        double worst = worst(v -> ACTIVATIONS.tanh(v.length, v), Math::tanh);
        assertTrue(worst <= Exponential.TANH_ERROR, () -> "off by " + worst);
    }

    @Test
    void tanhOfSmallNumbersKeepsItsRelativePrecision() {
        for (float v = Float.MIN_NORMAL * 4; v < 0.5f; v *= 1.0037f) {
            double truth = Math.tanh(v);
            double error = Math.abs(tanh(v) - truth) / truth;
            float at = v;
            assertTrue(error <= 3 * 0x1p-24, () -> "relative error " + error + " at " + at);
        }
    }

    /** How far e^v is off for each unit of v because ln 2 is a float: v / ln 2 times what is lost of it. */
    private static final double LN2_ERROR = (Exponential.LN2 - Math.log(2)) / Math.log(2);

    @Test
    void expIsAsAccurateAsDocumented() {
        double worst = 0;
        for (float v = Exponential.EXP_MIN; v < 88.37f; v += 0x1p-13f) {
            double truth = Math.exp(v);
            if (truth >= 0x1p-126) {
                double bound = 2 * 0x1p-24 + LN2_ERROR * Math.abs(v);
                worst = Math.max(worst, Math.abs(exp(v) - truth) / truth / bound);
            }
        }
        double ofBound = worst;
        assertTrue(ofBound <= 1, () -> "the error is " + ofBound + " of its bound");
    }

    @Test
    void endsAreExact() {
        float infinity = Float.POSITIVE_INFINITY;
        assertEquals(0f, sigmoid(-infinity));
        assertEquals(0f, sigmoid(-100));
        assertEquals(1f, sigmoid(infinity));
        assertEquals(1f, sigmoid(20));
        assertEquals(0.5f, sigmoid(0));
        assertEquals(1f, tanh(infinity));
        assertEquals(-1f, tanh(-infinity));
        assertEquals(1f, tanh(10));
        assertEquals(0f, tanh(0f));
        assertEquals(-0f, tanh(-0f));
        assertEquals(0f, exp(-infinity));
        assertEquals(infinity, exp(infinity));
        assertEquals(1f, exp(0));
        assertTrue(Float.isNaN(sigmoid(Float.NaN)));
        assertTrue(Float.isNaN(tanh(Float.NaN)));
        assertTrue(Float.isNaN(exp(Float.NaN)));
    }
}
