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
import dev.gru.weights.Precision;

/** What every kernel's dense layer does: exact sums of small numbers, the ends of activations, checks. */
@ParameterizedClass
@MethodSource("dev.gru.kernel.Kernels#all")
class PackedDenseTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    private final GruKernel kernel;

    PackedDenseTest(GruKernel kernel) {
        this.kernel = kernel;
    }

    private float[] forward(DenseWeights weights, int rows, float... x) {
        PackedDense layer = kernel.pack(weights, Arena.global());
        float[] y = new float[rows * weights.outputSize()];
        layer.newRunner().forward(rows, x, y);
        return y;
    }

    /** What the activation makes of these sums. */
    private float[] activate(Activation activation, float... sums) {
        return forward(new DenseWeights(1, sums.length, activation, new float[sums.length], sums), 1, 0);
    }

    @Test
    void everyOutputIsItsRowTimesTheInputPlusItsBias() {
        DenseWeights weights = new DenseWeights(3, 2, Activation.LINEAR, new float[]{1, 2, 3, -4, 5, 0.5f},
                new float[]{10, 20});
        assertArrayEquals(new float[]{10 + 1 + 4 + 9, 20 - 4 + 10 + 1.5f, 10 - 3, 20 - 0.5f},
                forward(weights, 2, 1, 2, 3, 0, 0, -1));
    }

    @Test
    void reluCutsTheNegativeAndNothingElse() {
        float[] v = {-INF, -1, -0f, 0, Float.MIN_VALUE, 2.5f, INF, Float.NaN};
        assertArrayEquals(new float[]{0, 0, 0, 0, Float.MIN_VALUE, 2.5f, INF, Float.NaN},
                activate(Activation.RELU, v));
    }

    @Test
    void linearChangesNothing() {
        float[] v = {-INF, -1, Float.MIN_VALUE, 3e38f, INF, Float.NaN};
        assertArrayEquals(v, activate(Activation.LINEAR, v));
        // The sum of −1 times 0 and −0 is −0.
        DenseWeights negativeZero = new DenseWeights(1, 1, Activation.LINEAR, new float[]{-1}, new float[]{-0f});
        assertArrayEquals(new float[]{-0f}, forward(negativeZero, 1, 0));
    }

    @Test
    void aLineIsItsSlopeTimesTheSumPlusItsConstant() {
        float[] v = {-INF, -3, 0, 0.5f, INF, Float.NaN};
        assertArrayEquals(new float[]{INF, 5.75f, -0.25f, -1.25f, -INF, Float.NaN},
                activate(Activation.linear(-2, -0.25f), v));
        assertArrayEquals(new float[]{Float.NaN, 7, 7, 7, Float.NaN, Float.NaN},
                activate(Activation.linear(0, 7), v));
        // Rounded once: (1 + 2^-12)² − 1 keeps its 2^-24.
        assertArrayEquals(new float[]{0x1p-11f + 0x1p-24f},
                activate(Activation.linear(1 + 0x1p-12f, -1), 1 + 0x1p-12f));
    }

    @Test
    void hardSigmoidIsALineCutAtZeroAndOne() {
        float[] v = {-INF, -3, -2, -0.5f, 0, 1, 2, 3, INF, Float.NaN};
        assertArrayEquals(new float[]{0, 0, 0, 0.375f, 0.5f, 0.75f, 1, 1, 1, Float.NaN},
                activate(Activation.hardSigmoid(0.25f, 0.5f), v));
        assertArrayEquals(new float[]{1, 1, 1, 0.625f, 0.5f, 0.25f, 0, 0, 0, Float.NaN},
                activate(Activation.hardSigmoid(-0.25f, 0.5f), v));
        // −0 is cut too.
        assertArrayEquals(new float[]{0}, activate(Activation.hardSigmoid(-1, -0f), 0));
    }

    @Test
    void softmaxDoesNotSeeAShiftOfAllLogits() {
        Random random = new Random(3);
        float[] logits = new float[11];
        for (int i = 0; i < logits.length; i++) {
            // Multiples of 2^-10 below 8: the shifted ones are floats too.
            logits[i] = (random.nextInt(1 << 14) - (1 << 13)) * 0x1p-10f;
        }
        float[] expected = activate(Activation.SOFTMAX, logits);
        for (float shift : new float[]{1, -100, 4096, -8192}) {
            float[] shifted = logits.clone();
            for (int i = 0; i < logits.length; i++) {
                shifted[i] += shift;
            }
            assertArrayEquals(expected, activate(Activation.SOFTMAX, shifted), "shifted by " + shift);
        }
    }

    @Test
    void softmaxOfHugeLogitsNeitherOverflowsNorVanishes() {
        assertArrayEquals(new float[]{0.5f, 0.5f, 0}, activate(Activation.SOFTMAX, 3e38f, 3e38f, -3e38f));
        assertArrayEquals(new float[]{0.5f, 0.5f}, activate(Activation.SOFTMAX, -3e38f, -3e38f));
    }

    @Test
    void softmaxOfMinusInfinityIsAnExactZero() {
        assertArrayEquals(new float[]{0.5f, 0, 0.5f}, activate(Activation.SOFTMAX, 7, -INF, 7));
    }

    @Test
    void softmaxHasNoAnswerForNanOrAnInfiniteMaximum() {
        float nan = Float.NaN;
        assertArrayEquals(new float[]{nan, nan, nan}, activate(Activation.SOFTMAX, 1, nan, 2));
        assertArrayEquals(new float[]{nan, nan}, activate(Activation.SOFTMAX, nan, -INF));
        assertArrayEquals(new float[]{nan, nan}, activate(Activation.SOFTMAX, -INF, -INF));
        float[] withInf = activate(Activation.SOFTMAX, INF, 1);
        assertEquals(nan, withInf[0]);
    }

    @ParameterizedTest
    @MethodSource("dev.gru.kernel.Activations#all")
    void aRowDoesNotDependOnTheOthers(Activation activation) {
        DenseWeights weights = RandomWeights.dense(3, 4, activation, 6);
        float[] x = RandomWeights.floats(15, new Random(1));
        x[4] = Float.NaN;
        float[] together = forward(weights, 5, x);
        for (int row = 0; row < 5; row++) {
            assertArrayEquals(forward(weights, 1, Arrays.copyOfRange(x, row * 3, row * 3 + 3)),
                    Arrays.copyOfRange(together, row * 4, row * 4 + 4), "row " + row);
        }
    }

    @Test
    void aCallThatIsRefusedNamesTheArgumentAndChangesNothing() {
        PackedDense layer = kernel.pack(RandomWeights.dense(3, 2, Activation.RELU, 1), Arena.global());
        DenseRunner runner = layer.newRunner();
        float[] y = {7, 8};
        assertEquals("rows must be at least 0, was -1", assertThrows(IllegalArgumentException.class,
                () -> runner.forward(-1, new float[3], y)).getMessage());
        assertEquals("x must have room for 3 elements, its length is 2", assertThrows(IllegalArgumentException.class,
                () -> runner.forward(1, new float[2], y)).getMessage());
        assertEquals("y must have room for 4 elements, its length is 2", assertThrows(IllegalArgumentException.class,
                () -> runner.forward(2, new float[6], y)).getMessage());
        float[] both = new float[6];
        assertEquals("y must be another array than x", assertThrows(IllegalArgumentException.class,
                () -> runner.forward(1, both, both)).getMessage());
        runner.forward(0, new float[0], y);
        assertArrayEquals(new float[]{7, 8}, y);
    }

    @Test
    void saturatedActivationsAreExact() {
        assertArrayEquals(new float[]{0, 0, 0.5f, 1, 1, Float.NaN},
                activate(Activation.SIGMOID, -INF, -800, 0, 40, INF, Float.NaN));
        assertArrayEquals(new float[]{-1, -1, 0, 1, 1, Float.NaN},
                activate(Activation.TANH, -INF, -30, 0, 30, INF, Float.NaN));
    }

    @Test
    void aLowerPrecisionIsThatOfRoundedWeights() {
        DenseWeights weights = new DenseWeights(1, 2, Activation.LINEAR, new float[]{1 + 0x1p-20f, 1.5f},
                new float[]{0x1p-20f, 0});
        PackedDense layer = kernel.pack(weights, Precision.BF16, Arena.global());
        float[] y = new float[2];
        layer.newRunner().forward(1, new float[]{1}, y);
        assertArrayEquals(new float[]{1 + 0x1p-20f, 1.5f}, y);
    }
}
