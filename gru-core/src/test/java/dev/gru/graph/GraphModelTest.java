package dev.gru.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.GruGroup;
import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.layer.Tensor;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Graphs as their users see them: inputs and outputs by name, numbers of steps, sessions and why there are none. */
class GraphModelTest {
    private static final ModelOptions PORTABLE = ModelOptions.defaults().withKernel("portable");

    private static float[] floats(int count) {
        return RandomWeights.floats(count, new Random(count));
    }

    private static GruWeights gru(int inputs, int units) {
        return RandomWeights.gru(GruVariant.RESET_AFTER, inputs, units, 1);
    }

    private static Conv1D conv(String name, int inputs, int kernel, int filters) {
        return new Conv1D(name, inputs, kernel,
                RandomWeights.dense(inputs * kernel, filters, Activation.LINEAR, kernel));
    }

    /** An encoder whose state begins a decoder, over sequences of different lengths, and a vector. */
    private static Graph encoderAndDecoder() {
        Graph.Builder graph = new Graph.Builder();
        int source = graph.input("source", Shape.sequence(3));
        int target = graph.input("target", Shape.sequence(2));
        int state = graph.add(new GruLayer("encoder", gru(3, 4)), source);
        int decoded = graph.add(new GruLayer("decoder", gru(2, 4)).withReturnSequences(true), target, state);
        return graph.build(graph.add(new Dense("out", RandomWeights.dense(4, 5, Activation.SOFTMAX, 3)), decoded),
                state);
    }

    @Test
    void inputsMayHaveDifferentNumbersOfSteps() {
        Graph graph = encoderAndDecoder();
        try (GruModel model = GruModel.of(graph, PORTABLE)) {
            float[] source = floats(2 * 7 * 3);
            float[] target = floats(2 * 4 * 2);
            ModelInput input = ModelInput.features(2, 7, source).and(ModelInput.features(2, 4, target));
            ModelOutput output = model.run(input);
            assertEquals(List.of(2 * 4 * 5, 2 * 4), output.outputs().stream().map(y -> y.length).toList());
            GraphProperties.assertClose(GraphInterpreter.run(graph, input), output, graph);
            Map<String, Tensor> named = model.run(Map.of("source", Tensor.of(source, 2, 7, 3), "target",
                    Tensor.of(target, 2, 4, 2)));
            assertArrayEquals(output.y(), named.get("y").floats());
            assertArrayEquals(new int[]{2, 4, 5}, named.get("y").shape());
            assertArrayEquals(output.outputs().get(1), named.get("y1").floats());
            assertArrayEquals(new int[]{2, 4}, named.get("y1").shape());
        }
    }

    @Test
    void aWrongNumberOfStepsNamesTheLayerBeforeAnythingRuns() {
        Graph flat = new Sequential(List.of(conv("conv", 2, 3, 4), new Reshaping.Reshape("flatten", Shape.vector(20)),
                new Dense("out", RandomWeights.dense(20, 1, Activation.LINEAR, 1))));
        for (ModelOptions options : List.of(PORTABLE, PORTABLE.withoutLayers())) {
            try (GruModel model = GruModel.of(flat, options)) {
                assertEquals(1, model.predict(1, 7, floats(14)).length);
                assertEquals("layer flatten: it makes 20 features, but gets 4 steps of 4",
                        assertThrows(IllegalArgumentException.class, () -> model.predict(1, 6, floats(12)))
                                .getMessage());
                assertEquals("layer conv: it needs at least 3 steps, but gets 2",
                        assertThrows(IllegalArgumentException.class, () -> model.predict(1, 2, floats(4)))
                                .getMessage());
            }
        }
    }

    static Stream<Arguments> needsWholeSequences() {
        return Stream.of(
                Arguments.of(new Bidirectional("odd", gru(2, 3), gru(2, 3)), "reads sequences from their end"),
                Arguments.of(new GruLayer("odd", gru(2, 3)).withDirection(GruLayer.Direction.BACKWARD),
                        "reads sequences from their end"),
                Arguments.of(conv("odd", 2, 3, 4).withPadding(Conv1D.Padding.SAME),
                        "has windows of several steps that are not causal"),
                Arguments.of(conv("odd", 2, 3, 4).withPadding(Conv1D.Padding.CAUSAL).withStride(2),
                        "has a stride above 1"),
                Arguments.of(new Pooling1D("odd", Pooling1D.Kind.MAX, 2, 2, Conv1D.Padding.VALID),
                        "has windows of several steps"),
                Arguments.of(new PReLU("odd", 3, 2, floats(6)), "has slopes for each step of a sequence"),
                Arguments.of(new Reshaping.UpSampling1D("odd", 2), "changes which steps there are"),
                Arguments.of(new ActivationLayer.StepSoftmax("odd"), "makes each output of all steps of a sequence"));
    }

    @ParameterizedTest
    @MethodSource("needsWholeSequences")
    void aModelThatNeedsWholeSequencesSaysWhichLayerDoesAndWhy(Layer layer, String why) {
        Graph graph = new Sequential(List.of(new Dropout("first", 0.1f), layer),
                new Graph.Input("x", Shape.sequence(2)), null);
        try (GruModel model = GruModel.of(graph, PORTABLE)) {
            String message = "layer odd " + why + ", so the model needs whole sequences; use run or predict";
            assertEquals(message, assertThrows(IllegalStateException.class, model::newSession).getMessage());
            assertEquals(message, assertThrows(IllegalStateException.class, model::newGroup).getMessage());
        }
    }

    @Test
    void joinsOfWholeSequencesAndStatesThatAreComputedSayWhyThereAreNoSessions() {
        Graph.Builder steps = new Graph.Builder();
        int x = steps.input("x", Shape.sequence(2));
        steps.add(new Merge("both", Merge.Kind.CONCATENATE_STEPS), x, x);
        assertRefused("layer both puts the steps of one sequence behind those of another", steps.build(1));
        Graph.Builder attention = new Graph.Builder();
        int query = attention.input("x", Shape.sequence(2));
        attention.add(new Attention("look", Attention.Score.DOT, new float[0]), query, query);
        assertRefused("layer look makes each output of all steps of a sequence", attention.build(1));
        assertRefused("layer decoder begins at a state that the model computes", encoderAndDecoder());
        Graph.Builder vector = new Graph.Builder();
        int only = vector.input("x", Shape.vector(2));
        Graph dense = vector
                .build(vector.add(new Dense("out", RandomWeights.dense(2, 3, Activation.TANH, 1)), only));
        assertRefused("the model takes no sequence", dense);
        try (GruModel model = GruModel.of(dense, PORTABLE)) {
            assertEquals(15, model.run(ModelInput.vector(5, floats(10))).y().length);
        }
    }

    private static void assertRefused(String begin, Graph graph) {
        try (GruModel model = GruModel.of(graph, PORTABLE)) {
            String message = assertThrows(IllegalStateException.class, model::newSession).getMessage();
            assertTrue(message.startsWith(begin), message);
        }
    }

    private static Graph twoInputs() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(2));
        int user = graph.input("user", Shape.vector(3));
        int conv = graph.add(conv("conv", 2, 3, 3).withPadding(Conv1D.Padding.CAUSAL), x);
        int mean = graph.add(new GlobalPooling1D("mean", GlobalPooling1D.Kind.AVERAGE), conv);
        return graph.build(graph.add(new Merge("add", Merge.Kind.ADD), mean, user), conv);
    }

    @Test
    void aSessionOfSeveralInputsSaysWhichArrayIsWrong() {
        try (GruModel model = GruModel.of(twoInputs(), PORTABLE)) {
            GruSession session = model.newSession();
            Tensor x = Tensor.of(floats(8), 4, 2);
            Tensor user = Tensor.of(floats(3), 3);
            Map<String, Tensor> in = Map.of("x", x, "user", user);
            Map<String, Tensor> out = Map.of("y1", Tensor.of(new float[12], 4, 3));
            assertMessage("the model has 2 inputs, which are given as arrays by name",
                    () -> session.step(floats(2), new float[3]));
            assertMessage("input user is missing", () -> session.run(4, Map.of("x", x), out));
            assertMessage("inputs must be arrays of [x, user], were of ",
                    () -> session.run(4, Map.of("x", x, "user", user, "z", user), out));
            assertMessage("outputs must be arrays of [y, y1], were of [z]", () -> session.run(4, in, Map.of("z", x)));
            assertMessage("array x must have room for 10 elements, its length is 8", () -> session.run(5, in, out));
            assertMessage("array y1 must have room for 12 elements, its length is 8",
                    () -> session.run(4, in, Map.of("y1", Tensor.of(new float[8], 8))));
            assertMessage("array y1 must be another than those of all other inputs and outputs",
                    () -> session.run(2, in, Map.of("y1", x)));
            assertMessage("array x must be floats, was int[8]",
                    () -> session.run(4, Map.of("x", Tensor.of(new int[8], 8), "user", user), out));
            session.run(4, in, out);
            ModelOutput whole = model.run(ModelInput.features(1, 4, x.floats()).and(ModelInput.vector(1,
                    user.floats())));
            assertArrayEquals(whole.outputs().get(1), out.get("y1").floats());
            GruGroup group = model.newGroup();
            int[] streams = {group.add()};
            assertMessage("the model has 2 inputs, which are given as arrays by name",
                    () -> group.step(1, streams, floats(2), new float[3]));
            assertMessage("input user is missing", () -> group.step(1, streams, Map.of("x", x), out));
        }
    }

    private static void assertMessage(String begin, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.startsWith(begin), message);
    }

    @Test
    void aModelWithOneInputAndTwoOutputsReturnsTheFirstWithoutNames() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(2));
        int gru = graph.add(new GruLayer("gru", gru(2, 3)).withReturnSequences(true), x);
        int last = graph.add(new GlobalPooling1D("last", GlobalPooling1D.Kind.LAST), gru);
        try (GruModel model = GruModel.of(graph.build(gru, last), PORTABLE)) {
            float[] input = floats(10);
            float[] y = new float[15];
            model.newSession().sequence(5, input, y);
            ModelOutput whole = model.run(ModelInput.features(1, 5, input));
            assertArrayEquals(whole.y(), y);
            assertArrayEquals(whole.finalStates().getFirst(), whole.outputs().get(1));
        }
    }

    /** What comes in is what goes out, whether or not the array of the caller is used as it is. */
    @Test
    void aModelThatReturnsItsInputDoes() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(2));
        int gru = graph.add(new GruLayer("gru", gru(2, 3)), x);
        try (GruModel model = GruModel.of(graph.build(graph.add(new Dropout("drop", 0.5f), x), gru), PORTABLE)) {
            float[] input = floats(6);
            assertArrayEquals(input, model.predict(1, 3, input));
            float[] y = new float[6];
            model.newSession().sequence(3, input, y);
            assertArrayEquals(input, y);
        }
    }

    @Test
    void warmUpFindsNumbersOfStepsThatTheLayersTake() {
        Graph flat = new Sequential(List.of(conv("conv", 2, 3, 4), new Reshaping.Reshape("flatten", Shape.vector(20)),
                new Dense("out", RandomWeights.dense(20, 1, Activation.LINEAR, 1))));
        Graph.Builder two = new Graph.Builder();
        int a = two.input("a", Shape.sequence(2));
        int b = two.input("b", Shape.sequence(2));
        int flatA = two.add(new Reshaping.Reshape("flatA", Shape.vector(10)), a);
        int flatB = two.add(new Reshaping.Reshape("flatB", Shape.vector(18)), b);
        Graph joined = two.build(two.add(new Merge("join", Merge.Kind.CONCATENATE), flatA, flatB));
        for (Graph graph : List.of(flat, joined, twoInputs(), encoderAndDecoder())) {
            try (GruModel model = GruModel.of(graph, PORTABLE)) {
                assertTrue(model.warmUp(Duration.ofMillis(300)).isPositive());
            }
        }
    }
}
