package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.gru.kernel.Gate;
import dev.gru.layer.Sequential;
import dev.gru.train.Adam;
import dev.gru.train.Gradients;
import dev.gru.train.Loss;
import dev.gru.train.Parameters;
import dev.gru.train.ScalarBackpropagation;
import dev.gru.train.ScalarOptimizerState;
import dev.gru.train.Targets;
import dev.gru.train.TrainingInput;

/**
 * Training goes as it went in Keras: the same gradients, the same losses, step after step, and the same weights in the end.
 * Keras computes in float and the reference in double; the tolerances are those of the case.
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
    private final Sequential initial;
    private final ScalarBackpropagation scalar;
    private final Parameters parameters;
    private final Gradients gradients;
    private final TrainingInput input;
    private final Targets targets;

    KerasTrainingTest() throws IOException {
        io = Safetensors.read(Fixtures.file(CASE + "io.safetensors"));
        initial = KerasReader.read(Fixtures.file(CASE + "initial.keras"));
        scalar = new ScalarBackpropagation(initial);
        parameters = Parameters.of(initial);
        gradients = new Gradients(parameters);
        int[] shape = io.tensor("x").shape();
        input = TrainingInput.tokens(shape[0], shape[1], io.tensor("x").ints());
        targets = Targets.labels(io.tensor("labels").ints());
    }

    @Test
    void firstLossAndGradientsAgree() throws IOException {
        assertEquals(io.tensor("first_loss").floats()[0], scalar.lossAndGradients(parameters, input,
                Loss.CATEGORICAL_CROSS_ENTROPY, targets, new Random(0), gradients), LOSS);
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
     * The first loss of the case is the mean over every step. Those of the training were computed by the compiled model, whose
     * mask leaves the padded steps out.
     *
     * <p>On TensorFlow, Keras's Adam is given the gradient of a table in slices, one for each token of the batch, and squares
     * them before it sums them: of a token that is there twice, v grows by g₁² + g₂², and here by (g₁ + g₂)². So this test
     * moves the table itself, in TensorFlow's way, and {@link Adam} everything else; what goes into the layers behind the
     * table has the slices for its gradient.
     */
    @Test
    void twentyStepsOfAdamAgree() throws IOException {
        Sequential behindTable = new Sequential(initial.layers().subList(1, initial.layers().size()));
        ScalarBackpropagation layers = new ScalarBackpropagation(behindTable);
        Parameters weights = Parameters.of(behindTable);
        Gradients ofWeights = new Gradients(weights);
        ScalarOptimizerState adam = new ScalarOptimizerState(new Adam(LEARNING_RATE));
        Table table = new Table(parameters.get(TABLE));

        int[] shape = io.tensor("x").shape();
        int[] tokens = io.tensor("x").ints();
        boolean[] unpadded = new boolean[tokens.length];
        int[] lengths = new int[shape[0]];
        for (int i = 0; i < tokens.length; i++) {
            unpadded[i] = tokens[i] != 0;
            lengths[i / shape[1]] += unpadded[i] ? 1 : 0;
        }
        float[] losses = io.tensor("loss").floats();
        assertEquals(20, losses.length);
        for (int i = 0; i < losses.length; i++) {
            ofWeights.clear();
            double loss = layers.lossAndGradients(weights,
                    TrainingInput.features(shape[0], shape[1], table.rows(tokens)).withLengths(lengths),
                    Loss.CATEGORICAL_CROSS_ENTROPY, targets.withMask(unpadded), new Random(0), ofWeights);
            assertEquals(losses[i], loss, LOSS, "step " + i);
            adam.step(weights, ofWeights);
            table.step(tokens, layers.inputGradient());
        }
        Parameters expected = Parameters.of(KerasReader.read(Fixtures.file(CASE + "after_20_adam_steps.keras")));
        assertArrayEquals(expected.get(TABLE), table.values, WEIGHT);
        assertEquals(expected.names().size() - 1, weights.names().size());
        for (String name : weights.names()) {
            assertArrayEquals(expected.get(name), weights.get(name), WEIGHT, name);
        }
    }

    /** A table that moves as Keras's Adam moves it on TensorFlow. */
    private static final class Table {
        private final double[] values;
        private final double[] mean;
        private final double[] meanSquare;
        private int steps;

        Table(double[] values) {
            this.values = values.clone();
            mean = new double[values.length];
            meanSquare = new double[values.length];
        }

        double[] rows(int[] tokens) {
            double[] rows = new double[tokens.length * FEATURES];
            for (int i = 0; i < tokens.length; i++) {
                System.arraycopy(values, tokens[i] * FEATURES, rows, i * FEATURES, FEATURES);
            }
            return rows;
        }

        void step(int[] tokens, double[] slices) {
            double[] sum = new double[values.length];
            double[] sumOfSquares = new double[values.length];
            for (int i = 0; i < slices.length; i++) {
                int at = tokens[i / FEATURES] * FEATURES + i % FEATURES;
                sum[at] += slices[i];
                sumOfSquares[at] += slices[i] * slices[i];
            }
            steps++;
            double rate = LEARNING_RATE * Math.sqrt(1 - Math.pow(0.999, steps)) / (1 - Math.pow(0.9, steps));
            for (int i = 0; i < values.length; i++) {
                mean[i] += 0.1 * (sum[i] - mean[i]);
                meanSquare[i] += 0.001 * (sumOfSquares[i] - meanSquare[i]);
                values[i] -= rate * mean[i] / (Math.sqrt(meanSquare[i]) + 1e-7);
            }
        }
    }
}
