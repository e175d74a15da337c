package dev.gru.train.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.kernel.ScalarGruKernel;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.LossSums;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.RandomGraph;
import dev.gru.train.math.RandomTraining;
import dev.gru.train.math.TargetValues;
import dev.gru.train.reference.ScalarBackpropagation;
import dev.gru.train.reference.ScalarGradients;
import dev.gru.train.reference.ScalarInput;
import dev.gru.weights.Activation;

/** Graphs in floats against the reference in double: outputs, losses, gradients and moving averages. */
class GraphBackpropagationProperties {
    /**
     * Between floats and doubles: each operation is off by 2^-24 of its result. The longest way through these graphs,
     * there and back, is some 10 layers, each sums of at most 60 terms or 12 steps of such, some 2000 operations; and
     * normalizations multiply what is off by up to 3 each. 2000 · 3 · 2^-24 = 4e-4.
     */
    private static final double TOLERANCE = 4e-4;

    private static GruKernel kernel(boolean portable) {
        return portable ? new PortableGruKernel() : new ScalarGruKernel();
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static void assertClose(double[] expected, double[] actual, String what) {
        double largest = 1;
        for (double v : expected) {
            largest = Math.max(largest, Math.abs(v));
        }
        assertArrayEquals(expected, actual, TOLERANCE * largest, what);
    }

    private static void assertSameGradients(ScalarGradients expected, Backpropagation actual, Parameters parameters,
            Graph model) {
        Map<String, float[]> gradients = actual.gradients();
        for (String name : parameters.learntShapes().keySet()) {
            assertClose(expected.get(name), doubles(gradients.get(name)), model + ": " + name);
        }
    }

    @Property(tries = 300)
    void gradientsWithoutDropoutAreThoseOfTheReference(@ForAll @IntRange(min = 1, max = 11) int batch,
            @ForAll @IntRange(min = 1, max = 2) int outputs, @ForAll boolean portable, @ForAll boolean lengths,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = RandomGraph.model(outputs, Activation.TANH, true, random);
        assertGradients(model, RandomGraph.input(model, batch, lengths, random), portable, random);
    }

    @Property(tries = 300)
    void gradientsOfGivenStatesAreThoseOfTheReferenceWhereStepsAreMasked(@ForAll boolean both,
            @ForAll @IntRange(min = 1, max = 11) int batch, @ForAll @IntRange(min = 1, max = 6) int steps,
            @ForAll boolean portable, @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = RandomGraph.givenStates(both, random);
        assertGradients(model, RandomGraph.givenStates(model, batch, steps, random), portable, random);
    }

    private static void assertGradients(Graph model, ModelInput input, boolean portable, Random random) {
        Parameters parameters = Parameters.of(model);
        try (Backpropagation fast = new Backpropagation(model, kernel(portable), 1)) {
            List<float[]> y = fast.outputs(input);
            List<float[]> dy = y.stream().map(each -> RandomTraining.floats(each.length, random)).toList();
            fast.backward(dy);
            ScalarBackpropagation scalar = new ScalarBackpropagation(model);
            ScalarGradients gradients = new ScalarGradients(parameters);
            assertClose(scalar.forward(parameters, ScalarInput.of(input)), doubles(y.getFirst()), model + ": y");
            if (dy.size() == 1) {
                scalar.backward(doubles(dy.getFirst()), gradients);
                assertSameGradients(gradients, fast, parameters, model);
                for (int i = 0; i < input.inputs(); i++) {
                    if (input.features(i) != null) {
                        assertClose(scalar.inputGradient(i), fast.inputGradient(i), model + ": dx" + i);
                    }
                }
            }
        }
    }

    static List<TargetValues> targets(LossFunction loss, Graph model, ModelInput batch, Random random) {
        List<Integer> steps = model.steps(IntStream.range(0, batch.inputs()).mapToObj(batch::steps).toList());
        List<TargetValues> targets = new ArrayList<>();
        int longest = RandomGraph.longest(RandomGraph.STEPS, random);
        for (int output : model.outputs()) {
            int places = batch.batch() * steps.get(output);
            boolean[] mask = new boolean[places];
            for (int i = 0; i < places; i++) {
                mask[i] = i == 0 || (i % steps.get(output) < longest && random.nextInt(4) > 0);
            }
            targets.add((loss == LossFunction.CATEGORICAL_CROSS_ENTROPY
                    ? TargetValues.ofLabels(random.ints(places, 0, model.shape(output).features()).toArray())
                    : TargetValues.ofValues(random.doubles((long) places * model.shape(output).features()).toArray()))
                    .withMask(mask));
        }
        return targets;
    }

    static Activation last(LossFunction loss) {
        return switch (loss) {
            case CATEGORICAL_CROSS_ENTROPY -> Activation.SOFTMAX;
            case BINARY_CROSS_ENTROPY -> Activation.SIGMOID;
            case MEAN_SQUARED_ERROR -> Activation.TANH;
        };
    }

    /** In training: what is drawn, the reference draws the same. */
    @Property(tries = 300)
    void lossesGradientsAndMovingAveragesAreThoseOfTheReference(@ForAll LossFunction loss,
            @ForAll @IntRange(min = 2, max = 19) int batch, @ForAll @IntRange(min = 1, max = 2) int outputs,
            @ForAll boolean portable, @ForAll boolean lengths, @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = RandomGraph.model(outputs, last(loss), true, random);
        ModelInput input = RandomGraph.input(model, batch, lengths, random);
        List<TargetValues> targets = targets(loss, model, input, random);
        Parameters parameters = Parameters.of(model);
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        ScalarGradients gradients = new ScalarGradients(parameters);
        try (Backpropagation fast = new Backpropagation(model, kernel(portable), 1)) {
            LossSums result = fast.lossAndGradients(input, targets, loss, seed);
            double expected = scalar.lossAndGradients(parameters, ScalarInput.of(input), loss,
                    counted(model, input, targets),
                    new Replay(model, input, seed), gradients);
            assertEquals(expected, result.lossSum() / Math.max(1, result.counted()),
                    TOLERANCE * Math.max(1, Math.abs(expected)));
            assertSameGradients(gradients, fast, parameters, model);
            scalar.moveAverages(parameters);
            fast.moveAverages();
            fast.fixed().forEach((name, values) -> assertClose(parameters.get(name), doubles(values), name));
        }
    }

    /** The targets without the steps that the model's own masks leave out, which the reference does not look at. */
    static List<TargetValues> counted(Graph model, ModelInput input, List<TargetValues> targets) {
        Network network = new Network(model);
        Passage passage = network.newPassage();
        passage.begin(new Node.Context(new ScalarGruKernel().training(), input, 0, 0, input.batch(), null, 0, 0));
        passage.forward(network.plan().steps());
        List<TargetValues> counted = new ArrayList<>();
        for (int output = 0; output < targets.size(); output++) {
            Features y = passage.value(network.plan().outputs().get(output));
            boolean[] mask = targets.get(output).mask().clone();
            for (int i = 0; i < mask.length; i++) {
                mask[i] &= y.counts(i % y.steps * y.rows + i / y.steps);
            }
            counted.add(targets.get(output).withMask(mask));
        }
        return counted;
    }

    @Property(tries = 100)
    void anyNumberOfThreadsHasTheSameBits(@ForAll LossFunction loss, @ForAll @IntRange(min = 1, max = 40) int batch,
            @ForAll @IntRange(min = 2, max = 4) int threads, @ForAll boolean lengths, @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = RandomGraph.model(2, last(loss), false, random);
        ModelInput input = RandomGraph.input(model, batch, lengths, random);
        List<TargetValues> targets = targets(loss, model, input, random);
        try (Backpropagation alone = new Backpropagation(model, new PortableGruKernel(), 1);
                Backpropagation together = new Backpropagation(model, new PortableGruKernel(), threads)) {
            for (int step = 0; step < 2; step++) {
                assertEquals(alone.lossAndGradients(input, targets, loss, seed + step),
                        together.lossAndGradients(input, targets, loss, seed + step));
                for (int i = 0; i < alone.arrays().size(); i++) {
                    assertArrayEquals(alone.arrays().get(i).gradient(), together.arrays().get(i).gradient());
                }
                alone.moveAverages();
                together.moveAverages();
                alone.fixed().forEach((name, values) -> assertArrayEquals(values, together.fixed().get(name), name));
            }
            assertEquals(alone.loss(input, targets, loss), together.loss(input, targets, loss));
        }
    }

    /** Layers with corners, on one and the same side of them in floats and in doubles but for a few in a million. */
    @Property(tries = 200)
    void outputsOfAllLayersAreThoseOfTheReference(@ForAll @IntRange(min = 1, max = 11) int batch,
            @ForAll boolean lengths, @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = RandomGraph.model(1, Activation.LINEAR, false, random);
        ModelInput input = RandomGraph.input(model, batch, lengths, random);
        try (Backpropagation fast = new Backpropagation(model, new PortableGruKernel(), 1)) {
            assertClose(new ScalarBackpropagation(model).forward(Parameters.of(model), ScalarInput.of(input)),
                    doubles(fast.forward(input)), model.toString());
        }
    }

    /** What is trained is what runs, to the rounding of normalizations, which the two compute in other forms. */
    @Property(tries = 200)
    void outputsAreThoseOfTheModel(@ForAll @IntRange(min = 1, max = 11) int batch, @ForAll boolean lengths,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = RandomGraph.model(2, Activation.TANH, false, random);
        ModelInput input = RandomGraph.input(layers, batch, lengths, random);
        try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel("portable"));
                Backpropagation training = new Backpropagation(layers, new PortableGruKernel(), 1)) {
            List<float[]> expected = model.run(input).outputs();
            List<float[]> actual = training.outputs(input);
            for (int i = 0; i < expected.size(); i++) {
                assertClose(doubles(expected.get(i)), doubles(actual.get(i)), layers.toString());
            }
        }
    }

    @Property(tries = 100)
    void weightsAreTheModelsAndComeBackAsTheyWere(@ForAll long seed) {
        Graph model = RandomGraph.model(2, Activation.LINEAR, false, new Random(seed));
        Parameters before = Parameters.of(model);
        try (Backpropagation training = new Backpropagation(model, new PortableGruKernel(), 1)) {
            Parameters after = Parameters.of(training.toModel());
            assertEquals(before.names(), after.names());
            for (String name : before.names()) {
                assertArrayEquals(before.get(name), after.get(name));
            }
        }
    }
}
