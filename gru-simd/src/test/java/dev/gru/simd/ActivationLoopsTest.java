package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.DoubleUnaryOperator;

import org.junit.jupiter.api.Test;

/** The activations against their scalar form, bit for bit, and against double, over a dense sweep of all floats. */
class ActivationLoopsTest {
    /**
     * Every {@code STRIDE}-th bit pattern is tried: some 4 million floats, 160 in each eighth of a binade. Odd, so that
     * all low bits occur.
     */
    private static final int STRIDE = 1023;
    private static final int BLOCK = 1 << 12;

    private static final Arena ARENA = Arena.ofAuto();

    private enum Function {
        SIGMOID {
            @Override
            void apply(int vectors, MemorySegment v) {
                ActivationLoops.sigmoid(vectors, v, 0, Lanes.BYTES);
            }

            @Override
            float exact(float v) {
                return ExactActivations.sigmoid(v);
            }
        },
        TANH {
            @Override
            void apply(int vectors, MemorySegment v) {
                ActivationLoops.tanh(vectors, v, 0, Lanes.BYTES);
            }

            @Override
            float exact(float v) {
                return ExactActivations.tanh(v);
            }
        },
        EXP {
            @Override
            void apply(int vectors, MemorySegment v) {
                ActivationLoops.exp(vectors, v, 0, Lanes.BYTES, 0);
            }

            @Override
            float exact(float v) {
                return ExactActivations.exp(v);
            }
        };

        abstract void apply(int vectors, MemorySegment v);

        abstract float exact(float v);
    }

    private static boolean sameBits(float a, float b) {
        return Float.floatToIntBits(a) == Float.floatToIntBits(b);
    }

    private static void sweepBits(Function function) {
        MemorySegment v = ARENA.allocate((long) BLOCK * Float.BYTES, 64);
        float[] in = new float[BLOCK];
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += (long) STRIDE * BLOCK) {
            for (int i = 0; i < BLOCK; i++) {
                in[i] = Float.intBitsToFloat((int) (bits + (long) i * STRIDE));
            }
            MemorySegment.copy(in, 0, v, ValueLayout.JAVA_FLOAT, 0, BLOCK);
            function.apply(BLOCK / Lanes.COUNT, v);
            for (int i = 0; i < BLOCK; i++) {
                float got = v.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                float expected = function.exact(in[i]);
                assertTrue(sameBits(got, expected), () -> "got " + got + " for " + expected);
            }
        }
    }

    @Test
    void sigmoidHasTheBitsOfItsScalarForm() {
        sweepBits(Function.SIGMOID);
    }

    @Test
    void tanhHasTheBitsOfItsScalarForm() {
        sweepBits(Function.TANH);
    }

    @Test
    void expHasTheBitsOfItsScalarForm() {
        sweepBits(Function.EXP);
    }

    /** The largest difference from double, absolute, over all floats of the sweep that are numbers. */
    private static double worst(Function function, DoubleUnaryOperator truth) {
        double worst = 0;
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += STRIDE) {
            float v = Float.intBitsToFloat((int) bits);
            if (!Float.isNaN(v)) {
                worst = Math.max(worst, Math.abs(function.exact(v) - truth.applyAsDouble(v)));
            }
        }
        return worst;
    }

    @Test
    void sigmoidIsAsAccurateAsDocumented() {
        double worst = worst(Function.SIGMOID, v -> 1 / (1 + Math.exp(-v)));
        assertTrue(worst <= ExactActivations.SIGMOID_ERROR, () -> "off by " + worst);
    }

    @Test
    void tanhIsAsAccurateAsDocumented() {
        double worst = worst(Function.TANH, Math::tanh);
        assertTrue(worst <= ExactActivations.TANH_ERROR, () -> "off by " + worst);
    }

    @Test
    void tanhOfSmallNumbersKeepsItsRelativePrecision() {
        for (float v = Float.MIN_NORMAL * 4; v < 0.5f; v *= 1.0037f) {
            double truth = Math.tanh(v);
            double error = Math.abs(ExactActivations.tanh(v) - truth) / truth;
            float at = v;
            assertTrue(error <= 3 * 0x1p-24, () -> "relative error " + error + " at " + at);
        }
    }

    @Test
    void expIsAsAccurateAsDocumented() {
        double worst = 0;
        for (float v = Exponential.EXP_MIN; v < 88.37f; v += 0x1p-13f) {
            double truth = Math.exp(v);
            if (truth >= 0x1p-126) {
                worst = Math.max(worst, Math.abs(ExactActivations.exp(v) - truth) / truth);
            }
        }
        double relative = worst;
        assertTrue(relative <= 2 * 0x1p-24, () -> "relative error " + relative);
    }

    @Test
    void endsAreExact() {
        float infinity = Float.POSITIVE_INFINITY;
        assertEquals(0f, ExactActivations.sigmoid(-infinity));
        assertEquals(0f, ExactActivations.sigmoid(-100));
        assertEquals(1f, ExactActivations.sigmoid(infinity));
        assertEquals(1f, ExactActivations.sigmoid(20));
        assertEquals(0.5f, ExactActivations.sigmoid(0));
        assertEquals(1f, ExactActivations.tanh(infinity));
        assertEquals(-1f, ExactActivations.tanh(-infinity));
        assertEquals(1f, ExactActivations.tanh(10));
        assertEquals(0f, ExactActivations.tanh(0f));
        assertEquals(-0f, ExactActivations.tanh(-0f));
        assertEquals(0f, ExactActivations.exp(-infinity));
        assertEquals(infinity, ExactActivations.exp(infinity));
        assertEquals(1f, ExactActivations.exp(0));
        assertTrue(Float.isNaN(ExactActivations.sigmoid(Float.NaN)));
        assertTrue(Float.isNaN(ExactActivations.tanh(Float.NaN)));
        assertTrue(Float.isNaN(ExactActivations.exp(Float.NaN)));
    }
}
