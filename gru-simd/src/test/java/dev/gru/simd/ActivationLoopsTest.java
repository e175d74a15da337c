package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.kernel.math.FloatFunctions;
import dev.gru.kernel.math.PortableActivations;
import dev.gru.kernel.training.Rows;
import dev.gru.simd.loops.ActivationLoops;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Activation;

/** The activations against those of the portable kernel, bit for bit, over a dense sweep of all floats. */
class ActivationLoopsTest {
    /**
     * Every {@code STRIDE}-th bit pattern is tried: some 4 million floats, 160 in each eighth of a binade. Odd, so that
     * all low bits occur.
     */
    private static final int STRIDE = 1023;
    private static final int BLOCK = 1 << 12;

    private static final PortableActivations PORTABLE = new PortableActivations(BLOCK);

    enum Function {
        SIGMOID {
            @Override
            void apply(int vectors, MemorySegment v) {
                ActivationLoops.sigmoid(vectors, v, 0, Lanes.BYTES);
            }

            @Override
            void apply(float[] v) {
                PORTABLE.sigmoid(v.length, v);
            }
        },
        TANH {
            @Override
            void apply(int vectors, MemorySegment v) {
                ActivationLoops.tanh(vectors, v, 0, Lanes.BYTES);
            }

            @Override
            void apply(float[] v) {
                PORTABLE.tanh(v.length, v);
            }
        },
        EXP {
            @Override
            void apply(int vectors, MemorySegment v) {
                ActivationLoops.exp(vectors, v, 0, Lanes.BYTES, 0);
            }

            @Override
            void apply(float[] v) {
                PORTABLE.exp(v.length, v, 0);
            }
        },
        RELU {
            @Override
            void apply(int vectors, MemorySegment v) {
                ActivationLoops.relu(vectors, v, 0, Lanes.BYTES);
            }

            @Override
            void apply(float[] v) {
                PortableActivations.relu(v.length, v);
            }
        },
        AFFINE {
            @Override
            void apply(int vectors, MemorySegment v) {
                ActivationLoops.affine(vectors, v, 0, Lanes.BYTES, -0.3f, 0.2f);
            }

            @Override
            void apply(float[] v) {
                PortableActivations.affine(v.length, v, -0.3f, 0.2f);
            }
        },
        HARD_SIGMOID {
            @Override
            void apply(int vectors, MemorySegment v) {
                ActivationLoops.hardSigmoid(vectors, v, 0, Lanes.BYTES, 0.2f, -0f);
            }

            @Override
            void apply(float[] v) {
                PortableActivations.hardSigmoid(v.length, v, 0.2f, -0f);
            }
        },
        CLIP {
            @Override
            void apply(int vectors, MemorySegment v) {
                ActivationLoops.clip(vectors, v, 0, Lanes.BYTES, 0.7f);
            }

            @Override
            void apply(float[] v) {
                PortableActivations.clip(v.length, v, 0.7f);
            }
        };

        abstract void apply(int vectors, MemorySegment v);

        abstract void apply(float[] v);
    }

    static List<Activation> functions() {
        return GruCases.FUNCTIONS;
    }

    /** In native memory and in arrays, as inference and training have them. */
    @ParameterizedTest
    @MethodSource("functions")
    void everyFunctionHasTheBitsOfTheSharedArithmetic(Activation activation) {
        MemorySegment v = Arena.ofAuto().allocate((long) BLOCK * Float.BYTES, 64);
        SimdTrainingKernel training = new SimdTrainingKernel();
        float[] in = new float[BLOCK];
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += 5L * STRIDE * BLOCK) {
            for (int i = 0; i < BLOCK; i++) {
                in[i] = Float.intBitsToFloat((int) (bits + 5L * i * STRIDE));
            }
            MemorySegment.copy(in, 0, v, ValueLayout.JAVA_FLOAT, 0, BLOCK);
            SimdFunctions.apply(activation, BLOCK / Lanes.COUNT, v, 0, Lanes.BYTES);
            float[] trained = in.clone();
            training.apply(activation, 1, BLOCK, new Rows(trained, 0, BLOCK));
            for (int i = 0; i < BLOCK; i++) {
                float expected = FloatFunctions.apply(activation, in[i]);
                float got = v.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                int at = i;
                assertTrue(sameBits(got, expected), () -> "got " + got + ", not " + expected + ", for " + in[at]);
                assertTrue(sameBits(trained[i], expected),
                        () -> "got " + trained[at] + ", not " + expected + ", for " + in[at] + ", in training");
            }
        }
    }

    private static boolean sameBits(float a, float b) {
        return Float.floatToIntBits(a) == Float.floatToIntBits(b);
    }

    /** Between vectors that are {@code step} bytes apart nothing changes. */
    @Test
    void vectorsInBetweenStay() {
        int vectors = 5;
        int step = 3 * Lanes.BYTES;
        MemorySegment v = Arena.ofAuto().allocate((vectors + 1L) * step, 64);
        v.fill((byte) 0x3F); // 0.747
        float before = v.get(ValueLayout.JAVA_FLOAT, 0);
        SimdFunctions.apply(Activation.linear(2, 1), vectors, v, Lanes.BYTES, step);
        for (int i = 0; i < (vectors + 1) * 3 * Lanes.COUNT; i++) {
            boolean among = i / Lanes.COUNT % 3 == 1 && i / (3 * Lanes.COUNT) < vectors;
            assertEquals(among ? Math.fma(before, 2, 1) : before, v.getAtIndex(ValueLayout.JAVA_FLOAT, i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void haveTheBitsOfThePortableKernel(Function function) {
        MemorySegment v = Arena.ofAuto().allocate((long) BLOCK * Float.BYTES, 64);
        float[] in = new float[BLOCK];
        float[] expected = new float[BLOCK];
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += (long) STRIDE * BLOCK) {
            for (int i = 0; i < BLOCK; i++) {
                in[i] = Float.intBitsToFloat((int) (bits + (long) i * STRIDE));
                expected[i] = in[i];
            }
            MemorySegment.copy(in, 0, v, ValueLayout.JAVA_FLOAT, 0, BLOCK);
            function.apply(BLOCK / Lanes.COUNT, v);
            function.apply(expected);
            for (int i = 0; i < BLOCK; i++) {
                float got = v.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                int at = i;
                assertTrue(sameBits(got, expected[i]),
                        () -> "got " + got + ", not " + expected[at] + ", for " + in[at]);
            }
        }
    }
}
