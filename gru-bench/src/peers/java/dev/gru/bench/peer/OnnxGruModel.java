package dev.gru.bench.peer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;

import dev.gru.bench.model.OnnxParts;
import dev.gru.weights.GruWeights;

/** An ONNX model of one {@code GRU} node whose weights are constants and whose shapes are fixed. */
final class OnnxGruModel {
    /** Inputs of all steps, (steps, batch, inputSize). */
    static final String X = "X";
    /** States before the first step, (1, batch, hiddenSize). */
    static final String INITIAL_H = "initial_h";
    /** Outputs of all steps, (steps, 1, batch, hiddenSize); those of the last are the states after it. */
    static final String Y = "Y";

    private OnnxGruModel() {
    }

    /** Returns the model's bytes. */
    static byte[] of(GruWeights weights, int batch, int steps) {
        int inputs = weights.inputSize();
        int units = weights.hiddenSize();
        GraphProto.Builder graph = GraphProto.newBuilder().setName("gru")
                .addInput(OnnxParts.value(X, DataType.FLOAT, steps, batch, inputs))
                .addInput(OnnxParts.value(INITIAL_H, DataType.FLOAT, 1, batch, units))
                .addOutput(OnnxParts.value(Y, DataType.FLOAT, steps, 1, batch, units));
        return OnnxParts.model(graph.addNode(OnnxParts.gru(graph, "gru", weights, X, INITIAL_H, Y)));
    }
}
