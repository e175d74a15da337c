package dev.gru.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;

import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.math.Parameters;
import dev.gru.weights.Activation;

/** A small tagger, data that it can learn, and how its training is compared. */
final class TrainerCase {
    static final int ROWS = 23;
    static final int STEPS = 5;
    static final int VOCABULARY = 9;
    static final int CLASSES = 3;

    private TrainerCase() {
    }

    static Graph model() {
        return Initializer.KERAS
                .initialize(
                        Sequential.builder().embedding(VOCABULARY, 6).maskZero().gru(5).returnSequences().dropout(0.3)
                                .bidirectional(4).returnSequences().dense(CLASSES, Activation.SOFTMAX).build(),
                        11);
    }

    /** What a step should put out is the class of the token before it. Behind the end of a row there is padding. */
    static TrainingData data(int rows, long seed) {
        Random random = new Random(seed);
        int[] tokens = new int[rows * STEPS];
        int[] labels = new int[tokens.length];
        boolean[] within = new boolean[tokens.length];
        for (int row = 0; row < rows; row++) {
            int length = 1 + random.nextInt(STEPS);
            for (int i = row * STEPS; i < row * STEPS + length; i++) {
                tokens[i] = 1 + random.nextInt(VOCABULARY - 1);
                labels[i] = i == row * STEPS ? 0 : tokens[i - 1] % CLASSES;
                within[i] = true;
            }
        }
        return new TrainingData(ModelInput.tokens(rows, STEPS, tokens), Targets.labels(labels).withMask(within));
    }

    static TrainingData data() {
        return data(ROWS, 3);
    }

    static TrainingOptions.Builder options() {
        return TrainingOptions.builder(Loss.CATEGORICAL_CROSS_ENTROPY).kernel("portable")
                .optimizer(new Adam(0.02)).batchSize(4).epochs(3).seed(5);
    }

    /** Returns a builder that begins with some options. */
    static TrainingOptions.Builder copy(TrainingOptions of) {
        TrainingOptions.Builder builder = TrainingOptions.builder(of.loss()).optimizer(of.optimizer())
                .schedule(of.schedule()).maxGradientNorm(of.maxGradientNorm()).epochs(of.epochs())
                .batchSize(of.batchSize()).batchOrder(of.batchOrder()).seed(of.seed())
                .validationSplit(of.validationSplit())
                .kernel(of.kernel()).threads(of.threads());
        of.earlyStopping().ifPresent(builder::earlyStopping);
        of.callbacks().forEach(builder::callback);
        of.checkpoint().ifPresent(file -> builder.checkpoint(file, of.checkpointBatches()));
        return of.overwritesCheckpoint() ? builder.overwriteCheckpoint() : builder;
    }

    static void assertSameBits(TrainingResult expected, TrainingResult actual) {
        assertEquals(expected.history(), actual.history());
        assertEquals(expected.ending(), actual.ending());
        assertSameBits(expected.model(), actual.model());
    }

    static void assertSameBits(Graph expected, Graph actual) {
        Parameters wanted = Parameters.of(expected);
        Parameters found = Parameters.of(actual);
        assertEquals(wanted.names(), found.names());
        for (String name : wanted.names()) {
            assertArrayEquals(wanted.get(name), found.get(name), name);
        }
    }
}
