package dev.gru.train.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.kernel.Activations;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Dense;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.RandomTraining;
import dev.gru.train.math.TargetValues;
import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/** ScalarGradients are the limits of differences: for every layer, variant, direction, mask and loss. */
class GradientProperties {

    @Property(tries = 150)
    void ofGruLayers(@ForAll GruVariant variant, @ForAll Direction direction, @ForAll boolean sequences,
            @ForAll boolean masked, @ForAll @IntRange(min = 1, max = 4) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        check(stack(masked,
                RandomTraining.gru("gru", variant, 2, 1 + random.nextInt(4), sequences, direction, random)), steps,
                random);
    }

    /** Functions with corners and bounds: the seed is one with which no sum is beside a corner. */
    @ParameterizedTest
    @EnumSource
    void ofGruLayersWithCornersAndBounds(GruVariant variant) {
        Random random = new Random(7);
        for (GruActivations functions : List.of(
                new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), Activation.TANH, Float.POSITIVE_INFINITY),
                new GruActivations(Activation.hardSigmoid(0.3f, 0.5f), Activation.RELU, 3),
                new GruActivations(Activation.SIGMOID, Activation.SOFTSIGN, 0.5f),
                new GruActivations(Activation.scaledTanh(0.7f, 1.2f), Activation.SILU, Float.POSITIVE_INFINITY),
                new GruActivations(Activation.SIGMOID, Activation.leakyRelu(0.2f), 0.8f),
                new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), Activation.SELU, Float.POSITIVE_INFINITY))) {
            check(stack(true, new GruLayer("gru", RandomWeights.gru(variant, functions, 2, 4, 3))
                    .withReturnSequences(true)), 3, random);
        }
    }

    @Property(tries = 100)
    void ofBidirectionalLayers(@ForAll GruVariant variant, @ForAll MergeMode merge, @ForAll boolean sequences,
            @ForAll boolean masked, @ForAll @IntRange(min = 1, max = 4) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        check(stack(masked, RandomTraining.both("both", variant, 2, sequences, merge, random)), steps, random);
    }

    @Property(tries = 200)
    void ofAnyModel(@ForAll @IntRange(min = 1, max = 4) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        check(RandomTraining.model(random), steps, random);
    }

    private static Graph stack(boolean masked, Layer layer) {
        return new Sequential(masked ? List.of(new Masking("masking", RandomTraining.MASKED), layer) : List.of(layer));
    }

    /** Checks all derivatives of Σ dy ⊙ y, dropout being drawn from the same seed each time. */
    private static void check(Graph model, int steps, Random random) {
        ScalarInput input = ScalarInput.of(RandomTraining.input(model, 2, steps, random));
        Parameters parameters = Parameters.of(model);
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        long seed = random.nextLong();
        double[] dy = RandomTraining.doubles(
                scalar.forward(parameters, input, new Random(seed)).length, random);
        ScalarGradients gradients = new ScalarGradients(parameters);
        scalar.backward(dy, gradients);
        double[] dx = scalar.inputGradient();
        List<double[]> dStates = scalar.initialStateGradients();

        DoubleSupplier sum = () -> {
            double[] y = scalar.forward(parameters, input, new Random(seed));
            return IntStream.range(0, y.length).mapToDouble(i -> dy[i] * y[i]).sum();
        };
        checkParameters(parameters, gradients, sum);
        for (int i = 0; i < dStates.size(); i++) {
            Differences.check("states of " + i, input.initialState(i, 0), dStates.get(i), sum);
        }
        if (input.features() != null) {
            checkInput(model, input.features(), dx, sum);
        } else {
            assertEquals(0, dx.length);
            checkTouched(input.tokens(), gradients);
        }
    }

    private static void checkParameters(Parameters parameters, ScalarGradients gradients, DoubleSupplier function) {
        for (String name : parameters.names()) {
            Differences.check(name, parameters.get(name), gradients.get(name), function);
        }
    }

    /**
     * Where a step is left out for its features, a change of them would let it in: the derivative there is 0 by
     * definition.
     */
    private static void checkInput(Graph model, double[] x, double[] dx, DoubleSupplier function) {
        int size = model.inputSize();
        for (int from = 0; from < x.length; from += size) {
            double[] step = Arrays.copyOfRange(x, from, from + size);
            double[] dStep = Arrays.copyOfRange(dx, from, from + size);
            int at = from;
            if (model.layers().getFirst() instanceof Masking
                    && Arrays.stream(step).allMatch(v -> v == RandomTraining.MASKED)) {
                assertArrayEquals(new double[size], dStep);
            } else {
                Differences.check("x from " + from, step, dStep, () -> {
                    System.arraycopy(step, 0, x, at, size);
                    return function.getAsDouble();
                });
                System.arraycopy(step, 0, x, at, size);
            }
        }
    }

    private static void checkTouched(int[] tokens, ScalarGradients gradients) {
        assertArrayEquals(Arrays.stream(tokens).distinct().sorted().toArray(), gradients.touchedRows("table/table"));
        gradients.clear();
        assertEquals(0, gradients.globalNorm());
        assertEquals(0, gradients.touchedRows("table/table").length);
    }

    @Property(tries = 100)
    void ofLosses(@ForAll LossFunction loss, @ForAll boolean labels, @ForAll boolean weights, @ForAll boolean mask,
            @ForAll boolean sequences, @ForAll long seed) {
        Random random = new Random(seed);
        Activation last = switch (loss) {
            case CATEGORICAL_CROSS_ENTROPY -> Activation.SOFTMAX;
            case BINARY_CROSS_ENTROPY -> Activation.SIGMOID;
            case MEAN_SQUARED_ERROR -> RandomTraining.anyOf(
                    List.of(Activation.LINEAR, Activation.TANH, Activation.SIGMOID, Activation.SOFTMAX), random);
        };
        Graph model = new Sequential(List.of(
                RandomTraining.gru("gru", GruVariant.RESET_AFTER, 2, 3, sequences, Direction.FORWARD, random),
                new Dense("out", RandomWeights.dense(3, 4, last, random.nextLong()))));
        ScalarInput input = ScalarInput.of(RandomTraining.input(model, 2, 3, random));
        int steps = sequences ? 6 : 2;
        TargetValues targets = labels && loss == LossFunction.CATEGORICAL_CROSS_ENTROPY
                ? TargetValues.ofLabels(random.ints(steps, 0, 4).toArray())
                : TargetValues.ofValues(random.doubles(steps * 4L).toArray());
        if (weights) {
            targets = targets.withWeights(RandomTraining.doubles(steps, random));
        }
        if (mask) {
            boolean[] counts = new boolean[steps];
            for (int step = 0; step < steps; step++) {
                counts[step] = random.nextBoolean();
            }
            targets = targets.withMask(counts);
        }
        Parameters parameters = Parameters.of(model);
        ScalarGradients gradients = new ScalarGradients(parameters);
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        TargetValues chosen = targets;
        double value = scalar.lossAndGradients(parameters, input, loss, targets, random, gradients);
        DoubleSupplier function = () -> scalar.loss(parameters, input, loss, chosen);
        assertEquals(function.getAsDouble(), value, "there is no dropout");
        checkParameters(parameters, gradients, function);
    }

    @Provide
    Arbitrary<Activation> functions() {
        List<Activation.Function> others = List.of(Activation.Function.HARD_SIGMOID, Activation.Function.SPARSEMAX);
        return Arbitraries.of(Stream.concat(Stream.of(Activation.hardSigmoid(0.25f, 0.5f)),
                Activations.all().filter(f -> !others.contains(f.function()))).toList());
    }

    /**
     * The activations that have corners are checked away from them, function by function, with those that have none.
     */
    @Property(tries = 1000)
    void ofActivations(@ForAll("functions") Activation activation, @ForAll long seed) {
        Random random = new Random(seed);
        double[] v = RandomTraining.doubles(6, random);
        for (int i = 0; i < v.length; i++) {
            // Corners are at multiples of 0.05.
            double part = 8 * v[i] / 0.05;
            v[i] = 0.05 * (Math.floor(part) + 0.2 + 0.6 * (part - Math.floor(part)));
        }
        check(activation, v, random);
    }

    /** Of one number, of two and of all three in τ, and of more than these above it. */
    @Example
    void ofSparsemax() {
        for (double[] v : new double[][]{{2, 0.5, -1, 0.1, 3, 1.2}, {0.3, 0.8, -2, -1, -3, -1.4},
                {0.2, 0.1, 0.4, 0.9, 0.4, -0.5}}) {
            check(Activation.SPARSEMAX, v, new Random(3));
        }
    }

    private static void check(Activation activation, double[] v, Random random) {
        double[] dy = RandomTraining.doubles(6, random);
        ScalarActivation trained = new ScalarActivation(activation);
        Function<double[], double[]> forward = x -> trained.forward(new ScalarFeatures(1, 2, 3, x, null), null).values;
        assertEquals(v.length, forward.apply(v).length);
        double[] dv = trained.backward(dy, null);
        Differences.check(activation.toString(), v, dv, () -> {
            double[] y = forward.apply(v);
            return IntStream.range(0, y.length).mapToDouble(i -> dy[i] * y[i]).sum();
        });
    }

    /**
     * What is differentiated is what runs. The kernel rounds the states to floats, by 2^-24 relatively at each step of
     * each layer, of which there are at most eight; these errors hardly grow, and what is wrong is off by far more than
     * 1e-5.
     */
    @Property(tries = 100)
    void forwardIsWhatTheModelPutsOut(@ForAll @IntRange(min = 1, max = 4) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = RandomTraining.model(random);
        ModelInput input = RandomTraining.input(layers, 3, steps, random);
        int[] lengths = random.ints(3, 0, steps + 1).toArray();
        ModelInput same = input.withLengths(lengths);
        try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel("scalar"))) {
            float[] expected = model.run(same).y();
            double[] y = new ScalarBackpropagation(layers).forward(Parameters.of(layers),
                    ScalarInput.of(same));
            assertArrayEquals(expected, floats(y), 1e-5f);
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
