package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;

import dev.gru.kernel.Activation;
import dev.gru.kernel.DenseWeights;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.ScalarGruKernel;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The dense layer against its exact form, bit for bit, and against the reference. */
class SimdDenseProperties {

    @Provide
    Arbitrary<Integer> sizes() {
        return GruCases.sizes();
    }

    private static DenseWeights weights(int inputs, int outputs, Activation activation, Random random) {
        return new DenseWeights(inputs, outputs, activation, floats(random, inputs * outputs), floats(random, outputs));
    }

    private static float[] floats(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static float[] run(PackedDense layer, int rows, float[] x) {
        float[] y = new float[rows * layer.outputSize()];
        layer.forward(rows, x, layer.newWorkspace(), y);
        return y;
    }

    @Property(tries = 150)
    void hasTheBitsOfItsExactForm(@ForAll("sizes") int inputs, @ForAll("sizes") int outputs,
            @ForAll Activation activation, @ForAll long seed) {
        Random random = new Random(seed);
        DenseWeights weights = weights(inputs, outputs, activation, random);
        int rows = 1 + random.nextInt(20);
        float[] x = floats(random, rows * inputs);
        float[] y = run(new SimdGruKernel().pack(weights, Arena.ofAuto()), rows, x);
        for (int row = 0; row < rows; row++) {
            assertArrayEquals(ExactGru.dense(weights, x, row * inputs),
                    Arrays.copyOfRange(y, row * outputs, (row + 1) * outputs));
        }
    }

    /**
     * A sum of n products of numbers below 1/2, and a bias, is off by at most γ(n + 1) (n / 4 + 1/2). Relu, sigmoid and
     * tanh do not stretch that; softmax stretches it by at most 2 and adds the errors of e^v, of the sum of all and of
     * the quotient, relative to numbers that are at most 1.
     */
    @Property(tries = 150)
    void staysWithinTheDerivedBoundOfTheReference(@ForAll("sizes") int inputs, @ForAll("sizes") int outputs,
            @ForAll Activation activation, @ForAll long seed) {
        Random random = new Random(seed);
        DenseWeights weights = weights(inputs, outputs, activation, random);
        float[] x = floats(random, inputs);
        float[] expected = run(new ScalarGruKernel().pack(weights, Arena.ofAuto()), 1, x);
        float[] y = run(new SimdGruKernel().pack(weights, Arena.ofAuto()), 1, x);
        double u = 0x1p-24;
        double sum = (inputs + 2) * u * (inputs / 4.0 + 0.5);
        double bound = switch (activation) {
            case LINEAR, RELU -> sum + u * (inputs / 4.0 + 0.5);
            case SIGMOID -> sum + ExactActivations.SIGMOID_ERROR + u;
            case TANH -> sum + ExactActivations.TANH_ERROR + u;
            case SOFTMAX -> 2 * (sum + u * (inputs / 2.0 + 1)) + (2 * 2 + outputs + 2) * u;
        };
        for (int i = 0; i < outputs; i++) {
            double difference = Math.abs((double) y[i] - expected[i]);
            assertTrue(difference <= bound, () -> difference + " > " + bound);
        }
    }

    @Example
    void softmaxOfMinusInfinityIsZeroAndOfNanIsNan() {
        DenseWeights weights = new DenseWeights(1, 3, Activation.SOFTMAX, new float[3],
                new float[]{1, Float.NEGATIVE_INFINITY, 2});
        float[] y = run(new SimdGruKernel().pack(weights, Arena.ofAuto()), 1, new float[1]);
        assertEquals(0f, y[1]);
        assertEquals(1f, y[0] + y[2], 0x1p-23f);
        float[] nan = run(new SimdGruKernel().pack(weights, Arena.ofAuto()), 1, new float[]{Float.NaN});
        for (float v : nan) {
            assertTrue(Float.isNaN(v));
        }
    }
}
