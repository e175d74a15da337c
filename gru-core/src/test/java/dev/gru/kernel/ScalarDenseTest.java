package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** The dense layer of {@link ScalarGruKernel}: sums and activations, as near to the truth as floats allow. */
class ScalarDenseTest {
    private static float[] forward(DenseWeights weights, int rows, float... x) {
        PackedDense layer = new ScalarGruKernel().pack(weights, Arena.global());
        float[] y = new float[rows * weights.outputSize()];
        layer.newRunner().forward(rows, x, y);
        return y;
    }

    /** What the activation makes of these sums. */
    private static float[] activate(Activation activation, float... sums) {
        return forward(new DenseWeights(1, sums.length, activation, new float[sums.length], sums), 1, 0);
    }

    @Test
    void sumsAreKeptInDouble() {
        DenseWeights weights = new DenseWeights(2, 1, Activation.LINEAR, new float[]{1, 1}, new float[]{0x1p-30f});
        assertArrayEquals(new float[]{0x1p-30f}, forward(weights, 1, 0x1p20f, -0x1p20f));
    }

    @Test
    void sigmoidIsTheExactValueRoundedToFloat() {
        float[] pair = activate(Activation.SIGMOID, 1, -1);
        // 1 / (1 + 1/e)
        assertEquals(0.7310585786300049, pair[0], Math.ulp(pair[0]) / 2);
        assertEquals(0.2689414213699951, pair[1], Math.ulp(pair[1]) / 2);
    }

    @Test
    void tanhIsTheExactValueRoundedToFloat() {
        float[] pair = activate(Activation.TANH, 1, -1);
        // (e − 1/e) / (e + 1/e)
        assertEquals(0.7615941559557649, pair[0], Math.ulp(pair[0]) / 2);
        assertEquals(-pair[0], pair[1]);
    }

    @Test
    void softmaxOfLogarithmsIsInTheirProportion() {
        float[] p = activate(Activation.SOFTMAX, 0, 0, 0, 0);
        assertArrayEquals(new float[]{0.25f, 0.25f, 0.25f, 0.25f}, p);
        // The logarithm as a float is off by half an ulp at most, which goes through as a relative error.
        float[] q = activate(Activation.SOFTMAX, 0, (float) Math.log(3));
        assertEquals(0.25, q[0], 0.25 * Math.ulp((float) Math.log(3)));
        assertEquals(0.75, q[1], 0.75 * Math.ulp((float) Math.log(3)));
    }

    @Test
    void softmaxSumsToOneForEveryRow() {
        int n = 37;
        DenseWeights weights = RandomWeights.dense(5, n, Activation.SOFTMAX, 4);
        float[] y = forward(weights, 20, RandomWeights.floats(100, new Random(2)));
        for (int row = 0; row < 20; row++) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                assertTrue(y[row * n + i] > 0);
                sum += y[row * n + i];
            }
            // Each is rounded to float, by 2^-24 of itself at most, so all together by 2^-24 of 1; double loses far less.
            assertEquals(1, sum, 0x1p-24 + n * 0x1p-50);
        }
    }
}
