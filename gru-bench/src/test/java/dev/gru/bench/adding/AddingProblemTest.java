package dev.gru.bench.adding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Sequences are those of the problem: one marker in each half, and the sum is that of the marked values. */
class AddingProblemTest {
    private static final int COUNT = 3000;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 20, 201})
    void theSumIsThatOfOneMarkedValueOfEachHalf(int steps) {
        AddingProblem problem = new AddingProblem(COUNT, steps, 5);
        double[] x = problem.features();
        int[] markers = new int[steps];
        for (int row = 0; row < COUNT; row++) {
            double sum = 0;
            int[] inHalf = new int[2];
            for (int t = 0; t < steps; t++) {
                double value = x[(row * steps + t) * 2];
                double marker = x[(row * steps + t) * 2 + 1];
                assertTrue(value >= 0 && value < 1, "value " + value);
                assertTrue(marker == 0 || marker == 1, "marker " + marker);
                if (marker == 1) {
                    sum += value;
                    inHalf[t < steps / 2 ? 0 : 1]++;
                    markers[t]++;
                }
            }
            assertEquals(1, inHalf[0]);
            assertEquals(1, inHalf[1]);
            assertEquals(sum, problem.sum(row));
        }
        assertTrue(Arrays.stream(markers).allMatch(n -> n > 0), "there are steps that are never marked");
    }

    @Test
    void guessingOneIsOffByASixth() {
        // The output of a model without weights is the bias of its dense layer.
        GruWeights gru = new GruWeights(GruVariant.RESET_AFTER, 2, 1, new float[6], new float[3], new float[3],
                new float[3]);
        Graph ones = Sequential.builder().gru(gru)
                .dense(new DenseWeights(1, 1, Activation.LINEAR, new float[1], new float[]{1})).build();
        try (GruModel model = GruModel.of(ones, ModelOptions.defaults())) {
            // Of the square of a sum less 1 the variance is 1/15 − 1/36.
            double deviation = Math.sqrt((1 / 15.0 - 1 / 36.0) / COUNT);
            assertEquals(AddingProblem.GUESSING, new AddingProblem(COUNT, 10, 6).loss(model), 5 * deviation);
        }
    }

    @Test
    void aSeedDrawsOneSetOfSequences() {
        double first = new AddingProblem(1, 20, 1).sum(0);
        assertEquals(first, new AddingProblem(1, 20, 1).sum(0));
        assertNotEquals(first, new AddingProblem(1, 20, 2).sum(0));
    }

    @Test
    void thereAreAtLeastTwoStepsAndOneSequence() {
        assertEquals("steps must be at least 2, was 1",
                assertThrows(IllegalArgumentException.class, () -> new AddingProblem(1, 1, 0)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new AddingProblem(0, 2, 0));
    }
}
