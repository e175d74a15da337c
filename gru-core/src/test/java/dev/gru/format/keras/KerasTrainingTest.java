package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.gru.format.KerasReader;
import dev.gru.format.Safetensors;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.TrainingAssertions;
import dev.gru.format.shared.GateOrder;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.train.BatchTrainer;
import dev.gru.train.Loss;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Targets;
import dev.gru.train.math.AdamFormula;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.TargetValues;
import dev.gru.train.reference.ScalarBackpropagation;
import dev.gru.train.reference.ScalarGradients;
import dev.gru.train.reference.ScalarInput;
import dev.gru.train.reference.ScalarOptimizerState;
import dev.gru.weights.Gate;

/**
 * Training goes as it went in Keras: the same gradients, the same losses, step after step, and the same weights in the
 * end. Keras computes in float and the reference in double; the tolerances are those of the case.
 */
class KerasTrainingTest {
    private static final String CASE = "keras/training/";
    private static final String TABLE = "embedding_1/table";
    private static final int FEATURES = 16;
    private static final int UNITS = 12;
    private static final double LEARNING_RATE = 0.01;

    /** What Keras's gradients and ours may differ by, of the largest element of an array. */
    private static final double GRADIENT = 1e-4;
    private static final double LOSS = 1e-4;
    private static final double WEIGHT = 1e-3;

    private final Safetensors io;
    private final Graph initial;
    private final ScalarBackpropagation scalar;
    private final Parameters parameters;
    private final ScalarGradients gradients;
    private final ModelInput input;
    private final int[] labels;
    private final Targets targets;

    KerasTrainingTest() throws IOException {
        io = Safetensors.read(Fixtures.file(CASE + "io.safetensors"));
        initial = KerasReader.read(Fixtures.file(CASE + "initial.keras"));
        scalar = new ScalarBackpropagation(initial);
        parameters = Parameters.of(initial);
        gradients = new ScalarGradients(parameters);
        int[] shape = io.tensor("x").shape();
        input = ModelInput.tokens(shape[0], shape[1], io.tensor("x").ints());
        labels = io.tensor("labels").ints();
        targets = Targets.labels(labels);
    }

    @Test
    void firstLossAndGradientsAgree() throws IOException {
        assertEquals(io.tensor("first_loss").floats()[0], scalar.lossAndGradients(parameters, ScalarInput.of(input),
                LossFunction.CATEGORICAL_CROSS_ENTROPY, TargetValues.ofLabels(labels), new Random(0), gradients), LOSS);
        assertClose("embedding_1/embeddings", keras("embedding_1/embeddings"), TABLE);
        checkGru("gru_11", FEATURES);
        checkGru("gru_12", UNITS);
        float[] kernel = keras("time_distributed_1/dense_3/kernel");
        float[] weight = new float[kernel.length];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = kernel[i % UNITS * 10 + i / UNITS];
        }
        assertClose("kernel", weight, "time_distributed_1/weight");
        assertClose("bias", keras("time_distributed_1/dense_3/bias"), "time_distributed_1/bias");
    }

    private void checkGru(String layer, int inputs) throws IOException {
        GateOrder order = GateOrder.UPDATE_RESET_NEW;
        String cell = layer + "/gru_cell/";
        assertClose(layer, order.canonicalFromColumns(keras(cell + "kernel"), inputs, UNITS),
                layer + "/weight_ih");
        assertClose(layer, order.canonicalFromColumns(keras(cell + "recurrent_kernel"), UNITS, UNITS),
                layer + "/weight_hh");
        float[] bias = keras(cell + "bias");
        assertClose(layer, order.canonicalBias(bias, 0, UNITS), layer + "/bias_ih");
        assertClose(layer, order.canonicalBias(bias, Gate.COUNT * UNITS, UNITS), layer + "/bias_hh");
    }

    private float[] keras(String variable) throws IOException {
        return io.tensor("gradient/sequential_9/" + variable).floats();
    }

    private void assertClose(String what, float[] expected, String name) {
        TrainingAssertions.assertClose(what, expected, gradients.get(name), GRADIENT);
    }

    /**
     * The first loss of the case is the mean over every step. Those of the training were computed by the compiled
     * model, whose mask leaves the padded steps out.
     */
    @Test
    void twentyStepsOfAdamAgreeInDouble() throws IOException {
        ScalarOptimizerState adam = new ScalarOptimizerState(new AdamFormula(0, 0.9, 0.999, 1e-7, true));
        int[] tokens = io.tensor("x").ints();
        boolean[] unpadded = new boolean[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            unpadded[i] = tokens[i] != 0;
        }
        float[] losses = losses();
        for (int i = 0; i < losses.length; i++) {
            gradients.clear();
            double loss = scalar.lossAndGradients(parameters, ScalarInput.of(input),
                    LossFunction.CATEGORICAL_CROSS_ENTROPY, TargetValues.ofLabels(labels).withMask(unpadded),
                    new Random(0), gradients);
            assertEquals(losses[i], loss, LOSS, "step " + i);
            adam.step(parameters, gradients, LEARNING_RATE);
        }
        assertWeights(parameters);
    }

    /** On the portable kernel, whose bits those of {@code simd} are. */
    @Test
    void twentyStepsOfAdamAgreeInFloats() throws IOException {
        try (BatchTrainer trainer = new BatchTrainer(initial, Loss.CATEGORICAL_CROSS_ENTROPY, new Adam(LEARNING_RATE),
                "portable", 1)) {
            float[] losses = losses();
            for (int i = 0; i < losses.length; i++) {
                assertEquals(losses[i], trainer.step(input, targets, 0, LEARNING_RATE, Double.POSITIVE_INFINITY).loss(),
                        LOSS, "step " + i);
            }
            assertWeights(Parameters.of(trainer.toModel()));
        }
    }

    private float[] losses() throws IOException {
        float[] losses = io.tensor("loss").floats();
        assertEquals(20, losses.length);
        return losses;
    }

    private static void assertWeights(Parameters actual) throws IOException {
        Parameters expected = Parameters.of(KerasReader.read(Fixtures.file(CASE + "after_20_adam_steps.keras")));
        assertEquals(expected.names(), actual.names());
        for (String name : expected.names()) {
            assertArrayEquals(expected.get(name), actual.get(name), WEIGHT, name);
        }
    }
}
