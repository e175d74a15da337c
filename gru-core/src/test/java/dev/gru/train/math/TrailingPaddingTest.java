package dev.gru.train.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Merge;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Normalization;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Regularization;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** Which steps count for nothing: by the layers of a model, by its inputs, by its targets. */
class TrailingPaddingTest {
    private static final int STEPS = 7;
    private static final int SIZE = 3;
    private static final float MASKED = 9;
    private static final Random RANDOM = new Random(1);

    /** What follows a table or features, and whether steps may be left out if nothing is masked, and if padding is. */
    record Case(String name, boolean unmasked, boolean masked, List<Layer> layers) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static GruLayer gru(boolean sequences, Direction direction) {
        return RandomTraining.gru("gru", GruVariant.RESET_AFTER, SIZE, SIZE, sequences, direction, RANDOM);
    }

    private static Bidirectional both(boolean sequences) {
        return RandomTraining.both("both", GruVariant.RESET_AFTER, SIZE, sequences, Bidirectional.MergeMode.SUM,
                RANDOM);
    }

    private static Conv1D conv(int kernel, Conv1D.Padding padding) {
        return new Conv1D("conv", SIZE, kernel, RandomWeights.dense(kernel * SIZE, SIZE, Activation.TANH, 2))
                .withPadding(padding);
    }

    private static GlobalPooling1D pooling(GlobalPooling1D.Kind kind) {
        return new GlobalPooling1D("pooling", kind);
    }

    private static Normalization batchNormalization() {
        float[] ones = {1, 1, 1};
        return new Normalization.BatchNormalization("batch", SIZE, 0.1f, 0.9f, Normalization.Learnt.NOTHING,
                List.of(new float[SIZE], ones));
    }

    private static Regularization regularization(Regularization.Kind kind) {
        return new Regularization("regularization", kind, 0.2f, 0);
    }

    static List<Case> cases() {
        Dense dense = new Dense("dense", RandomWeights.dense(SIZE, SIZE, Activation.TANH, 1));
        return List.of(new Case("per step", true, true, List.of(dense, new Dropout("dropout", 0.5f))),
                new Case("forward", true, true, List.of(gru(true, Direction.FORWARD))),
                new Case("last output", false, true, List.of(gru(false, Direction.FORWARD))),
                new Case("backward", false, true, List.of(gru(true, Direction.BACKWARD))),
                new Case("backward, last output", false, true, List.of(gru(false, Direction.BACKWARD))),
                new Case("backward as read", false, false, List.of(gru(true, Direction.BACKWARD_AS_READ))),
                new Case("backward as read, last output", false, true,
                        List.of(gru(false, Direction.BACKWARD_AS_READ))),
                new Case("bidirectional", false, true, List.of(both(true))),
                new Case("bidirectional, last outputs", false, true, List.of(both(false))),
                new Case("noise", true, true, List.of(regularization(Regularization.Kind.GAUSSIAN_NOISE))),
                new Case("penalty", false, false, List.of(regularization(Regularization.Kind.ACTIVITY_REGULARIZATION))),
                new Case("penalty of a vector", false, true, List.of(gru(false, Direction.FORWARD),
                        regularization(Regularization.Kind.ACTIVITY_REGULARIZATION))),
                new Case("batch normalization", false, true, List.of(batchNormalization())),
                new Case("batch normalization of a vector", false, true,
                        List.of(gru(false, Direction.FORWARD), batchNormalization())),
                new Case("average", false, true, List.of(pooling(GlobalPooling1D.Kind.AVERAGE))),
                new Case("first", false, true, List.of(pooling(GlobalPooling1D.Kind.FIRST))),
                new Case("last", false, true, List.of(pooling(GlobalPooling1D.Kind.LAST))),
                new Case("largest", false, false, List.of(pooling(GlobalPooling1D.Kind.MAX))),
                new Case("windows", false, false,
                        List.of(new Pooling1D("pooling", Pooling1D.Kind.MAX, 2, 1, Conv1D.Padding.SAME))),
                new Case("softmax over steps", false, false, List.of(new ActivationLayer.StepSoftmax("softmax"))),
                new Case("slope of each step", false, false,
                        List.of(new ActivationLayer.PReLU("prelu", STEPS, SIZE, new float[STEPS * SIZE]))),
                new Case("causal convolution", true, true, List.of(conv(3, Conv1D.Padding.CAUSAL))),
                new Case("causal convolution, which drops the mask", false, false,
                        List.of(conv(3, Conv1D.Padding.CAUSAL), gru(false, Direction.FORWARD))),
                new Case("layer between one that drops the mask and one that wants it", false, false,
                        List.of(conv(3, Conv1D.Padding.CAUSAL), gru(true, Direction.FORWARD), both(false))),
                new Case("convolution of one step", true, true, List.of(conv(1, Conv1D.Padding.VALID))),
                new Case("convolution", false, false, List.of(conv(3, Conv1D.Padding.SAME))),
                new Case("flattened", false, false,
                        List.of(new Reshaping.Reshape("flatten", Shape.vector(STEPS * SIZE)))),
                new Case("more steps", false, false, List.of(new Reshaping.ZeroPadding1D("zeros", 0, 1))),
                new Case("fewer steps", false, false, List.of(new Reshaping.Cropping1D("crop", 0, 1))),
                new Case("steps of a vector", false, false,
                        List.of(gru(false, Direction.FORWARD), new Reshaping.RepeatVector("repeat", STEPS))),
                new Case("slice of features", true, true, List.of(new Reshaping.Slice("slice", 1, 1))));
    }

    private static Graph model(Layer first, List<Layer> rest) {
        Graph.Builder graph = new Graph.Builder();
        int value = graph.input("x", first instanceof Embedding ? Shape.tokens() : Shape.sequence(SIZE));
        value = first == null ? value : graph.add(first, value);
        for (Layer layer : rest) {
            value = graph.add(layer, value);
        }
        return graph.build(value);
    }

    private static Embedding table(boolean maskZero) {
        return new Embedding("table", 5, SIZE, RandomWeights.floats(5 * SIZE, RANDOM)).withMaskZero(maskZero);
    }

    /** Rows of tokens of such lengths, with a 0 among them where there is room, and zeros behind them. */
    private static ModelInput tokens(int... lengths) {
        int[] tokens = new int[lengths.length * STEPS];
        for (int row = 0; row < lengths.length; row++) {
            Arrays.fill(tokens, row * STEPS, row * STEPS + lengths[row], 2);
            if (lengths[row] > 2) {
                tokens[row * STEPS + 1] = 0;
            }
        }
        return ModelInput.tokens(lengths.length, STEPS, tokens);
    }

    /** The same of features, of which some are masked. */
    private static ModelInput features(int... lengths) {
        float[] features = new float[lengths.length * STEPS * SIZE];
        Arrays.fill(features, MASKED);
        for (int i = 0; i < features.length; i++) {
            int step = i / SIZE;
            if (tokens(lengths).tokens()[step] != 0) {
                features[i] = i % SIZE == 0 ? 1 : MASKED;
            }
        }
        return ModelInput.features(lengths.length, STEPS, features);
    }

    private static TargetValues counted(int... lengths) {
        boolean[] mask = new boolean[lengths.length * STEPS];
        for (int row = 0; row < lengths.length; row++) {
            Arrays.fill(mask, row * STEPS, row * STEPS + lengths[row], true);
        }
        return TargetValues.ofLabels(new int[mask.length]).withMask(mask);
    }

    private static int[] lengths(Graph model, ModelInput input, TargetValues targets) {
        int[] lengths = new TrailingPadding(model).lengths(input, List.of(targets));
        TrailingPadding.Trimmed trimmed = new TrailingPadding(model).trim(input, List.of(targets));
        int kept = Math.max(2, Arrays.stream(lengths).max().orElseThrow());
        assertEquals(STEPS - kept, trimmed.removed());
        assertEquals(kept, trimmed.input().steps());
        assertEquals(model.returnsSequences() ? input.batch() * trimmed.removed() : 0, trimmed.removedOutputs());
        return lengths;
    }

    private static TargetValues targets(Graph model, int... counted) {
        return model.returnsSequences() ? counted(counted) : TargetValues.ofLabels(new int[counted.length]);
    }

    private static int[] expected(boolean removable, int... lengths) {
        return removable ? lengths : Arrays.stream(lengths).map(_ -> STEPS).toArray();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stepsThatNothingMasks(Case of) {
        for (Layer first : Arrays.asList(table(false), null)) {
            Graph model = model(first, of.layers);
            ModelInput input = first == null ? features(3, 0, 5) : tokens(3, 0, 5);
            int[] expected = expected(of.unmasked && model.returnsSequences(), 4, 1, 0);
            assertArrayEquals(expected, lengths(model, input, targets(model, 4, 1, 0)), model.toString());
        }
    }

    /** By a token, by features, by lengths; behind other layers, too. What the targets count stays, too. */
    @ParameterizedTest
    @MethodSource("cases")
    void stepsThatAreMasked(Case of) {
        for (Layer first : Arrays.asList(table(true), new Masking("masking", MASKED), null)) {
            Graph model = model(first, of.layers);
            ModelInput input = first == null
                    ? features(7, 7, 7).withLengths(new int[]{3, 0, 5})
                    : first instanceof Masking ? features(3, 0, 5) : tokens(3, 0, 5);
            int[] longer = of.unmasked ? new int[]{4, 1, 0} : new int[]{4, 1, 5};
            int[] expected = expected(of.masked, model.returnsSequences() ? longer : new int[]{3, 0, 5});
            assertArrayEquals(expected, lengths(model, input, targets(model, 4, 1, 0)), model.toString());
        }
    }

    @Test
    void targetsWithoutAMaskKeepAllSteps() {
        Graph model = model(table(true), List.of(gru(true, Direction.FORWARD)));
        assertArrayEquals(new int[]{STEPS, STEPS},
                lengths(model, tokens(3, 1), TargetValues.ofLabels(new int[2 * STEPS])));
    }

    @Test
    void lengthsAndTokensMaskTogether() {
        Graph model = model(table(true), List.of(both(false)));
        ModelInput input = tokens(3, 7, 5).withLengths(new int[]{7, 4, 2});
        assertArrayEquals(new int[]{3, 4, 1}, lengths(model, input, TargetValues.ofLabels(new int[3])));
        Graph unmasked = model(table(false), List.of(both(false)));
        assertArrayEquals(new int[]{7, 4, 2}, lengths(unmasked, input, TargetValues.ofLabels(new int[3])));
    }

    @Test
    void aMaskThatComesFromElsewhereThanTheInputIsNotReliedOn() {
        Dense dense = new Dense("dense", RandomWeights.dense(SIZE, SIZE, Activation.RELU, 1));
        Graph model = model(null, List.of(dense, new Masking("masking", 0), both(false)));
        assertArrayEquals(new int[]{STEPS, STEPS},
                lengths(model, features(3, 1).withLengths(new int[]{3, 1}), TargetValues.ofLabels(new int[2])));
    }

    /** A step that one of two joined values does not mask is not masked. */
    @Test
    void joinedValuesAreMaskedWhereBothAre() {
        for (boolean second : new boolean[]{false, true}) {
            Graph.Builder graph = new Graph.Builder();
            int x = graph.input("x", Shape.tokens());
            int z = graph.input("z", Shape.tokens());
            int joined = graph.add(new Merge("merge", Merge.Kind.ADD), graph.add(table(true), x),
                    graph.add(new Embedding("other", 5, SIZE, new float[5 * SIZE]).withMaskZero(second), z));
            Graph model = graph.build(graph.add(both(false), joined));
            assertArrayEquals(second ? new int[]{4, 2} : new int[]{STEPS, STEPS},
                    lengths(model, tokens(3, 2).and(tokens(4, 1)), TargetValues.ofLabels(new int[2])));
        }
    }

    @Test
    void aTokenIsMaskedIfAllTablesMaskIt() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.tokens());
        int joined = graph.add(new Merge("merge", Merge.Kind.ADD), graph.add(table(true), x),
                graph.add(new Embedding("other", 5, SIZE, new float[5 * SIZE]), x));
        Graph model = graph.build(graph.add(both(false), joined));
        assertArrayEquals(new int[]{STEPS, STEPS}, lengths(model, tokens(3, 1), TargetValues.ofLabels(new int[2])));
    }

    @Test
    void attentionKeepsAllSteps() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.add(table(true), graph.input("x", Shape.tokens()));
        Graph model = graph.build(graph.add(new Attention("attention", Attention.Score.DOT, new float[0]), x, x));
        assertArrayEquals(new int[]{STEPS, STEPS}, lengths(model, tokens(3, 1), counted(3, 1)));
    }

    @Test
    void sequencesOfDifferentStepsAreKept() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.tokens());
        int z = graph.input("z", Shape.sequence(SIZE));
        Graph model = graph.build(graph.add(table(true), x), graph.add(gru(true, Direction.FORWARD), z));
        List<TargetValues> targets = List.of(counted(3, 1),
                TargetValues.ofLabels(new int[2 * 4]).withMask(new boolean[2 * 4]));
        ModelInput input = tokens(3, 1).and(ModelInput.features(2, 4, new float[2 * 4 * SIZE]));
        TrailingPadding padding = new TrailingPadding(model);
        assertArrayEquals(new int[]{STEPS, STEPS}, padding.lengths(input, targets));
        assertSame(input, padding.trim(input, targets).input());
    }

    @Test
    void allArraysAreCut() {
        Graph.Builder graph = new Graph.Builder();
        int tokens = graph.input("x", Shape.tokens());
        int vector = graph.input("vector", Shape.vector(SIZE));
        int x = graph.add(table(true), tokens);
        Graph model = graph.build(graph.add(gru(true, Direction.FORWARD), x), vector);
        boolean[] mask = counted(3, 1).mask();
        double[] values = new Random(1).doubles(2L * STEPS * SIZE).toArray();
        double[] weights = new Random(2).doubles(2L * STEPS).toArray();
        TargetValues ofVector = TargetValues.ofValues(new double[2 * SIZE]);
        ModelInput input = tokens(3, 1).withLengths(new int[]{4, 1})
                .and(ModelInput.vector(2, new float[2 * SIZE]))
                .withInitialStates(List.of(new float[]{1, 2, 3, 4, 5, 6}));
        TrailingPadding.Trimmed trimmed = new TrailingPadding(model).trim(input,
                List.of(new TargetValues(null, values, weights, mask), ofVector));
        assertArrayEquals(new int[]{2, 0, 2, 2, 0, 0}, trimmed.input().tokens());
        assertArrayEquals(new int[]{3, 1}, trimmed.input().lengths());
        assertArrayEquals(new float[2 * SIZE], trimmed.input().features(1));
        assertArrayEquals(new float[]{1, 2, 3, 4, 5, 6}, trimmed.input().initialStates().getFirst());
        TargetValues targets = trimmed.targets().getFirst();
        assertArrayEquals(new boolean[]{true, true, true, true, false, false}, targets.mask());
        for (int i = 0; i < 2 * 3; i++) {
            int from = i / 3 * STEPS + i % 3;
            assertEquals(weights[from], targets.weight(i));
            for (int j = 0; j < SIZE; j++) {
                assertEquals(values[from * SIZE + j], targets.value(i, j, SIZE));
            }
        }
        assertArrayEquals(ofVector.values(), trimmed.targets().getLast().values());
        assertEquals(2 * 4, trimmed.removedOutputs());
    }

    @Test
    void aBatchHasAtLeastTwoSteps() {
        Sequential model = Sequential.builder().embedding(5, SIZE).maskZero().gru(2).returnSequences().build();
        TrailingPadding.Trimmed trimmed = new TrailingPadding(model).trim(tokens(0, 0), List.of(counted(0, 0)));
        assertEquals(2, trimmed.input().steps());
        ModelInput one = ModelInput.tokens(2, 1, new int[2]);
        List<TargetValues> none = List.of(TargetValues.ofLabels(new int[2]).withMask(new boolean[2]));
        assertSame(one, new TrailingPadding(model).trim(one, none).input());
    }
}
