package dev.gru.bench.model;

import java.util.ArrayList;
import java.util.List;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;

import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Merge;
import dev.gru.layer.Shape;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.DenseWeights;

/**
 * A model of embeddings, GRU, dense and concatenating layers as ONNX, for a runtime that is to run it as fast as it
 * can: sizes are fixed, arrays are in the order that the GRU operator has, steps first, so that nothing is transposed,
 * and states go in and come out.
 *
 * <p>ONNX knows no masks: where an embedding masks id 0, that id must not be among the tokens.
 */
public final class OnnxExport {
    /** The input: features, (steps, batch, inputSize), or tokens, (steps, batch). */
    public static final String X = "x";

    private final Graph model;
    private final int steps;
    private final int batch;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("model");
    /** The names of the values. */
    private final List<String> names = new ArrayList<>();

    private OnnxExport(Graph model, int steps, int batch) {
        this.model = model;
        this.steps = steps;
        this.batch = batch;
    }

    /**
     * Returns the bytes of a model.
     *
     * @param model a model with one input
     * @param steps steps of each sequence
     * @param batch sequences
     * @throws IllegalArgumentException if the model has a layer that this class does not know
     */
    public static byte[] of(Graph model, int steps, int batch) {
        return new OnnxExport(model, steps, batch).export();
    }

    /** Returns the name of an output: (steps, batch, features), or (batch, features) if it has no steps. */
    public static String output(int index) {
        return "y" + index;
    }

    /** Returns the name of the states of a GRU layer before the first step, (1, batch, units), counted from 0. */
    public static String initialState(int index) {
        return "h" + index;
    }

    private byte[] export() {
        boolean tokens = model.inputShape().kind() == Shape.Kind.TOKENS;
        graph.addInput(tokens
                ? OnnxParts.value(X, DataType.INT32, steps, batch)
                : OnnxParts.value(X, DataType.FLOAT, steps, batch, model.inputSize()));
        names.add(X);
        int states = 0;
        for (Graph.Node node : model.nodes()) {
            List<String> from = node.inputs().stream().map(names::get).toList();
            String name = "v" + names.size();
            switch (node.layer()) {
                case Embedding table -> gather(table, from.getFirst(), name);
                case GruLayer gru -> gru(gru, from.getFirst(), states++, name);
                case Dense dense -> dense(dense.weights(), from.getFirst(), name);
                case TimeDistributed each -> dense(each.weights(), from.getFirst(), name);
                case Merge merge when merge.kind() == Merge.Kind.CONCATENATE -> graph.addNode(
                        NodeProto.newBuilder().setOpType("Concat").addAllInput(from).addOutput(name)
                                .addAttribute(OnnxParts.integer("axis", -1)));
                case Dropout _ -> name = from.getFirst();
                default -> throw OnnxParts.unknown(node.layer());
            }
            names.add(name);
        }
        for (int i = 0; i < model.outputs().size(); i++) {
            Shape shape = model.shape(model.outputs().get(i));
            node("Identity", output(i), names.get(model.outputs().get(i)));
            graph.addOutput(shape.isSequence()
                    ? OnnxParts.value(output(i), DataType.FLOAT, steps, batch, shape.features())
                    : OnnxParts.value(output(i), DataType.FLOAT, batch, shape.features()));
        }
        return OnnxParts.model(graph);
    }

    private void node(String operator, String output, String... inputs) {
        graph.addNode(NodeProto.newBuilder().setOpType(operator).addAllInput(List.of(inputs)).addOutput(output));
    }

    private void gather(Embedding table, String from, String name) {
        float[] values = new float[table.vocabularySize() * table.outputSize()];
        table.table().get(values);
        graph.addInitializer(OnnxParts.constant(name + "_table", values, table.vocabularySize(), table.outputSize()));
        node("Gather", name, name + "_table", from);
    }

    private void gru(GruLayer layer, String from, int state, String name) {
        if (layer.direction() != GruLayer.Direction.FORWARD) {
            throw OnnxParts.unknown(layer);
        }
        int units = layer.weights().hiddenSize();
        graph.addInput(OnnxParts.value(initialState(state), DataType.FLOAT, 1, batch, units));
        String last = "last" + state;
        String all = layer.returnSequences() ? name + "_all" : "";
        graph.addNode(OnnxParts.gru(graph, name, layer.weights(), from, initialState(state), all, last));
        graph.addOutput(OnnxParts.value(last, DataType.FLOAT, 1, batch, units));
        // Y is (steps, 1, batch, units), Y_h is (1, batch, units).
        graph.addInitializer(OnnxParts.constant(name + "_axis", layer.returnSequences() ? 1L : 0L));
        node("Squeeze", name, layer.returnSequences() ? all : last, name + "_axis");
    }

    private void dense(DenseWeights weights, String from, String name) {
        int inputs = weights.inputSize();
        int outputs = weights.outputSize();
        float[] transposed = new float[inputs * outputs];
        float[] bias = new float[outputs];
        for (int i = 0; i < outputs; i++) {
            bias[i] = weights.bias(i);
            for (int k = 0; k < inputs; k++) {
                transposed[k * outputs + i] = weights.weight(i, k);
            }
        }
        graph.addInitializer(OnnxParts.constant(name + "_weights", transposed, inputs, outputs))
                .addInitializer(OnnxParts.constant(name + "_bias", bias, outputs));
        boolean activates = !weights.activation().isIdentity();
        node("MatMul", name + "_product", from, name + "_weights");
        node("Add", activates ? name + "_sum" : name, name + "_product", name + "_bias");
        if (activates) {
            node(OnnxParts.operator(weights.activation()), name, name + "_sum");
        }
    }
}
