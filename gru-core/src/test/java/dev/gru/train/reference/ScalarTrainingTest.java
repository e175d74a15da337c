package dev.gru.train.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Optimizer.Sgd;
import dev.gru.train.math.AdamFormula;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.OptimizerFormula;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.RandomTraining;
import dev.gru.train.math.SgdFormula;
import dev.gru.train.math.TargetValues;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/** Values by hand, round trips, and what is refused. */
class ScalarTrainingTest {

    private static Graph dense(Activation activation, float... weight) {
        return new Sequential(List.of(new Dense("out",
                new DenseWeights(1, weight.length, activation, weight, new float[weight.length]))));
    }

    private static ScalarInput input(int batch, int steps, double[] features) {
        return new ScalarInput(batch, steps, null, features, null, null);
    }

    private static void refused(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void parametersGoOutAndBackUnchanged() {
        for (int seed = 0; seed < 50; seed++) {
            Graph model = RandomTraining.model(new Random(seed));
            Parameters parameters = Parameters.of(model);
            Graph again = parameters.toModel(model);
            assertEquals(model.toString(), again.toString());
            assertEquals(model.signature(), again.signature());
            Parameters copy = Parameters.of(again);
            assertEquals(parameters.names(), copy.names());
            for (String name : parameters.names()) {
                assertArrayEquals(parameters.get(name), copy.get(name), name);
            }
        }
    }

    @Test
    void parametersAreDoublesOfTheirOwn() {
        Graph model = dense(Activation.LINEAR, 2, 3);
        Parameters parameters = Parameters.of(model);
        assertEquals(List.of("out/weight", "out/bias"), parameters.names());
        assertEquals(List.of(2, 1), parameters.shapes().get("out/weight"));
        parameters.get("out/weight")[1] = 0.1;
        assertArrayEquals(new double[]{2, 3}, Parameters.of(model).get("out/weight"));
        assertArrayEquals(new double[]{2, 0.1f}, Parameters.of(parameters.toModel(model)).get("out/weight"));
        refused("out/kernel", () -> parameters.get("out/kernel"));
        refused("out/weight", () -> parameters.toModel(dense(Activation.LINEAR, 1)));
    }

    @Test
    void lossesByHand() {
        ScalarInput input = input(1, 2, new double[]{1, 2});
        // Sums (0, ln 3) and (0, 2 ln 3): probabilities (1/4, 3/4) and (1/10, 9/10).
        Graph softmax = dense(Activation.SOFTMAX, 0, (float) Math.log(3));
        TargetValues labels = TargetValues.ofLabels(new int[]{1, 0});
        double first = -Math.log(0.75);
        double second = -Math.log(0.1);
        assertLoss((first + second) / 2, softmax, input, LossFunction.CATEGORICAL_CROSS_ENTROPY, labels);
        assertLoss((first + second) / 2, softmax, input, LossFunction.CATEGORICAL_CROSS_ENTROPY,
                TargetValues.ofValues(new double[]{0, 1, 1, 0}));
        assertLoss((3 * first + second / 2) / 2, softmax, input, LossFunction.CATEGORICAL_CROSS_ENTROPY,
                labels.withWeights(new double[]{3, 0.5}));
        assertLoss(3 * first, softmax, input, LossFunction.CATEGORICAL_CROSS_ENTROPY,
                labels.withWeights(new double[]{3, 0.5}).withMask(new boolean[]{true, false}));
        assertLoss(0, softmax, input, LossFunction.CATEGORICAL_CROSS_ENTROPY, labels.withMask(new boolean[2]));
        // Probabilities 3/4 and 9/10.
        assertLoss((first - Math.log(0.1)) / 2, dense(Activation.SIGMOID, (float) Math.log(3)), input,
                LossFunction.BINARY_CROSS_ENTROPY, TargetValues.ofValues(new double[]{1, 0}));
        // Outputs (1, 3) and (2, 6).
        assertLoss((0 + 9 + 1 + 36) / 4.0, dense(Activation.LINEAR, 1, 3), input, LossFunction.MEAN_SQUARED_ERROR,
                TargetValues.ofValues(new double[]{1, 0, 3, 0}));
    }

    private static void assertLoss(double expected, Graph model, ScalarInput input, LossFunction loss,
            TargetValues targets) {
        // The weights are floats, so they are off by 2^-24 relatively.
        assertEquals(expected, new ScalarBackpropagation(model).loss(Parameters.of(model), input, loss, targets),
                1e-6);
    }

    @Test
    void crossEntropiesAreExactWhereProbabilitiesAreNot() {
        ScalarInput input = input(1, 1, new double[]{1});
        assertEquals(2000, lossOf(dense(Activation.SOFTMAX, 1000, -1000), input, LossFunction.CATEGORICAL_CROSS_ENTROPY,
                TargetValues.ofLabels(new int[]{1})));
        assertEquals(1000, lossOf(dense(Activation.SIGMOID, -1000), input, LossFunction.BINARY_CROSS_ENTROPY,
                TargetValues.ofValues(new double[]{1})));
    }

    private static double lossOf(Graph model, ScalarInput input, LossFunction loss, TargetValues targets) {
        return new ScalarBackpropagation(model).loss(Parameters.of(model), input, loss, targets);
    }

    @Test
    void whatTheLossOfAMaskedStepWouldBeDoesNotMatter() {
        ScalarInput input = input(1, 2, new double[]{1, Double.NaN});
        assertEquals(Math.log(2), lossOf(dense(Activation.SOFTMAX, 1, 1), input, LossFunction.CATEGORICAL_CROSS_ENTROPY,
                TargetValues.ofLabels(new int[]{0, -1}).withMask(new boolean[]{true, false})), 1e-15);
    }

    @Test
    void dropoutKeepsTheMeanAndDrawsAnew() {
        Graph model = new Sequential(List.of(new Dense("in", new DenseWeights(1, 1, Activation.LINEAR,
                new float[]{1}, new float[1])), new Dropout("dropout", 0.25)));
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        Parameters parameters = Parameters.of(model);
        int steps = 10_000;
        double[] ones = new double[steps];
        Arrays.fill(ones, 1);
        ScalarInput input = input(1, steps, ones);
        Random random = new Random(1);
        double[] y = scalar.forward(parameters, input, random);
        assertTrue(Arrays.stream(y).allMatch(v -> v == 0 || v == 1 / 0.75));
        // The number that is kept has the deviation √(10000 · 0.75 · 0.25) = 43; five of them are 3 %.
        assertEquals(1, Arrays.stream(y).average().orElseThrow(), 0.03);
        assertFalse(Arrays.equals(y, scalar.forward(parameters, input, random)));
        assertArrayEquals(y, scalar.forward(parameters, input, new Random(1)));
        assertArrayEquals(ones, scalar.forward(parameters, input));
    }

    /** ScalarGradients for the two weights of a model, and none for its biases. */
    private static ScalarGradients gradients(Parameters parameters, double first, double second) {
        ScalarGradients gradients = new ScalarGradients(parameters);
        gradients.get("out/weight")[0] = first;
        gradients.get("out/weight")[1] = second;
        return gradients;
    }

    @Test
    void sgdByHand() {
        Parameters p = Parameters.of(dense(Activation.LINEAR, 2, 3));
        ScalarOptimizerState sgd = new ScalarOptimizerState(new SgdFormula(0.5));
        sgd.step(p, gradients(p, 1, -2), 0.5);
        assertArrayEquals(new double[]{1.5, 4}, p.get("out/weight"));
        sgd.step(p, gradients(p, 0, 0), 0.5);
        assertArrayEquals(new double[]{1.25, 4.5}, p.get("out/weight"));
        assertArrayEquals(new double[2], p.get("out/bias"));
    }

    @Test
    void adamByHand() {
        Parameters p = Parameters.of(dense(Activation.LINEAR, 2, 3));
        // The first step: m = 0.1 g, v = 0.001 g², and the rate 0.1 √0.001 / 0.1 = √0.001; decay first, 0.1 · 0.5 of p.
        new ScalarOptimizerState(new AdamFormula(0.5, 0.9, 0.999, 1e-7, false)).step(p, gradients(p, 4, -1), 0.1);
        double root = Math.sqrt(0.001);
        assertArrayEquals(new double[]{2 * 0.95 - root * 0.4 / (4 * root + 1e-7),
                3 * 0.95 + root * 0.1 / (root + 1e-7)}, p.get("out/weight"), 1e-14);
        assertArrayEquals(new double[2], p.get("out/bias"));
    }

    @Test
    void layersThatCannotBeTrainedAreRefusedByName() {
        refused("layer drop", () -> new ScalarBackpropagation(new Sequential(List.of(new Dropout("drop", 0.5),
                new Embedding("table", 2, 1, new float[2])))));
        Dense one = new Dense("same", RandomWeights.dense(1, 1, Activation.TANH, 0));
        refused("same/weight", () -> Parameters.of(new Sequential(List.of(one, one))));
    }

    @Test
    void argumentsThatDoNotFitAreRefused() {
        Graph model = dense(Activation.SOFTMAX, 1, 2);
        Parameters parameters = Parameters.of(model);
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        ScalarInput input = input(1, 2, new double[2]);
        LossFunction loss = LossFunction.CATEGORICAL_CROSS_ENTROPY;

        assertThrows(IllegalStateException.class,
                () -> scalar.backward(new double[4], new ScalarGradients(parameters)));
        assertThrows(IllegalStateException.class, scalar::inputGradient);
        refused("labels[1]", () -> scalar.loss(parameters, input, loss, TargetValues.ofLabels(new int[]{1, 2})));
        refused("labels must", () -> scalar.loss(parameters, input, loss, TargetValues.ofLabels(new int[]{1})));
        refused("values", () -> scalar.loss(parameters, input, loss, TargetValues.ofValues(new double[2])));
        refused("weights", () -> scalar.loss(parameters, input, loss,
                TargetValues.ofLabels(new int[2]).withWeights(new double[1])));
        refused("mask", () -> scalar.loss(parameters, input, loss,
                TargetValues.ofLabels(new int[2]).withMask(new boolean[3])));
        refused("SIGMOID", () -> scalar.loss(parameters, input, LossFunction.BINARY_CROSS_ENTROPY,
                TargetValues.ofValues(new double[4])));
        refused("labels", () -> scalar.loss(parameters, input, LossFunction.MEAN_SQUARED_ERROR,
                TargetValues.ofLabels(new int[2])));
        scalar.forward(parameters, input);
        refused("dy", () -> scalar.backward(new double[5], new ScalarGradients(parameters)));

        Parameters others = Parameters.of(dense(Activation.SOFTMAX, 1));
        refused("parameters", () -> scalar.forward(others, input));
        refused("gradients", () -> scalar.backward(new double[4], new ScalarGradients(others)));
        for (OptimizerFormula optimizer : List.of(new AdamFormula(0, 0.9, 0.999, 1e-7, true), new SgdFormula(0))) {
            ScalarOptimizerState state = new ScalarOptimizerState(optimizer);
            refused("gradients", () -> state.step(parameters, new ScalarGradients(others), 1));
            refused("learningRate", () -> state.step(parameters, new ScalarGradients(parameters), -1));
            state.step(parameters, new ScalarGradients(parameters), 1);
            refused("optimizer", () -> state.step(others, new ScalarGradients(others), 1));
        }
        refused("learningRate", () -> new Adam(-1));
        refused("momentum", () -> new Sgd(1, 1));
        refused("epsilon", () -> new Adam(1, 0, 0.9, 0.999, 0, true));
        refused("beta2", () -> new Adam(1, 0, 0.9, Double.NaN, 1, true));
    }
}
