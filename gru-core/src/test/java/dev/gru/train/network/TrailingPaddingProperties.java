package dev.gru.train.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import dev.gru.kernel.PortableGruKernel;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Normalization;
import dev.gru.layer.Regularization;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.LossSums;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.RandomLoss;
import dev.gru.train.math.RandomTraining;
import dev.gru.train.math.TargetValues;
import dev.gru.train.math.TrailingPadding;
import dev.gru.train.reference.ScalarBackpropagation;
import dev.gru.train.reference.ScalarGradients;
import dev.gru.train.reference.ScalarInput;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/**
 * What is left out at the ends of rows changes nothing: the reference, which leaves nothing out, has the same losses,
 * gradients and moving averages, what is drawn in training included.
 */
class TrailingPaddingProperties {
    /** As in {@link GraphBackpropagationProperties}, whose models are larger. */
    private static final double TOLERANCE = 4e-4;

    private static final int SIZE = 3;

    /** Layers that let masked steps be left out, with all that draws in training. */
    private static Graph model(Random random) {
        List<Layer> layers = new ArrayList<>();
        switch (random.nextInt(3)) {
            case 0 -> layers.add(new Embedding("table", RandomTraining.VOCABULARY, SIZE,
                    RandomWeights.floats(RandomTraining.VOCABULARY * SIZE, random)).withMaskZero(true));
            case 1 -> layers.add(new Masking("masking", RandomTraining.MASKED));
            default -> layers.add(new Dense("first", RandomWeights.dense(SIZE, SIZE, Activation.TANH, 1)));
        }
        int size = SIZE;
        for (int i = 0; i < 3; i++) {
            String name = "layer" + i;
            Layer layer = switch (random.nextInt(8)) {
                case 0 -> RandomTraining.both(name, GruVariant.RESET_AFTER, size, true, MergeMode.CONCAT, random);
                case 1 -> new Dropout(name, 0.4);
                case 2 -> new Regularization(name, Regularization.Kind.GAUSSIAN_NOISE, 0.3f, 0);
                case 3 -> new Regularization(name, Regularization.Kind.SPATIAL_DROPOUT1D, 0.3f, 0);
                case 4 -> new Normalization.BatchNormalization(name, size, 0.1f, 0.8f, Normalization.Learnt.NOTHING,
                        List.of(new float[size], RandomTraining.floats(size, random)));
                default -> RandomTraining.gru(name, GruVariant.RESET_AFTER, size, 1 + random.nextInt(4), true,
                        RandomTraining.anyOf(List.of(Direction.FORWARD, Direction.BACKWARD), random), random);
            };
            layers.add(layer);
            size = layer.outputShape(Shape.sequence(size)).features();
        }
        switch (random.nextInt(4)) {
            case 0 -> layers.add(RandomTraining.gru("last", GruVariant.RESET_AFTER, size, size, false,
                    RandomTraining.anyOf(List.of(Direction.values()), random), random));
            case 1 -> layers.add(new GlobalPooling1D("last", GlobalPooling1D.Kind.LAST));
            default -> {
                // A sequence is returned.
            }
        }
        layers.add(new Dropout("dropout", 0.4));
        layers.add(new Dense("out", RandomWeights.dense(size, 2, Activation.SOFTMAX, random.nextLong())));
        return new Sequential(layers);
    }

    /** Rows of random lengths, perhaps 0, perhaps all the same; behind them the padding that the model masks. */
    private static ModelInput input(Graph model, int[] lengths, int steps, Random random) {
        int batch = lengths.length;
        if (model.embedding().isPresent()) {
            int[] tokens = random.ints((long) batch * steps, 0, RandomTraining.VOCABULARY).toArray();
            for (int row = 0; row < batch; row++) {
                Arrays.fill(tokens, row * steps + lengths[row], (row + 1) * steps, 0);
            }
            return ModelInput.tokens(batch, steps, tokens);
        }
        float[] features = RandomTraining.floats(batch * steps * SIZE, random);
        if (model.layers().getFirst() instanceof Masking) {
            for (int row = 0; row < batch; row++) {
                Arrays.fill(features, (row * steps + lengths[row]) * SIZE, (row + 1) * steps * SIZE,
                        RandomTraining.MASKED);
            }
            return ModelInput.features(batch, steps, features);
        }
        return ModelInput.features(batch, steps, features).withLengths(lengths);
    }

    private static TargetValues targets(Graph model, int[] lengths, int steps, Random random) {
        int places = lengths.length * (model.returnsSequences() ? steps : 1);
        TargetValues targets = RandomLoss.targets(LossFunction.CATEGORICAL_CROSS_ENTROPY, places, 2, random)
                .withWeights(random.doubles(places).toArray());
        if (!model.returnsSequences()) {
            return targets;
        }
        boolean[] mask = new boolean[places];
        for (int i = 0; i < places; i++) {
            mask[i] = i % steps < lengths[i / steps] && random.nextInt(5) > 0;
        }
        return targets.withMask(mask);
    }

    private static int[] lengths(int batch, int longest, Random random) {
        return random.nextInt(4) == 0
                ? IntStream.generate(() -> longest).limit(batch).toArray()
                : random.ints(batch, 0, longest + 1).toArray();
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static void assertClose(double[] expected, float[] actual, String what) {
        double largest = Arrays.stream(expected).map(Math::abs).reduce(1, Math::max);
        assertArrayEquals(expected, doubles(actual), TOLERANCE * largest, what);
    }

    @Property(tries = 500)
    void lossesGradientsAndMovingAveragesAreThoseOfTheWholeBatch(@ForAll @IntRange(min = 1, max = 19) int batch,
            @ForAll @IntRange(min = 1, max = 4) int longest, @ForAll @IntRange(min = 2, max = 5) int more,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = model(random);
        int steps = longest + more;
        int[] lengths = lengths(batch, longest, random);
        ModelInput input = input(model, lengths, steps, random);
        TargetValues targets = targets(model, lengths, steps, random);
        assertTrue(new TrailingPadding(model).trim(input, List.of(targets)).removed() > 0, model::toString);
        LossFunction loss = LossFunction.CATEGORICAL_CROSS_ENTROPY;
        Parameters parameters = Parameters.of(model);
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        ScalarGradients gradients = new ScalarGradients(parameters);
        try (Backpropagation fast = new Backpropagation(model, new PortableGruKernel(), 1)) {
            TargetValues counted = counted(model, input, targets);
            LossSums result = fast.lossAndGradients(input, targets, loss, seed);
            double expected = scalar.lossAndGradients(parameters, ScalarInput.of(input), loss, counted,
                    new Replay(model, input, seed), gradients);
            assertEquals(expected, result.lossSum() / Math.max(1, result.counted()),
                    TOLERANCE * Math.max(1, Math.abs(expected)), model.toString());
            for (String name : parameters.learntShapes().keySet()) {
                assertClose(gradients.get(name), fast.gradients().get(name), model + ": " + name);
            }
            assertEquals((long) batch * (model.returnsSequences() ? steps : 1), result.steps());
            assertEquals(IntStream.range(0, (int) result.steps()).filter(counted::counts).count(), result.counted());
            scalar.moveAverages(parameters);
            fast.moveAverages();
            fast.fixed().forEach((name, values) -> assertClose(parameters.get(name), values, model + ": " + name));
        }
    }

    /** The targets without the steps that the model's own mask leaves out, which the reference does not look at. */
    private static TargetValues counted(Graph model, ModelInput input, TargetValues targets) {
        return targets.mask() == null
                ? targets
                : GraphBackpropagationProperties.counted(model, input,
                        List.of(targets)).getFirst();
    }

    /** In evaluation, too: metrics of outputs that are computed of the whole batch. */
    @Property(tries = 200)
    void metricsAreThoseOfTheWholeBatch(@ForAll @IntRange(min = 1, max = 19) int batch,
            @ForAll @IntRange(min = 1, max = 4) int longest, @ForAll @IntRange(min = 2, max = 5) int more,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph model = model(random);
        int steps = longest + more;
        int[] lengths = lengths(batch, longest, random);
        ModelInput input = input(model, lengths, steps, random);
        TargetValues targets = targets(model, lengths, steps, random);
        LossFunction loss = LossFunction.CATEGORICAL_CROSS_ENTROPY;
        try (Backpropagation training = new Backpropagation(model, new PortableGruKernel(), 2)) {
            LossSums result = training.loss(input, targets, loss);
            float[] y = training.forward(input);
            TargetValues counted = counted(model, input, targets);
            double correct = 0;
            double allCorrect = 0;
            for (int step = 0; step < y.length / 2; step++) {
                double right = loss.correct(y, step * 2, 2, targets, step);
                correct += counted.counts(step) ? right : 0;
                allCorrect += targets.counts(step) ? right : 0;
            }
            assertEquals(correct, result.correct());
            assertEquals(allCorrect, result.allCorrect());
            assertEquals(y.length / 2, result.steps());
        }
    }

    /** Bits do not depend on how much padding there is, where nothing is drawn. */
    @Property(tries = 200)
    void anyAmountOfPaddingHasTheSameBits(@ForAll @IntRange(min = 1, max = 19) int batch,
            @ForAll @IntRange(min = 2, max = 4) int longest, @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll long seed) {
        LossSums expected = null;
        List<float[]> gradients = null;
        for (int more : new int[]{2, 7}) {
            Random random = new Random(seed);
            Graph model = Sequential.builder().embedding(RandomTraining.VOCABULARY, SIZE).maskZero().gru(4)
                    .returnSequences().bidirectional(3).returnSequences().dense(2, Activation.SOFTMAX).build();
            Graph weighted = Parameters.of(model).toModel(model);
            int[] lengths = lengths(batch, longest, random);
            int[] tokens = new int[batch * (longest + more)];
            int[] labels = new int[tokens.length];
            boolean[] mask = new boolean[tokens.length];
            for (int row = 0; row < batch; row++) {
                for (int t = 0; t < lengths[row]; t++) {
                    int i = row * (longest + more) + t;
                    tokens[i] = 1 + random.nextInt(RandomTraining.VOCABULARY - 1);
                    labels[i] = random.nextInt(2);
                    mask[i] = true;
                }
            }
            try (Backpropagation training = new Backpropagation(weighted, new PortableGruKernel(), threads)) {
                training.arrays().forEach(array -> {
                    for (int i = 0; i < array.values().length; i++) {
                        array.values()[i] = (i % 7 - 3) * 0.1f;
                    }
                });
                training.weightsChanged();
                LossSums result = training.lossAndGradients(ModelInput.tokens(batch, longest + more, tokens),
                        TargetValues.ofLabels(labels).withMask(mask), LossFunction.CATEGORICAL_CROSS_ENTROPY, 1);
                List<float[]> found = training.arrays().stream().map(array -> array.gradient().clone()).toList();
                expected = expected == null ? result : expected;
                gradients = gradients == null ? found : gradients;
                assertEquals(expected.lossSum(), result.lossSum());
                assertEquals(expected.counted(), result.counted());
                for (int i = 0; i < found.size(); i++) {
                    assertArrayEquals(gradients.get(i), found.get(i));
                }
            }
        }
    }
}
