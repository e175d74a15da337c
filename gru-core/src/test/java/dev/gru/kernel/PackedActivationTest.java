package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** An activation by itself is what a dense layer makes of these sums, on every kernel. */
@ParameterizedClass
@MethodSource("dev.gru.kernel.Kernels#all")
class PackedActivationTest {
    private final GruKernel kernel;

    PackedActivationTest(GruKernel kernel) {
        this.kernel = kernel;
    }

    private static float[] forward(PackedDense layer, int rows, float[] x) {
        float[] y = new float[rows * layer.outputSize()];
        layer.forward(rows, x, layer.newWorkspace(), y);
        return y;
    }

    /** Element by element the sum of one product by 0, and a bias. */
    private float[] asBiases(Activation activation, float[] row) {
        return forward(kernel.pack(new DenseWeights(1, row.length, activation, new float[row.length], row),
                Arena.global()), 1, new float[1]);
    }

    @ParameterizedTest
    @MethodSource("dev.gru.kernel.Activations#all")
    void itIsThatOfADenseLayerWithTheseSums(Activation activation) {
        for (int size : new int[]{1, 3, 15, 16, 17, 40}) {
            float[] x = RandomWeights.floats(35 * size, new Random(size));
            x[0] = Float.POSITIVE_INFINITY;
            x[x.length - 1] = Float.NaN;
            float[] y = forward(kernel.pack(activation, size), 35, x);
            for (int row = 0; row < 35; row++) {
                assertArrayEquals(asBiases(activation, Arrays.copyOfRange(x, row * size, (row + 1) * size)),
                        Arrays.copyOfRange(y, row * size, (row + 1) * size), size + " features, row " + row);
            }
        }
    }

    @Test
    void scratchMemoryFitsAllOthersOfTheSizeAndNoneElse() {
        PackedDense relu = kernel.pack(Activation.RELU, 3);
        Workspace workspace = kernel.pack(Activation.linear(2, 1), 3).newWorkspace();
        float[] y = new float[6];
        relu.forward(2, new float[]{-1, 2, -3, 4, -5, 6}, workspace, y);
        assertArrayEquals(new float[]{0, 2, 0, 4, 0, 6}, y);
        DenseWeights weights = new DenseWeights(3, 3, Activation.RELU, new float[9], new float[3]);
        for (PackedDense other : new PackedDense[]{kernel.pack(Activation.RELU, 4),
                kernel.pack(weights, Arena.global())}) {
            assertEquals("workspace was made by another packed layer than the one it is used with",
                    assertThrows(IllegalArgumentException.class,
                            () -> other.forward(1, new float[4], workspace, y)).getMessage());
        }
    }

    @Test
    void aSizeBelowOneIsRefused() {
        assertEquals("size must be from 1 to 2147483639, was 0",
                assertThrows(IllegalArgumentException.class, () -> kernel.pack(Activation.TANH, 0)).getMessage());
    }
}
