package dev.gru.train.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.kernel.Activations;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.kernel.RandomWeights;
import dev.gru.kernel.ScalarGruKernel;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.LossSums;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.RandomLoss;
import dev.gru.train.math.RandomTraining;
import dev.gru.train.math.TargetValues;
import dev.gru.train.reference.ScalarBackpropagation;
import dev.gru.train.reference.ScalarGradients;
import dev.gru.train.reference.ScalarInput;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/** Training in floats against the reference in double. */
class BackpropagationProperties {
    /**
     * Between floats and doubles: each operation is off by 2^-24 of its result. The longest way through these models,
     * there and back, is some 16 steps of sums of at most 30 terms, about 500 operations; the terms are of the size of
     * the largest element, or cancel. 500 · 2^-24 = 3e-5.
     */
    private static final double TOLERANCE = 3e-5;

    private static GruKernel kernel(boolean portable) {
        return portable ? new PortableGruKernel() : new ScalarGruKernel();
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static double[] rounded(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) values[i];
        }
        return values;
    }

    private static void assertClose(double[] expected, double[] actual, String what) {
        double largest = 1;
        for (double v : expected) {
            largest = Math.max(largest, Math.abs(v));
        }
        assertArrayEquals(expected, actual, TOLERANCE * largest, what);
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    @Property(tries = 300)
    void outputsAndGradientsAreThoseOfTheReference(@ForAll @IntRange(min = 1, max = 4) int steps,
            @ForAll @IntRange(min = 1, max = 19) int batch, @ForAll boolean portable, @ForAll long seed) {
        Random random = new Random(seed);
        assertSame(RandomTraining.model(random), batch, steps, portable, random);
    }

    @Provide
    Arbitrary<Activation> activations() {
        return Arbitraries.of(Activations.all().toList());
    }

    /** Of a dense layer, or of a layer of its own; the sums are on both sides of corners. */
    @Property(tries = 500)
    void activationsAreThoseOfTheReference(@ForAll("activations") Activation activation,
            @ForAll @IntRange(min = 1, max = 19) int batch, @ForAll boolean portable, @ForAll long seed) {
        Random random = new Random(seed);
        float[] weights = floats(RandomTraining.doubles(18 * 3, random));
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= 3;
        }
        boolean alone = random.nextBoolean();
        DenseWeights sums = new DenseWeights(3, 18, alone ? Activation.LINEAR : activation, weights, new float[18]);
        Graph model = Sequential.builder().input(3).dense(sums).activation(alone ? activation : Activation.LINEAR)
                .dense(RandomWeights.dense(18, 2, Activation.LINEAR, random.nextLong())).build();
        assertSame(model, batch, 3, portable, random);
    }

    /** Gates are from 0 to 1, so that errors do not grow from step to step. */
    @Provide
    Arbitrary<GruActivations> recurrences() {
        float none = Float.POSITIVE_INFINITY;
        return Arbitraries.of(new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), Activation.TANH, none),
                new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), Activation.RELU, 3),
                new GruActivations(Activation.SIGMOID, Activation.SOFTSIGN, 0.5f),
                new GruActivations(Activation.SIGMOID, Activation.leakyRelu(0.2f), 0.8f),
                new GruActivations(Activation.SPARSE_SIGMOID, Activation.ELU, none));
    }

    @Property(tries = 200)
    void otherFunctionsOfGruLayersAreThoseOfTheReference(@ForAll GruVariant variant,
            @ForAll("recurrences") GruActivations functions, @ForAll @IntRange(min = 1, max = 19) int batch,
            @ForAll @IntRange(min = 1, max = 20) int units, @ForAll boolean portable, @ForAll long seed) {
        Random random = new Random(seed);
        GruLayer layer = new GruLayer("gru", RandomWeights.gru(variant, functions, 3, units, random.nextLong()))
                .withReturnSequences(random.nextBoolean());
        assertSame(new Sequential(List.of(layer)), batch, 3, portable, random);
    }

    private static void assertSame(Graph model, int batch, int steps, boolean portable, Random random) {
        ModelInput input = RandomTraining.input(model, batch, steps, random);
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        Parameters parameters = Parameters.of(model);
        double[] y = scalar.forward(parameters, ScalarInput.of(input));
        double[] dy = rounded(RandomTraining.doubles(y.length, random));
        ScalarGradients gradients = new ScalarGradients(parameters);
        scalar.backward(dy, gradients);

        try (Backpropagation fast = new Backpropagation(model, kernel(portable), 1)) {
            assertClose(y, doubles(fast.forward(input)), "y");
            fast.backward(floats(dy));
            assertClose(scalar.inputGradient(), fast.inputGradient(), "dx");
            for (int i = 0; i < scalar.initialStateGradients().size(); i++) {
                assertClose(scalar.initialStateGradients().get(i), fast.initialStateGradients().get(i), "states " + i);
            }
            assertSameGradients(gradients, fast, parameters);
        }
    }

    private static void assertSameGradients(ScalarGradients expected, Backpropagation actual, Parameters parameters) {
        Map<String, float[]> gradients = actual.gradients();
        for (String name : parameters.names()) {
            assertClose(expected.get(name), doubles(gradients.get(name)), name);
        }
        for (WeightArray array : actual.arrays()) {
            if (array.isTable()) {
                assertSameRows(expected, array);
            }
        }
    }

    /** Rows that only padding looks up, which is not computed, have no gradient. */
    private static void assertSameRows(ScalarGradients expected, WeightArray table) {
        double[] gradient = expected.get(table.name());
        int[] touched = table.ofRows().rows();
        int size = gradient.length / RandomTraining.VOCABULARY;
        assertArrayEquals(Arrays.stream(expected.touchedRows(table.name()))
                .filter(row -> Arrays.binarySearch(touched, row) >= 0
                        || Arrays.stream(gradient, row * size, (row + 1) * size).anyMatch(d -> d != 0))
                .toArray(), touched);
    }

    /** Labels where the model ends with softmax, values else; of what drops out, the reference drops the same. */
    @Property(tries = 300)
    void lossesAndTheirGradientsAreThoseOfTheReference(@ForAll @IntRange(min = 1, max = 4) int steps,
            @ForAll @IntRange(min = 1, max = 19) int batch, @ForAll boolean portable, @ForAll boolean weighted,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = RandomTraining.model(random);
        ModelInput input = RandomTraining.input(model, batch, steps, random);
        int places = batch * (model.returnsSequences() ? steps : 1);
        LossFunction loss = RandomLoss.of(model);
        TargetValues targets = RandomLoss.targets(loss, places, model.outputSize(), random);
        if (weighted) {
            targets = targets.withWeights(RandomTraining.doubles(places, random));
        }
        long dropout = random.nextLong();
        Parameters parameters = Parameters.of(model);
        ScalarGradients gradients = new ScalarGradients(parameters);
        try (Backpropagation fast = new Backpropagation(model, kernel(portable), 1)) {
            LossSums result = fast.lossAndGradients(input, targets, loss, dropout);
            TargetValues masked = targets.withMask(RandomLoss.counts(model, input));
            double expected = new ScalarBackpropagation(model).lossAndGradients(parameters, ScalarInput.of(input), loss,
                    masked,
                    new Replay(model, input, dropout), gradients);
            assertEquals(expected, result.lossSum() / Math.max(1, result.counted()),
                    TOLERANCE * Math.max(1, Math.abs(expected)));
            assertSameGradients(gradients, fast, parameters);
        }
    }

    @Property(tries = 100)
    void forwardHasTheBitsOfPredict(@ForAll @IntRange(min = 1, max = 4) int steps,
            @ForAll @IntRange(min = 1, max = 19) int batch, @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = RandomTraining.model(random);
        ModelInput input = RandomTraining.input(layers, batch, steps, random);
        int[] lengths = random.ints(batch, 0, steps + 1).toArray();
        ModelInput same = input.withLengths(lengths);
        try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel("portable"));
                Backpropagation training = new Backpropagation(layers, new PortableGruKernel(), 1)) {
            assertArrayEquals(model.run(same).y(), training.forward(same));
        }
    }

    @Property(tries = 100)
    void anyNumberOfThreadsHasTheSameBits(@ForAll @IntRange(min = 1, max = 40) int batch,
            @ForAll @IntRange(min = 2, max = 4) int threads, @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = RandomTraining.model(random);
        ModelInput input = RandomTraining.input(model, batch, 3, random);
        LossFunction loss = RandomLoss.of(model);
        TargetValues targets = RandomLoss.targets(loss, batch * (model.returnsSequences() ? 3 : 1), model.outputSize(),
                random);
        try (Backpropagation alone = new Backpropagation(model, new PortableGruKernel(), 1);
                Backpropagation together = new Backpropagation(model, new PortableGruKernel(), threads)) {
            assertEquals(alone.lossAndGradients(input, targets, loss, seed),
                    together.lossAndGradients(input, targets, loss, seed));
            for (int i = 0; i < alone.arrays().size(); i++) {
                assertArrayEquals(alone.arrays().get(i).gradient(), together.arrays().get(i).gradient());
            }
        }
    }

    @Property(tries = 100)
    void weightsAreTheModelsAndComeBackAsTheyWere(@ForAll long seed) {
        Random random = new Random(seed);
        Graph model = RandomTraining.model(random);
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
