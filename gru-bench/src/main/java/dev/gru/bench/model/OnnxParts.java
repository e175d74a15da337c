package dev.gru.bench.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

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

import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** What ONNX models are put together of. */
public final class OnnxParts {
    /** The versions in which the GRU operator has its present form. */
    private static final int OPSET = 14;
    private static final int IR_VERSION = 7;

    private OnnxParts() {
    }

    /** Returns the bytes of a model of this graph. */
    public static byte[] model(GraphProto.Builder graph) {
        return ModelProto.newBuilder().setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET)).setGraph(graph).build()
                .toByteArray();
    }

    /**
     * Returns a GRU node, and adds its weights to the graph.
     *
     * @param graph takes the weights, whose names begin with that of the node
     * @param name the name of the node
     * @param weights of a variant that the operator has
     * @param x the input, (steps, batch, inputSize)
     * @param initial the states before the first step, (1, batch, hiddenSize)
     * @param outputs the names of Y and Y_h; empty for one that is not wanted
     */
    public static NodeProto gru(GraphProto.Builder graph, String name, GruWeights weights, String x, String initial,
            String... outputs) {
        if (weights.variant() == GruVariant.DUAL_STATE) {
            throw unknown(weights);
        }
        int units = weights.hiddenSize();
        UpdateFirstWeights ordered = new UpdateFirstWeights(weights);
        graph.addInitializer(constant(name + "_W", ordered.weightIh, 1, 3L * units, weights.inputSize()))
                .addInitializer(constant(name + "_R", ordered.weightHh, 1, 3L * units, units));
        float[] biases = Arrays.copyOf(ordered.biasIh, 6 * units);
        System.arraycopy(ordered.biasHh, 0, biases, 3 * units, 3 * units);
        graph.addInitializer(constant(name + "_B", biases, 1, 6L * units));
        NodeProto.Builder node = NodeProto.newBuilder().setOpType("GRU").setName(name)
                // "" stands for the lengths of the sequences, which are all the same.
                .addInput(x).addInput(name + "_W").addInput(name + "_R").addInput(name + "_B").addInput("")
                .addInput(initial).addAllOutput(Arrays.asList(outputs)).addAttribute(integer("hidden_size", units))
                .addAttribute(
                        integer("linear_before_reset", weights.variant() == GruVariant.RESET_AFTER ? 1 : 0));
        GruActivations functions = weights.activations();
        if (!functions.areStandard()) {
            node.addAttribute(AttributeProto.newBuilder().setName("activations")
                    .setType(AttributeProto.AttributeType.STRINGS)
                    .addStrings(ByteString.copyFromUtf8(operator(functions.gates())))
                    .addStrings(ByteString.copyFromUtf8(operator(functions.candidate()))));
        }
        return node.build();
    }

    /** Returns an attribute that is an integer. */
    public static AttributeProto integer(String name, int value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }

    /** Returns an input or output of floats, or of another type. */
    public static ValueInfoProto value(String name, TensorProto.DataType type, long... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (long size : shape) {
            dimensions.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(
                TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(dimensions))).build();
    }

    /** Returns a constant of floats. */
    public static TensorProto constant(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return tensor(name, shape).setDataType(TensorProto.DataType.FLOAT.getNumber())
                .setRawData(ByteString.copyFrom(bytes)).build();
    }

    /** Returns a constant of long integers in one dimension. */
    public static TensorProto constant(String name, long... values) {
        return tensor(name, values.length).setDataType(TensorProto.DataType.INT64.getNumber())
                .addAllInt64Data(Arrays.stream(values).boxed().toList()).build();
    }

    private static TensorProto.Builder tensor(String name, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name);
        for (long size : shape) {
            tensor.addDims(size);
        }
        return tensor;
    }

    /** Returns the operator of a function, with its standard parameters. */
    static String operator(Activation function) {
        return switch (function.function()) {
            case SIGMOID -> "Sigmoid";
            case TANH -> "Tanh";
            case RELU -> "Relu";
            case SOFTMAX -> "Softmax";
            default -> throw unknown(function);
        };
    }

    static IllegalArgumentException unknown(Object what) {
        return new IllegalArgumentException("no ONNX here for " + what);
    }
}
