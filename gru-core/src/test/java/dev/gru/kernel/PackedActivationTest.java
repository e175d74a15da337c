package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** An activation alone computes what a dense layer with these sums does, on every kernel. */
@ParameterizedClass
@MethodSource("dev.gru.kernel.Kernels#all")
class PackedActivationTest {
    private final GruKernel kernel;

    PackedActivationTest(GruKernel kernel) {
        this.kernel = kernel;
    }

    private float[] forward(Activation activation, int size, int rows, float[] x) {
        float[] y = new float[rows * size];
        kernel.newActivationRunner(size, Arena.ofAuto()).forward(activation, rows, x, y);
        return y;
    }

    /** Element by element the sum of one product by 0, and a bias. */
    private float[] asBiases(Activation activation, float[] row) {
        float[] y = new float[row.length];
        kernel.pack(new DenseWeights(1, row.length, activation, new float[row.length], row), Arena.global()).newRunner()
                .forward(1, new float[1], y);
        return y;
    }

    @ParameterizedTest
    @MethodSource("dev.gru.kernel.Activations#all")
    void itIsThatOfADenseLayerWithTheseSums(Activation activation) {
        for (int size : new int[]{1, 3, 15, 16, 17, 40}) {
            float[] x = RandomWeights.floats(35 * size, new Random(size));
            x[0] = Float.POSITIVE_INFINITY;
            x[x.length - 1] = Float.NaN;
            float[] y = forward(activation, size, 35, x);
            for (int row = 0; row < 35; row++) {
                assertArrayEquals(asBiases(activation, Arrays.copyOfRange(x, row * size, (row + 1) * size)),
                        Arrays.copyOfRange(y, row * size, (row + 1) * size), size + " features, row " + row);
            }
        }
    }

    @Test
    void oneRunnerServesAllActivationsOfItsSize() {
        ActivationRunner runner = kernel.newActivationRunner(3, Arena.ofAuto());
        float[] x = {-1, 2, -3, 4, -5, 6};
        float[] y = new float[6];
        runner.forward(Activation.linear(2, 1), 2, x, y);
        assertArrayEquals(new float[]{-1, 5, -5, 9, -9, 13}, y);
        runner.forward(Activation.RELU, 2, x, y);
        assertArrayEquals(new float[]{0, 2, 0, 4, 0, 6}, y);
    }

    @Test
    void aCallThatIsRefusedNamesTheArgumentAndChangesNothing() {
        ActivationRunner runner = kernel.newActivationRunner(3, Arena.ofAuto());
        assertEquals(3, runner.size());
        float[] y = {7, 8, 9};
        assertRefused("rows must be at least 0, was -1",
                () -> runner.forward(Activation.RELU, -1, new float[3], y));
        assertRefused("x must have room for 3 elements, its length is 2",
                () -> runner.forward(Activation.RELU, 1, new float[2], y));
        assertRefused("y must have room for 6 elements, its length is 3",
                () -> runner.forward(Activation.RELU, 2, new float[6], y));
        assertRefused("y must be another array than x", () -> runner.forward(Activation.RELU, 1, y, y));
        runner.forward(Activation.RELU, 0, new float[0], y);
        assertArrayEquals(new float[]{7, 8, 9}, y);
    }

    @Test
    void aSizeBelowOneIsRefused() {
        assertRefused("size must be from 1 to 2147483639, was 0", () -> kernel.newActivationRunner(0, Arena.ofAuto()));
    }

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
