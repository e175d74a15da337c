package dev.gru.simd;

import static dev.gru.simd.RandomWeights.uniform;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Precision;

/** The dense layer against that of the portable kernel, bit for bit. */
class SimdDenseProperties {

    @Provide
    Arbitrary<Integer> sizes() {
        return GruCases.sizes();
    }

    @Provide
    Arbitrary<Activation> activations() {
        return Arbitraries.oneOf(Arbitraries.of(GruCases.FUNCTIONS), Arbitraries.of(GruCases.OF_ROWS));
    }

    private static DenseWeights weights(int inputs, int outputs, Activation activation, Random random) {
        return new DenseWeights(inputs, outputs, activation, uniform(random, inputs * outputs, 0.5f),
                uniform(random, outputs, 0.5f));
    }

    private static float[] run(PackedDense layer, int rows, float[] x) {
        float[] y = new float[rows * layer.outputSize()];
        layer.newRunner().forward(rows, x, y);
        return y;
    }

    @Property(tries = 150)
    void hasTheBitsOfThePortableKernel(@ForAll("sizes") int inputs, @ForAll("sizes") int outputs,
            @ForAll("activations") Activation activation, @ForAll long seed) {
        Random random = new Random(seed);
        DenseWeights weights = weights(inputs, outputs, activation, random);
        int rows = 1 + random.nextInt(20);
        float[] x = uniform(random, rows * inputs, 0.5f);
        assertArrayEquals(run(new PortableGruKernel().pack(weights, Arena.ofAuto()), rows, x),
                run(new SimdGruKernel().pack(weights, Arena.ofAuto()), rows, x));
    }

    @Property(tries = 150)
    void rowsThatOverlapHaveTheBitsOfThePortableKernelAndOfCopies(@ForAll("sizes") int inputs,
            @ForAll("sizes") int outputs, @ForAll Precision precision, @ForAll long seed) {
        Random random = new Random(seed);
        DenseWeights weights = weights(inputs, outputs, Activation.LINEAR, random);
        int rows = 1 + random.nextInt(40);
        int stride = random.nextInt(inputs + 3);
        int x0 = random.nextInt(3);
        int y0 = random.nextInt(3);
        float[] x = uniform(random, x0 + (rows - 1) * stride + inputs, 0.5f);
        float[] copies = new float[rows * inputs];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(x, x0 + row * stride, copies, row * inputs, inputs);
        }
        PackedDense simd = new SimdGruKernel().pack(weights, precision, Arena.ofAuto());
        float[] expected = run(simd, rows, copies);
        for (PackedDense layer : List.of(simd,
                new PortableGruKernel().pack(weights, precision, Arena.ofAuto()))) {
            float[] y = new float[y0 + rows * outputs];
            layer.newRunner().forward(rows, x, x0, stride, y, y0);
            assertArrayEquals(expected, Arrays.copyOfRange(y, y0, y.length));
        }
    }

    @Property(tries = 100)
    void anActivationAloneHasTheBitsOfThePortableKernel(@ForAll("sizes") int size,
            @ForAll("activations") Activation activation, @ForAll long seed) {
        Random random = new Random(seed);
        int rows = 1 + random.nextInt(40);
        float[] x = uniform(random, rows * size, 0.5f);
        float[] expected = new float[rows * size];
        new PortableGruKernel().newActivationRunner(size, Arena.ofAuto()).forward(activation, rows, x, expected);
        float[] y = new float[rows * size];
        new SimdGruKernel().newActivationRunner(size, Arena.ofAuto()).forward(activation, rows, x, y);
        assertArrayEquals(expected, y);
    }

    @Example
    void theIdentityKeepsANegativeZero() {
        // The sum of −1 times 0 and −0 is −0.
        DenseWeights weights = new DenseWeights(1, 1, Activation.LINEAR, new float[]{-1}, new float[]{-0f});
        assertArrayEquals(new float[]{-0f}, run(new SimdGruKernel().pack(weights, Arena.ofAuto()), 1, new float[1]));
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
