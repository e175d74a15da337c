package dev.gru.bench.peer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;

import dev.gru.weights.GruWeights;

/** An ONNX model of one {@code GRU} node whose weights are constants and whose shapes are fixed. */
final class OnnxGruModel {
    /** Inputs of all steps, (steps, batch, inputSize). */
    static final String X = "X";
    /** States before the first step, (1, batch, hiddenSize). */
    static final String INITIAL_H = "initial_h";
    /** Outputs of all steps, (steps, 1, batch, hiddenSize); those of the last are the states after it. */
    static final String Y = "Y";

    /** The versions in which the GRU operator has its present form. */
    private static final int OPSET = 14;
    private static final int IR_VERSION = 7;

    private OnnxGruModel() {
    }

    /** Returns the model's bytes. */
    static byte[] of(GruWeights weights, int batch, int steps) {
        int inputs = weights.inputSize();
        int units = weights.hiddenSize();
        UpdateFirstWeights ordered = new UpdateFirstWeights(weights);
        NodeProto gru = NodeProto.newBuilder().setOpType("GRU")
                // "" stands for the lengths of the sequences, which are all the same.
                .addInput(X).addInput("W").addInput("R").addInput("B").addInput("").addInput(INITIAL_H).addOutput(Y)
                .addAttribute(attribute("hidden_size", units)).addAttribute(attribute("linear_before_reset", 1))
                .build();
        GraphProto graph = GraphProto.newBuilder().setName("gru").addNode(gru)
                .addInput(value(X, steps, batch, inputs)).addInput(value(INITIAL_H, 1, batch, units))
                .addOutput(value(Y, steps, 1, batch, units))
                .addInitializer(constant("W", floats(ordered.weightIh), 1, 3L * units, inputs))
                .addInitializer(constant("R", floats(ordered.weightHh), 1, 3L * units, units))
                .addInitializer(
                        constant("B", floats(ordered.biasIh).concat(floats(ordered.biasHh)), 1, 6L * units))
                .build();
        return ModelProto.newBuilder().setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET)).setGraph(graph).build()
                .toByteArray();
    }

    private static AttributeProto attribute(String name, int value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }

    private static ValueInfoProto value(String name, long... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (long size : shape) {
            dimensions.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(
                TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE).setShape(dimensions)))
                .build();
    }

    private static TensorProto constant(String name, ByteString data, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE).setRawData(data);
        for (long size : shape) {
            tensor.addDims(size);
        }
        return tensor.build();
    }

    private static ByteString floats(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return ByteString.copyFrom(bytes);
    }
}
