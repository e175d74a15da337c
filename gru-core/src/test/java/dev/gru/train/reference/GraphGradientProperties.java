package dev.gru.train.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Normalization;
import dev.gru.layer.Regularization;
import dev.gru.layer.Shape;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.RandomGraph;
import dev.gru.train.math.RandomTraining;
import dev.gru.train.math.TargetValues;
import dev.gru.weights.Activation;

/** Gradients are the limits of differences: for every layer around a GRU, and for graphs of them. */
class GraphGradientProperties {
    private static final int SIZE = 4;

    private static Graph single(Layer layer, int inputs) {
        Graph.Builder graph = new Graph.Builder();
        int[] from = new int[inputs];
        for (int i = 0; i < inputs; i++) {
            from[i] = graph.input("x" + i, Shape.sequence(SIZE));
        }
        return graph.build(graph.add(layer, from));
    }

    /** Values that are no closer than 0.05 to each other and to 0, so that no corner is within a difference. */
    private static void spread(float[] values, Random random) {
        List<Integer> places = new java.util.ArrayList<>(IntStream.range(0, values.length).boxed().toList());
        java.util.Collections.shuffle(places, random);
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.05f * (places.get(i) - values.length / 2) + 0.025f;
        }
    }

    private static ModelInput spread(int batch, int steps, Random random) {
        float[] x = new float[batch * steps * SIZE];
        spread(x, random);
        return ModelInput.features(batch, steps, x);
    }

    @Property(tries = 40)
    void ofEveryLayer(@ForAll boolean training, @ForAll boolean lengths, @ForAll @IntRange(min = 1, max = 6) int steps,
            @ForAll long seed) {
        Random random = new Random(seed);
        ModelInput input = spread(2, steps, random);
        if (lengths) {
            input = input.withLengths(random.ints(2, 1, steps + 1).toArray());
        }
        for (Layer layer : RandomGraph.ofSequence("layer", SIZE, steps, false, random)) {
            check(single(layer, 1), input, training, random);
        }
    }

    @Property(tries = 100)
    void ofMerges(@ForAll Merge.Kind kind, @ForAll @IntRange(min = 2, max = 3) int inputs, @ForAll long seed) {
        boolean two = kind == Merge.Kind.SUBTRACT || kind == Merge.Kind.DIVIDE;
        Random random = new Random(seed);
        int count = two ? 2 : inputs;
        // All apart from each other, and none of them 0.
        float[] all = new float[count * 2 * 3 * SIZE];
        spread(all, random);
        ModelInput input = null;
        for (int i = 0; i < count; i++) {
            float[] x = Arrays.copyOfRange(all, i * 2 * 3 * SIZE, (i + 1) * 2 * 3 * SIZE);
            for (int j = 0; kind == Merge.Kind.DIVIDE && i == 1 && j < x.length; j++) {
                x[j] = 2 + Math.abs(x[j]);
            }
            ModelInput next = ModelInput.features(2, 3, x);
            input = input == null ? next : input.and(next);
        }
        check(single(new Merge("merge", kind), count), input, false, random);
    }

    /** An input of one feature stands for all. */
    @Property(tries = 60)
    void ofMergesThatBroadcast(@ForAll Merge.Kind kind, @ForAll boolean firstIsOne, @ForAll long seed) {
        if (kind == Merge.Kind.CONCATENATE || kind == Merge.Kind.CONCATENATE_STEPS) {
            return;
        }
        Random random = new Random(seed);
        Graph.Builder graph = new Graph.Builder();
        int a = graph.input("a", Shape.vector(firstIsOne ? 1 : SIZE));
        int b = graph.input("b", Shape.vector(firstIsOne ? SIZE : 1));
        float[] all = new float[2 * (SIZE + 1)];
        spread(all, random);
        for (int j = 0; kind == Merge.Kind.DIVIDE && j < all.length; j++) {
            all[j] = 2 + Math.abs(all[j]);
        }
        int cut = firstIsOne ? 2 : 2 * SIZE;
        ModelInput input = ModelInput.vector(2, Arrays.copyOf(all, cut))
                .and(ModelInput.vector(2, Arrays.copyOfRange(all, cut, all.length)));
        check(graph.build(graph.add(new Merge("merge", kind), a, b)), input, false, random);
    }

    @Property(tries = 80)
    void ofAttention(@ForAll Attention.Score score, @ForAll boolean ownKey, @ForAll boolean lengths,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph.Builder graph = new Graph.Builder();
        int value = graph.input("value", Shape.sequence(SIZE));
        int query = graph.input("query", Shape.sequence(SIZE));
        int key = ownKey ? graph.input("key", Shape.sequence(SIZE)) : value;
        Attention layer = RandomGraph.attention("attention", SIZE, score, random);
        int out = ownKey ? graph.add(layer, query, value, key) : graph.add(layer, query, value);
        ModelInput input = ModelInput.features(2, 3, RandomTraining.floats(2 * 3 * SIZE, random))
                .and(ModelInput.features(2, 2, RandomTraining.floats(2 * 2 * SIZE, random)));
        if (ownKey) {
            input = input.and(ModelInput.features(2, 3, RandomTraining.floats(2 * 3 * SIZE, random)));
        }
        check(graph.build(out), lengths ? input.withLengths(new int[]{1, 3}) : input, false, random);
    }

    /** Nothing of an output that is 0 as no step has been read comes from the initial state. */
    @Property(tries = 150)
    void ofGivenStatesWhereStepsAreMasked(@ForAll boolean both, @ForAll @IntRange(min = 1, max = 4) int steps,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = RandomGraph.givenStates(both, random);
        check(model, RandomGraph.givenStates(model, 4, steps, random), false, random);
    }

    @Property(tries = 40)
    void ofUnitNormalization(@ForAll long seed) {
        Random random = new Random(seed);
        check(single(new Normalization.UnitNormalization("unit"), 1), spread(2, 3, random), true, random);
    }

    @Property(tries = 150)
    void ofGraphs(@ForAll boolean training, @ForAll boolean lengths, @ForAll @IntRange(min = 1, max = 2) int outputs,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = RandomGraph.model(outputs, Activation.TANH, true, random);
        check(model, RandomGraph.input(model, 3, lengths, random), training, random);
    }

    /** Checks all derivatives of Σ dy ⊙ y over all outputs, what is drawn being drawn from the same seed each time. */
    private static void check(Graph model, ModelInput batch, boolean training, Random random) {
        ScalarInput input = ScalarInput.of(batch);
        Parameters parameters = Parameters.of(model);
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        long seed = random.nextLong();
        List<double[]> dy = scalar.outputs(parameters, input, training ? new Random(seed) : null).stream()
                .map(y -> RandomTraining.doubles(y.length, random)).toList();
        ScalarGradients gradients = new ScalarGradients(parameters);
        scalar.backward(dy, gradients);
        DoubleSupplier sum = () -> {
            List<double[]> y = scalar.outputs(parameters, input, training ? new Random(seed) : null);
            double of = 0;
            for (int output = 0; output < dy.size(); output++) {
                for (int i = 0; i < dy.get(output).length; i++) {
                    of += dy.get(output)[i] * y.get(output)[i];
                }
            }
            return of;
        };
        List<double[]> dInputs = IntStream.range(0, batch.inputs()).mapToObj(scalar::inputGradient).toList();
        for (String name : parameters.learntShapes().keySet()) {
            Differences.check(model + ": " + name, parameters.get(name), gradients.get(name), sum);
        }
        for (int i = 0; i < batch.inputs(); i++) {
            if (batch.features(i) != null) {
                Differences.check(model + ": input " + i, input.parts().get(i).features(), dInputs.get(i), sum);
            } else {
                assertEquals(0, dInputs.get(i).length);
            }
        }
    }

    /** The loss is the sum of those of the outputs, and of what activity regularization adds. */
    @Property(tries = 60)
    void ofLossesOfSeveralOutputs(@ForAll LossFunction loss, @ForAll boolean lengths, @ForAll long seed) {
        Random random = new Random(seed);
        Activation last = switch (loss) {
            case CATEGORICAL_CROSS_ENTROPY -> Activation.SOFTMAX;
            case BINARY_CROSS_ENTROPY -> Activation.SIGMOID;
            case MEAN_SQUARED_ERROR -> Activation.TANH;
        };
        Graph model = RandomGraph.model(2, last, true, random);
        ModelInput batch = RandomGraph.input(model, 2, lengths, random);
        List<TargetValues> targets = targets(model, batch, random);
        ScalarInput input = ScalarInput.of(batch);
        Parameters parameters = Parameters.of(model);
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        ScalarGradients gradients = new ScalarGradients(parameters);
        double value = scalar.lossAndGradients(parameters, input, loss, targets, new Random(seed), gradients);
        DoubleSupplier function = () -> scalar.loss(parameters, input, loss, targets, new Random(seed));
        assertEquals(value, function.getAsDouble());
        for (String name : parameters.learntShapes().keySet()) {
            Differences.check(name, parameters.get(name), gradients.get(name), function);
        }
    }

    private static List<TargetValues> targets(Graph model, ModelInput batch, Random random) {
        List<Integer> steps = model.steps(IntStream.range(0, batch.inputs()).mapToObj(batch::steps).toList());
        return model.outputs().stream().map(output -> TargetValues.ofValues(random
                .doubles((long) batch.batch() * steps.get(output) * model.shape(output).features()).toArray()))
                .toList();
    }

    @Test
    void activityRegularizationAddsItsTermsDividedByTheRows() {
        Graph model = single(new Regularization("activity", Regularization.Kind.ACTIVITY_REGULARIZATION, 0.5f, 0.25f),
                1);
        float[] x = {1, -2, 0, 3, 0, 0, 0, 1};
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        double[] targets = new double[8];
        Arrays.setAll(targets, i -> x[i]);
        assertEquals((0.5 * 7 + 0.25 * 15) / 2, scalar.loss(Parameters.of(model),
                ScalarInput.of(ModelInput.features(2, 1, x)), LossFunction.MEAN_SQUARED_ERROR,
                TargetValues.ofValues(targets)), 1e-12);
    }

    /** Two uses of one layer move its averages twice, in their order, as in Keras; masked steps are left out. */
    @Test
    void movingAveragesMoveTowardsTheMomentsOfTheBatch() {
        Layer batch = new Normalization.BatchNormalization("batch", 1, 0.1f, 0.75f, Normalization.Learnt.NOTHING,
                List.of(new float[]{8}, new float[]{4}));
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(1));
        int scaled = graph.add(new ActivationLayer("doubled", Activation.linear(2, 0)), x);
        Graph model = graph.build(graph.add(batch, x), graph.add(batch, scaled));
        Parameters parameters = Parameters.of(model);
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        ScalarInput input = ScalarInput.of(ModelInput.features(2, 2, new float[]{1, 5, 3, 77})
                .withLengths(new int[]{2, 1}));
        scalar.outputs(parameters, input, null);
        scalar.moveAverages(parameters);
        assertArrayEquals(new double[]{8}, parameters.get("batch/moving_mean"));
        scalar.outputs(parameters, input, new Random(1));
        scalar.moveAverages(parameters);
        // The mean of 1, 5 and 3, and its double; Keras divides by 1e-7 more than there are.
        assertArrayEquals(new double[]{(8 * 0.75 + 3 * 0.25) * 0.75 + 6 * 0.25}, parameters.get("batch/moving_mean"),
                1e-6);
        assertArrayEquals(new double[]{(4 * 0.75 + 8 / 3.0 * 0.25) * 0.75 + 32 / 3.0 * 0.25},
                parameters.get("batch/moving_variance"), 1e-6);
    }
}
