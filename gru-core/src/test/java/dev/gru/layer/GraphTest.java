package dev.gru.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.gru.kernel.RandomWeights;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** How layers are joined, and what follows from it. */
class GraphTest {
    private static final GruLayer GRU = new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 3, 3, 1))
            .withReturnSequences(true);
    private static final Dense DENSE = new Dense("dense", RandomWeights.dense(3, 2, Activation.LINEAR, 2));

    private static Graph residual() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(3));
        int h = graph.add(GRU, x);
        int sum = graph.add(new Merge("add", Merge.Kind.ADD), x, h);
        return graph.build(graph.add(DENSE, sum), h);
    }

    private static void assertRefused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void valuesAreInputsAndThenNodes() {
        Graph model = residual();
        assertEquals(List.of(Shape.sequence(3), Shape.sequence(3), Shape.sequence(3), Shape.sequence(2)),
                List.of(model.shape(0), model.shape(1), model.shape(2), model.shape(3)));
        assertEquals(List.of(3, 1), model.outputs());
        assertEquals("[x (BATCH, STEP, FEATURE), lengths (BATCH), optional]", model.signature().inputs().toString());
        assertEquals("[y (BATCH, STEP, FEATURE), y1 (BATCH, STEP, FEATURE)]", model.signature().outputs().toString());
        assertEquals(List.of(3), model.stateSizes());
        assertFalse(model.isChain());
        assertTrue(model.wholeSequences().isEmpty());
    }

    @Test
    void aChainIsAGraph() {
        Graph model = new Sequential(List.of(GRU, DENSE));
        assertTrue(model.isChain());
        assertTrue(Sequential.isImplied(model));
        assertEquals(List.of(new Graph.Node(GRU, List.of(0)), new Graph.Node(DENSE, List.of(1))), model.nodes());
        Graph vector = new Sequential(List.of(DENSE), new Graph.Input("v", Shape.vector(3)), null);
        assertFalse(Sequential.isImplied(vector));
        assertEquals("[x (BATCH, FEATURE)]", vector.signature().inputs().toString());
    }

    @Test
    void aSharedLayerIsThereOnceAndKeepsBeingShared() {
        Graph.Builder graph = new Graph.Builder();
        int a = graph.input("a", Shape.sequence(3));
        int b = graph.input("b", Shape.sequence(3));
        Graph model = graph.build(graph.add(new Merge("sum", Merge.Kind.ADD), graph.add(DENSE, a),
                graph.add(DENSE, b)));
        assertEquals(2, model.layers().size());
        Graph other = model.withLayers(model.layers());
        assertSame(other.nodes().get(0).layer(), other.nodes().get(1).layer());
        assertEquals("[a (BATCH, STEP, FEATURE), b (BATCH, STEP, FEATURE)]", model.signature().inputs().toString());
    }

    @Test
    void stepsPropagate() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(4));
        int conv = graph.add(new Conv1D("conv", 4, 3, RandomWeights.dense(12, 5, Activation.RELU, 1)).withStride(2), x);
        int same = graph.add(new Pooling1D("pool", Pooling1D.Kind.MAX, 2, 2, Conv1D.Padding.SAME), conv);
        int flat = graph.add(new Reshaping.Reshape("flatten", Shape.vector(15)), same);
        Graph model = graph.build(flat);
        assertEquals(List.of(13, 6, 3, 1), model.steps(List.of(13)));
        assertRefused("layer conv: it needs at least 3 steps, but gets 2", () -> model.steps(List.of(2)));
        assertRefused("layer flatten: it makes 15 features, but gets 4 steps of 5", () -> model.steps(List.of(16)));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Merge add = new Merge("add", Merge.Kind.ADD);
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(3));
        int y = graph.add(DENSE, x);
        graph.add(add, x, y);
        assertRefused("layer add: its inputs must have as many features, but are [(None, None, 3), (None, None, 2)]",
                () -> graph.build(2));
        assertRefused("layer gru: its initial state must be a vector of 3 features, but is (None, None, 3)",
                () -> new Graph(List.of(new Graph.Input("x", Shape.sequence(3))),
                        List.of(new Graph.Node(GRU, List.of(0, 0))), List.of(1), null));
        assertRefused("inputs of layer dense must be from 0 to 0, was 1",
                () -> new Graph(List.of(new Graph.Input("x", Shape.sequence(3))),
                        List.of(new Graph.Node(DENSE, List.of(1))), List.of(1), null));
        assertRefused("a model must have at least one input and one output, had 1 and 0",
                () -> new Graph(List.of(new Graph.Input("x", Shape.sequence(3))), List.of(), List.of(), null));
    }

    @Test
    void whatMakesVectorsOfVectorsNeedsNoWholeSequence() {
        Layer last = GRU.withReturnSequences(false);
        assertTrue(new Sequential(List.of(last, new Reshaping.Reshape("flatten", Shape.vector(3)), DENSE))
                .wholeSequences().isEmpty());
        Layer repeat = new Reshaping.RepeatVector("repeat", 2);
        assertEquals(repeat, new Sequential(List.of(last, repeat)).wholeSequences().orElseThrow());
    }

    @Test
    void aGruWithAnInitialStateNeedsWholeSequences() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(3));
        int s = graph.input("s", Shape.vector(3));
        Graph model = graph.build(graph.add(GRU, x, s));
        assertEquals(GRU, model.wholeSequences().orElseThrow());
    }
}
