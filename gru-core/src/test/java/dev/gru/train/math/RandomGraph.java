package dev.gru.train.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking.SetMask;
import dev.gru.layer.Merge;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Normalization;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Regularization;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Scale;
import dev.gru.layer.Shape;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;

/** Random graphs of layers that can be trained, each layer by itself, and random batches for them. */
public final class RandomGraph {
    /** Steps of a model's first input, and of its second one. */
    public static final int STEPS = 5;
    private static final int OTHER_STEPS = 3;
    private static final int VOCABULARY = 6;
    /** Not too small, so that differences are good where a variance is. */
    private static final float EPSILON = 0.1f;

    private final Random random;
    /** Whether there are to be no corners, at which differences are no derivatives. */
    private final boolean smooth;
    private final Graph.Builder graph = new Graph.Builder();
    private final List<Value> values = new ArrayList<>();
    private int layers;

    private record Value(int number, Shape shape, int steps) {
    }

    private RandomGraph(Random random, boolean smooth) {
        this.random = random;
        this.smooth = smooth;
    }

    /**
     * Returns a graph whose outputs are those of dense layers.
     *
     * @param outputs how many
     * @param last what they end with
     */
    public static Graph model(int outputs, Activation last, boolean smooth, Random random) {
        return new RandomGraph(random, smooth).build(outputs, last);
    }

    /** Returns a batch for such a graph, with lengths or without; perhaps all rows end with padding. */
    public static ModelInput input(Graph model, int batch, boolean lengths, Random random) {
        ModelInput input = null;
        int longest = longest(STEPS, random);
        int sequences = 0;
        for (Graph.Input each : model.inputs()) {
            int steps = each.shape().isSequence() ? sequences++ == 0 ? STEPS : OTHER_STEPS : 1;
            ModelInput next = each.shape().kind() == Shape.Kind.TOKENS
                    ? ModelInput.tokens(batch, steps, tokens(batch, steps, longest, random))
                    : ModelInput.features(batch, steps,
                            RandomTraining.floats(batch * steps * each.shape().features(), random));
            input = input == null ? next : input.and(next);
        }
        return lengths ? input.withLengths(random.ints(batch, 1, longest + 1).toArray()) : input;
    }

    /** Returns how many steps there are to be in rows, perhaps all. */
    public static int longest(int steps, Random random) {
        return random.nextBoolean() ? steps : 1 + random.nextInt(steps);
    }

    /** The first of a row is none that is masked: of nothing there is no average. */
    private static int[] tokens(int batch, int steps, int longest, Random random) {
        int[] tokens = random.ints((long) batch * steps, 0, VOCABULARY).toArray();
        for (int row = 0; row < batch; row++) {
            Arrays.fill(tokens, row * steps + Math.min(longest, steps), (row + 1) * steps, 0);
            tokens[row * steps] = 1 + random.nextInt(VOCABULARY - 1);
        }
        return tokens;
    }

    private Graph build(int outputs, Activation last) {
        boolean tokens = random.nextBoolean();
        int first = graph.input("x", tokens ? Shape.tokens() : Shape.sequence(3));
        int second = random.nextBoolean() ? graph.input("z", tokens ? Shape.tokens() : Shape.sequence(3)) : -1;
        int vector = random.nextBoolean() ? graph.input("static", Shape.vector(4)) : -1;
        if (tokens) {
            Layer table = new Embedding("table", VOCABULARY, 3, RandomWeights.floats(VOCABULARY * 3, random))
                    .withMaskZero(random.nextBoolean());
            add(table, STEPS, first);
            if (second >= 0) {
                add(table, OTHER_STEPS, second);
            }
        } else {
            values.add(new Value(first, Shape.sequence(3), STEPS));
            if (second >= 0) {
                values.add(new Value(second, Shape.sequence(3), OTHER_STEPS));
            }
        }
        if (vector >= 0) {
            values.add(new Value(vector, Shape.vector(4), 1));
        }
        int count = 2 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            Value from = random.nextInt(3) == 0 ? RandomTraining.anyOf(values, random) : values.getLast();
            addAny(from);
        }
        int[] ends = new int[outputs];
        for (int i = 0; i < outputs; i++) {
            Value from = i == 0 ? values.getLast() : RandomTraining.anyOf(values, random);
            ends[i] = add(dense(from.shape.features(), 2, last), from.steps, from.number);
        }
        return graph.build(ends);
    }

    private String name() {
        return "layer" + layers++;
    }

    private int add(Layer layer, int steps, int... from) {
        int number = graph.add(layer, from);
        values.add(new Value(number, graph.build(number).shape(number), steps));
        return number;
    }

    /**
     * Returns a GRU or two whose initial states are inputs, and which are shown the mask of tokens of which id 0 is
     * masked: the inputs are the tokens and a state, or two.
     *
     * @param both whether it is a bidirectional layer
     */
    public static Graph givenStates(boolean both, Random random) {
        Graph.Builder graph = new Graph.Builder();
        int tokens = graph.input("tokens", Shape.tokens());
        GruVariant variant = RandomTraining.anyOf(List.of(GruVariant.values()), random);
        int units = 1 + random.nextInt(3);
        boolean sequences = random.nextBoolean();
        Layer layer = both
                ? RandomTraining.both("gru", variant, 3, sequences,
                        RandomTraining.anyOf(List.of(MergeMode.values()), random), random)
                : RandomTraining.gru("gru", variant, 3, units, sequences,
                        RandomTraining.anyOf(List.of(Direction.values()), random), random);
        List<Integer> sizes = layer.stateSizes(List.of(Shape.sequence(3)));
        int[] in = new int[1 + sizes.size()];
        for (int i = 0; i < sizes.size(); i++) {
            in[i + 1] = graph.input("state" + i, Shape.vector(sizes.get(i)));
        }
        in[0] = graph.add(new Embedding("table", VOCABULARY, 3, RandomWeights.floats(VOCABULARY * 3, random))
                .withMaskZero(true), tokens);
        return graph.build(graph.add(layer, in));
    }

    /** Returns a batch for such a model: masked steps anywhere, a row of nothing else, and one of none. */
    public static ModelInput givenStates(Graph model, int batch, int steps, Random random) {
        int[] tokens = random.ints((long) batch * steps, 0, 2).toArray();
        for (int i = 0; i < tokens.length; i++) {
            int row = i / steps;
            tokens[i] = row == 0 ? 0 : row == 1 || tokens[i] == 1 ? 1 + random.nextInt(VOCABULARY - 1) : 0;
        }
        ModelInput input = ModelInput.tokens(batch, steps, tokens);
        for (int i = 1; i < model.inputs().size(); i++) {
            input = input.and(ModelInput.vector(batch,
                    RandomTraining.floats(batch * model.inputs().get(i).shape().features(), random)));
        }
        return input;
    }

    private Layer dense(int inputs, int outputs, Activation activation) {
        return new Dense(name(), RandomWeights.dense(inputs, outputs, activation, random.nextLong()));
    }

    private void addAny(Value from) {
        if (random.nextInt(5) == 0) {
            merge(from);
        } else if (!from.shape.isSequence()) {
            addToVector(from);
        } else if (random.nextInt(3) == 0) {
            addRecurrent(from);
        } else {
            Layer layer = RandomTraining.anyOf(ofSequence(name(), from.shape.features(), from.steps), random);
            int steps = layer.outputSteps(List.of(from.shape), List.of(from.steps));
            add(layer, steps, from.number);
        }
    }

    private void merge(Value from) {
        List<Value> alike = values.stream()
                .filter(each -> each.steps == from.steps && each.shape.kind() == from.shape.kind()).toList();
        Value other = RandomTraining.anyOf(alike, random);
        if (from.shape.isSequence() && random.nextInt(4) == 0) {
            add(new SetMask(name()), from.steps, from.number, other.number);
            return;
        }
        boolean same = other.shape.equals(from.shape) || other.shape.features() == 1 || from.shape.features() == 1;
        List<Merge.Kind> kinds = new ArrayList<>(List.of(Merge.Kind.CONCATENATE));
        if (same) {
            kinds.addAll(List.of(Merge.Kind.ADD, Merge.Kind.SUBTRACT, Merge.Kind.MULTIPLY, Merge.Kind.AVERAGE));
            if (!smooth) {
                kinds.addAll(List.of(Merge.Kind.MAXIMUM, Merge.Kind.MINIMUM));
            }
        }
        if (other.shape.equals(from.shape) && from.shape.isSequence() && from.steps < 8) {
            kinds.add(Merge.Kind.CONCATENATE_STEPS);
        }
        Merge.Kind kind = RandomTraining.anyOf(kinds, random);
        if (kind == Merge.Kind.CONCATENATE && from.shape.features() + other.shape.features() > 8) {
            kind = Merge.Kind.ADD;
            other = from;
        }
        add(new Merge(name(), kind), kind == Merge.Kind.CONCATENATE_STEPS ? 2 * from.steps : from.steps, from.number,
                other.number);
    }

    private void addToVector(Value from) {
        int size = from.shape.features();
        switch (random.nextInt(4)) {
            case 0 -> add(new Reshaping.RepeatVector(name(), 4), 4, from.number);
            case 1 -> add(dense(size, 1 + random.nextInt(4), Activation.TANH), 1, from.number);
            case 2 -> add(RandomTraining.anyOf(ofStep(name(), size), random), 1, from.number);
            default -> add(new Reshaping.Reshape(name(), Shape.sequence(1)), size, from.number);
        }
    }

    /** A GRU or two, perhaps with states from elsewhere; or attention. */
    private void addRecurrent(Value from) {
        int size = from.shape.features();
        boolean sequences = random.nextBoolean();
        GruVariant variant = RandomTraining.anyOf(List.of(GruVariant.RESET_AFTER, GruVariant.RESET_BEFORE), random);
        switch (random.nextInt(3)) {
            case 0 -> {
                int units = 1 + random.nextInt(3);
                Layer gru = RandomTraining.gru(name(), variant, size, units, sequences,
                        RandomTraining.anyOf(List.of(Direction.values()), random), random);
                if (random.nextBoolean()) {
                    add(gru, sequences ? from.steps : 1, from.number);
                } else {
                    add(gru, sequences ? from.steps : 1, from.number, state(from, units));
                }
            }
            case 1 -> {
                Layer both = RandomTraining.both(name(), variant, size, sequences,
                        RandomTraining.anyOf(List.of(MergeMode.values()), random), random);
                List<Integer> states = both.stateSizes(List.of(from.shape));
                if (random.nextBoolean()) {
                    add(both, sequences ? from.steps : 1, from.number);
                } else {
                    add(both, sequences ? from.steps : 1, from.number, state(from, states.get(0)),
                            state(from, states.get(1)));
                }
            }
            default -> {
                List<Value> keys = values.stream().filter(each -> each.shape.equals(from.shape)).toList();
                add(attention(name(), size, RandomTraining.anyOf(List.of(Attention.Score.values()), random), random),
                        from.steps, from.number, RandomTraining.anyOf(keys, random).number);
            }
        }
    }

    private int state(Value from, int units) {
        int mean = add(new GlobalPooling1D(name(), GlobalPooling1D.Kind.AVERAGE), 1, from.number);
        return add(dense(from.shape.features(), units, Activation.TANH), 1, mean);
    }

    /** Returns an attention, with a scale or without. */
    public static Attention attention(String name, int size, Attention.Score score, Random random) {
        int scales = random.nextInt(3) == 0 ? 0 : score == Attention.Score.ADDITIVE ? size : 1;
        return new Attention(name, score, RandomTraining.floats(scales, random)).withCausal(random.nextBoolean());
    }

    private List<Layer> ofStep(String name, int size) {
        return ofStep(name, size, smooth, random);
    }

    /** Returns layers that take a step of so many features, alone or in a sequence. */
    public static List<Layer> ofStep(String name, int size, boolean smooth, Random random) {
        Normalization.Learnt learnt = RandomTraining.anyOf(List.of(Normalization.Learnt.values()), random);
        List<float[]> learntArrays = new ArrayList<>();
        for (int i = learnt == Normalization.Learnt.BOTH
                ? 2
                : learnt == Normalization.Learnt.NOTHING ? 0 : 1; i > 0; i--) {
            learntArrays.add(RandomTraining.floats(size, random));
        }
        List<float[]> withMoving = new ArrayList<>(learntArrays);
        withMoving.add(RandomTraining.floats(size, random));
        float[] variances = RandomTraining.floats(size, random);
        for (int i = 0; i < size; i++) {
            variances[i] = 1.5f + variances[i];
        }
        withMoving.add(variances);
        List<Layer> layers = new ArrayList<>(List.of(
                new Normalization.BatchNormalization(name, size, EPSILON, 0.8f, learnt, withMoving),
                new Normalization.LayerNormalization(name, size, EPSILON, learnt, learntArrays),
                new Scale(name, size, RandomTraining.floats(size, random), RandomTraining.floats(size, random),
                        RandomTraining.floats(size, random)),
                new ActivationLayer(name, Activation.TANH), new Dropout(name, 0.3),
                new Regularization(name, Regularization.Kind.GAUSSIAN_NOISE, 0.5f, 0),
                new Regularization(name, Regularization.Kind.GAUSSIAN_DROPOUT, 0.3f, 0),
                new Regularization(name, Regularization.Kind.ALPHA_DROPOUT, 0.3f, 0),
                new Regularization(name, Regularization.Kind.ACTIVITY_REGULARIZATION, smooth ? 0 : 0.2f, 0.3f),
                new Reshaping.Slice(name, size / 2, 1)));
        if (!smooth) {
            layers.add(new PReLU(name, 1, size, RandomTraining.floats(size, random)));
        }
        return layers;
    }

    private List<Layer> ofSequence(String name, int size, int steps) {
        return ofSequence(name, size, steps, smooth, random);
    }

    /** Returns layers that take a sequence of so many features and steps. */
    public static List<Layer> ofSequence(String name, int size, int steps, boolean smooth, Random random) {
        List<Layer> layers = ofStep(name, size, smooth, random);
        layers.add(conv(name, size, steps, random));
        layers.add(conv(name, size, steps, random));
        layers.add(new Pooling1D(name, Pooling1D.Kind.AVERAGE, 1 + random.nextInt(Math.min(3, steps)),
                1 + random.nextInt(2), padding(random)));
        layers.add(new GlobalPooling1D(name, GlobalPooling1D.Kind.AVERAGE));
        layers.add(new GlobalPooling1D(name, GlobalPooling1D.Kind.FIRST));
        layers.add(new GlobalPooling1D(name, GlobalPooling1D.Kind.LAST));
        layers.add(new Reshaping.Reshape(name, Shape.vector(steps * size)));
        layers.add(new Reshaping.Permute(name, steps, size));
        layers.add(new Reshaping.ZeroPadding1D(name, random.nextInt(2), random.nextInt(2)));
        layers.add(new ActivationLayer.StepSoftmax(name));
        layers.add(new Regularization(name, Regularization.Kind.SPATIAL_DROPOUT1D, 0.3f, 0));
        if (steps > 1) {
            layers.add(new Reshaping.Cropping1D(name, 1, 0));
        }
        if (steps < 6) {
            layers.add(new Reshaping.UpSampling1D(name, 2));
        }
        if (!smooth) {
            layers.add(new PReLU(name, steps, size, RandomTraining.floats(steps * size, random)));
            layers.add(new GlobalPooling1D(name, GlobalPooling1D.Kind.MAX));
            layers.add(new Pooling1D(name, Pooling1D.Kind.MAX, 1 + random.nextInt(Math.min(3, steps)),
                    1 + random.nextInt(2), padding(random)));
        }
        return layers;
    }

    private static Conv1D.Padding padding(Random random) {
        return random.nextBoolean() ? Conv1D.Padding.VALID : Conv1D.Padding.SAME;
    }

    private static Conv1D conv(String name, int size, int steps, Random random) {
        int kernel = 1 + random.nextInt(Math.min(3, steps));
        int groups = random.nextBoolean() ? size : 1;
        int filters = groups == 1 ? 1 + random.nextInt(4) : size * (1 + random.nextInt(2));
        DenseWeights weights = RandomWeights.dense(kernel * size / groups, filters, Activation.TANH,
                random.nextLong());
        Conv1D conv = new Conv1D(name, size, kernel, weights)
                .withPadding(RandomTraining.anyOf(List.of(Conv1D.Padding.values()), random));
        if (conv.padding() == Conv1D.Padding.VALID) {
            return conv.withStride(1 + random.nextInt(2));
        }
        return random.nextBoolean() ? conv.withStride(2) : conv.withDilation(2);
    }
}
