package dev.gru.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Optimizer.Sgd;
import dev.gru.train.math.Parameters;
import dev.gru.weights.Activation;

/** Two trainers that each have a share of a batch go where one goes that has the whole, embeddings included. */
class DataParallelTest {
    private static final int STEPS = 8;
    private static final double RATE = 0.02;
    private static final String SQUARES = "embedding/table/squares";

    /**
     * Between the weights of the whole and those of its shares: gradients of shares are rounded at other places, by
     * 2^-24 of the largest term at each of some hundred additions, which is 1e-5 of the gradient, and a step goes as
     * far as lr. Squares that are left out, or are means, move the table by a good part of lr.
     */
    private static final double TOLERANCE = 1e-5 * RATE * STEPS * 10;

    /** The same tokens are in both shares, and several times in each; padding makes the shares count differently. */
    private static final TrainingData DATA = TrainerCase.data(12, 7);
    private static final int[] ROWS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    private static final int FIRST_SHARE = 5;

    private static Graph model() {
        return Initializer.KERAS.initialize(Sequential.builder().embedding(TrainerCase.VOCABULARY, 6).maskZero()
                .gru(5).returnSequences().bidirectional(4).returnSequences()
                .dense(TrainerCase.CLASSES, Activation.SOFTMAX).build(), 11);
    }

    private static BatchTrainer trainer(Optimizer optimizer) {
        return new BatchTrainer(model(), Loss.CATEGORICAL_CROSS_ENTROPY, optimizer, "portable", 1);
    }

    private static Gradients share(BatchTrainer trainer, int from, int to) {
        TrainingData rows = DATA.rows(ROWS, from, to);
        return trainer.gradients(rows.input(), rows.targets(), 0);
    }

    static List<Optimizer> optimizers() {
        return List.of(new Adam(), new Adam(RATE, 0.1, 0.9, 0.999, 1e-7, false), new Sgd(0.1), new Sgd(0.1, 0.9));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void sharesThatAreAddedGoWhereTheWholeGoes(Optimizer optimizer) {
        for (double maxNorm : new double[]{0.05, Double.POSITIVE_INFINITY}) {
            try (BatchTrainer whole = trainer(optimizer);
                    BatchTrainer one = trainer(optimizer);
                    BatchTrainer other = trainer(optimizer)) {
                for (int step = 0; step < STEPS; step++) {
                    BatchResult expected = whole.step(DATA.input(), DATA.targets(), 0, RATE, maxNorm);
                    Gradients sum = share(one, 0, FIRST_SHARE).plus(share(other, FIRST_SHARE, ROWS.length));
                    assertEquals(expected.counted(), sum.result().counted());
                    assertEquals(expected.loss(), sum.result().loss(), 1e-6);
                    assertEquals(sum.result(), one.step(sum, RATE, maxNorm));
                    other.step(sum, RATE, maxNorm);
                }
                assertEquals(STEPS, one.steps());
                TrainerCase.assertSameBits(one.toModel(), other.toModel());
                Parameters wanted = Parameters.of(whole.toModel());
                Parameters found = Parameters.of(one.toModel());
                for (String name : wanted.names()) {
                    assertArrayEquals(wanted.get(name), found.get(name), TOLERANCE, name);
                }
            }
        }
    }

    @Test
    void squaresThatAreMeansWouldBeFound() {
        try (BatchTrainer whole = trainer(new Adam()); BatchTrainer wrong = trainer(new Adam())) {
            whole.step(DATA.input(), DATA.targets(), 0, RATE, 1);
            Gradients gradients = share(wrong, 0, ROWS.length);
            float[] squares = gradients.arrays().get(SQUARES);
            for (int i = 0; i < squares.length; i++) {
                squares[i] *= 2;
            }
            wrong.step(gradients, RATE, 1);
            double[] wanted = Parameters.of(whole.toModel()).get("embedding/table");
            double[] found = Parameters.of(wrong.toModel()).get("embedding/table");
            assertTrue(IntStream.range(0, wanted.length).mapToDouble(i -> Math.abs(wanted[i] - found[i])).max()
                    .orElseThrow() > 100 * TOLERANCE);
        }
    }

    @Test
    void gradientsGoOutAndInByName() {
        try (BatchTrainer here = trainer(new Adam()); BatchTrainer there = trainer(new Adam())) {
            Gradients gradients = share(here, 0, ROWS.length);
            Map<String, float[]> sent = new LinkedHashMap<>(gradients.arrays());
            assertTrue(sent.keySet().containsAll(Set.of("embedding/table", SQUARES, "gru/weight_hh",
                    "bidirectional/backward/bias_ih", "dense/weight")), sent.keySet().toString());
            TrainerCase.assertSameBits(model(), here.toModel());
            here.step(gradients, RATE, 1);
            there.step(new Gradients(gradients.result(), sent), RATE, 1);
            TrainerCase.assertSameBits(here.toModel(), there.toModel());
        }
    }

    /** Rows of a table that have no gradient in a step catch up later; that is no difference either. */
    @Test
    void trainersThatMadeTheSameStepsHaveTheSameFingerprint() {
        try (BatchTrainer here = trainer(new Adam());
                BatchTrainer there = trainer(new Adam());
                BatchTrainer other = trainer(new Sgd(RATE, 0.9))) {
            Set<String> seen = new HashSet<>();
            assertTrue(seen.add(here.fingerprint()));
            for (int step = 0; step < 3; step++) {
                Gradients gradients = share(here, step, step + 2);
                here.step(gradients, RATE, 1);
                assertTrue(seen.add(here.fingerprint()));
                there.step(gradients, RATE, 1);
            }
            assertEquals(here.fingerprint(), there.fingerprint());
            // The weights stay, but not the averages of the optimizer.
            Gradients none = share(here, 0, 2);
            none.arrays().values().forEach(values -> Arrays.fill(values, 0));
            here.step(none, 0, 1);
            TrainerCase.assertSameBits(there.toModel(), here.toModel());
            assertTrue(seen.add(here.fingerprint()));
            Gradients momentum = share(other, 0, 2);
            other.step(momentum, 0, 1);
            assertTrue(seen.add(other.fingerprint()));
        }
    }

    @Test
    void stepsAlongPartsOfGradientsAreRefused() {
        try (BatchTrainer adam = trainer(new Adam()); BatchTrainer sgd = trainer(new Sgd(0.1))) {
            Gradients whole = share(adam, 0, ROWS.length);
            Map<String, float[]> without = new LinkedHashMap<>(whole.arrays());
            without.remove(SQUARES);
            Gradients parted = new Gradients(whole.result(), without);
            refused(SQUARES, () -> adam.step(parted, RATE, 1));
            refused(SQUARES, () -> adam.step(share(sgd, 0, 1), RATE, 1));
            refused(SQUARES, () -> sgd.step(whole, RATE, 1));
            refused(SQUARES, () -> whole.plus(parted));
            Map<String, float[]> shorter = new LinkedHashMap<>(whole.arrays());
            shorter.put("gru/bias_ih", new float[1]);
            refused("gru/bias_ih", () -> adam.step(new Gradients(whole.result(), shorter), RATE, 1));
            refused("gru/bias_ih", () -> whole.plus(new Gradients(whole.result(), shorter)));
            refused("learningRate", () -> adam.step(whole, -1, 1));
            refused("maxGradientNorm", () -> adam.step(whole, RATE, 0));
            TrainerCase.assertSameBits(model(), adam.toModel());
            assertEquals(0, adam.steps());
            whole.arrays().get("gru/bias_ih")[0] = Float.NaN;
            assertThrows(TrainingDivergedException.class, () -> adam.step(whole, RATE, 1));
            TrainerCase.assertSameBits(model(), adam.toModel());
        }
    }

    private static void refused(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
