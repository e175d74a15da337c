package dev.gru.bench.adding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.bench.adding.AddingTraining.Outcome;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.train.math.Parameters;
import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;

/** The plain unit is one, before and after it is trained; and a small GRU learns a short problem. */
class RecurrentUnitTest {
    private static final int UNITS = 17;

    private static GruWeights weights(Graph model) {
        return ((GruLayer) model.layers().getFirst()).weights();
    }

    @Test
    void thePlainUnitIsTheHyperbolicTangentOfItsSums() {
        Graph untrained = RecurrentUnit.PLAIN.model(UNITS, 1);
        GruWeights w = weights(untrained);
        Graph layer = Sequential.builder().gru(w).returnSequences().build();
        float[] x = {0.3f, 1, 0.9f, 0, 0.1f, 1};
        try (GruModel model = GruModel.of(layer, ModelOptions.defaults())) {
            float[] states = model.predict(1, 3, x);
            double[] h = new double[UNITS];
            for (int t = 0; t < 3; t++) {
                double[] next = new double[UNITS];
                for (int i = 0; i < UNITS; i++) {
                    double sum = w.biasIh(Gate.NEW, i) + w.weightIh(Gate.NEW, i, 0) * x[2 * t]
                            + w.weightIh(Gate.NEW, i, 1) * x[2 * t + 1];
                    for (int j = 0; j < UNITS; j++) {
                        sum += w.weightHh(Gate.NEW, i, j) * h[j];
                    }
                    next[i] = Math.tanh(sum);
                    // tanh is off by 1.5e-7, the sum by its roundings, in this step and those before.
                    assertEquals(next[i], states[t * UNITS + i], (t + 1) * (1.5e-7 + (UNITS + 4) * 0x1p-24));
                }
                h = next;
            }
        }
    }

    @Test
    void trainingChangesThePlainUnitButNotItsGates() throws IOException {
        Outcome outcome = new AddingTraining(10, UNITS, 1, 2).train(RecurrentUnit.PLAIN, line -> {
            // Nobody watches.
        });
        Parameters before = Parameters.of(outcome.untrained());
        Parameters after = Parameters.of(outcome.trained());
        for (String name : before.names()) {
            double[] was = before.get(name);
            double[] is = after.get(name);
            int fixed = name.startsWith("gru/") ? was.length / Gate.COUNT * 2 : 0;
            assertArrayEquals(Arrays.copyOf(was, fixed), Arrays.copyOf(is, fixed), name);
            assertFalse(Arrays.equals(was, fixed, was.length, is, fixed, was.length), name);
        }
        assertEquals(Gate.NEW.index(), Gate.COUNT - 1);
    }

    @Test
    void aSmallGruLearnsAShortProblem() throws IOException {
        int[] epochs = new int[1];
        Outcome outcome = new AddingTraining(20, 16, 2000, 3).train(RecurrentUnit.GRU, line -> epochs[0]++);
        assertTrue(outcome.loss() < 0.01, "loss " + outcome.loss());
        assertTrue(epochs[0] >= outcome.history().epochs().size() && epochs[0] > 0);
    }
}
