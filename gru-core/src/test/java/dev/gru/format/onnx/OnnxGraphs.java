package dev.gru.format.onnx;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
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

import dev.gru.format.OnnxReader;
import dev.gru.layer.Graph;

/**
 * Writes ONNX graphs, node by node, in the words of the format. Random constants come from one seed, so that a graph is
 * the same in every run.
 */
public final class OnnxGraphs {
    public static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    static final int INT32 = TensorProto.DataType.INT32_VALUE;
    static final int INT64 = TensorProto.DataType.INT64_VALUE;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("graph");
    private final long opset;
    private final Random random = new Random(20);

    private OnnxGraphs(long opset) {
        this.opset = opset;
    }

    /** Starts on a graph of a version of the operators. */
    public static OnnxGraphs opset(long opset) {
        return new OnnxGraphs(opset);
    }

    /** Adds an input; a dimension is a Long or Integer, or a String that names a size which only a run knows. */
    public OnnxGraphs input(String name, int type, Object... dims) {
        graph.addInput(value(name, type, dims));
        return this;
    }

    /** Adds outputs, which nothing more is said of. */
    public OnnxGraphs outputs(String... names) {
        for (String name : names) {
            graph.addOutput(ValueInfoProto.newBuilder().setName(name));
        }
        return this;
    }

    static ValueInfoProto value(String name, int type, Object... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            TensorShapeProto.Dimension.Builder size = shape.addDimBuilder();
            if (dim instanceof Number number) {
                size.setDimValue(number.longValue());
            } else {
                size.setDimParam((String) dim);
            }
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape))).build();
    }

    /** Adds a constant. */
    OnnxGraphs initializer(TensorProto tensor) {
        graph.addInitializer(tensor);
        return this;
    }

    /** Adds random floats around 0. */
    public OnnxGraphs weights(String name, long... dims) {
        return initializer(floats(name, randoms(dims), dims));
    }

    /** Adds whole numbers: a list, or a single one if there are no dimensions. */
    public OnnxGraphs ints(String name, long... values) {
        return initializer(longs(name, values, values.length));
    }

    /** Adds a single whole number without dimensions. */
    OnnxGraphs scalar(String name, long value) {
        return initializer(longs(name, new long[]{value}));
    }

    float[] randoms(long... dims) {
        float[] values = new float[(int) Arrays.stream(dims).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.4f * (float) random.nextGaussian();
        }
        return values;
    }

    static TensorProto floats(String name, float[] values, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return raw(name, FLOAT, bytes, dims);
    }

    static TensorProto longs(String name, long[] values, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return raw(name, INT64, bytes, dims);
    }

    static TensorProto raw(String name, int type, ByteBuffer bytes, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type)
                .setRawData(ByteString.copyFrom(bytes));
        Arrays.stream(dims).forEach(tensor::addDims);
        return tensor.build();
    }

    /**
     * Adds a node whose name is the operator, a stroke and its first output.
     *
     * @param opType the operator
     * @param inputs names of its inputs, separated by spaces; {@code -} for one that is left out
     * @param outputs names of its outputs, likewise
     * @param attributes each made by {@link #attribute}
     */
    public OnnxGraphs node(String opType, String inputs, String outputs, AttributeProto... attributes) {
        List<String> names = names(outputs);
        graph.addNode(NodeProto.newBuilder().setOpType(opType).setName(opType + "/" + names.getFirst())
                .addAllInput(names(inputs)).addAllOutput(names).addAllAttribute(List.of(attributes)));
        return this;
    }

    private static List<String> names(String list) {
        return list.isEmpty()
                ? List.of()
                : Arrays.stream(list.split(" ")).map(name -> name.equals("-") ? "" : name).toList();
    }

    /** Adds a {@code Squeeze}, {@code Unsqueeze} or {@code Split} as the version of the operators has it. */
    OnnxGraphs withAxes(String opType, String input, String outputs, String list, int... values) {
        AttributeProto[] more = opType.equals("Split") ? new AttributeProto[]{attribute("axis", 1)} : none();
        if (opset >= 13) {
            String name = names(outputs).getFirst() + "_" + list;
            return ints(name, Arrays.stream(values).asLongStream().toArray()).node(opType, input + " " + name, outputs,
                    more);
        }
        AttributeProto[] attributes = Arrays.copyOf(more, more.length + 1);
        attributes[more.length] = attribute(list, values);
        return node(opType, input, outputs, attributes);
    }

    private static AttributeProto[] none() {
        return new AttributeProto[0];
    }

    OnnxGraphs squeeze(String input, String output, int... axes) {
        return withAxes("Squeeze", input, output, "axes", axes);
    }

    OnnxGraphs unsqueeze(String input, String output, int... axes) {
        return withAxes("Unsqueeze", input, output, "axes", axes);
    }

    OnnxGraphs transpose(String input, String output, int... perm) {
        return node("Transpose", input, output, attribute("perm", perm));
    }

    /** Adds a {@code Gather} at one place of an axis. */
    OnnxGraphs pick(String input, String output, int axis, long place) {
        return scalar(output + "_at", place).node("Gather", input + " " + output + "_at", output,
                attribute("axis", axis));
    }

    /** Adds a {@code Slice} of one axis. */
    OnnxGraphs slice(String input, String output, int axis, long start, long end) {
        if (opset < 10) {
            return node("Slice", input, output, attribute("axes", new int[]{axis}),
                    attribute("starts", new int[]{(int) start}),
                    attribute("ends", new int[]{Math.clamp(end, Integer.MIN_VALUE, Integer.MAX_VALUE)}));
        }
        return ints(output + "_from", start).ints(output + "_to", end).ints(output + "_axes", axis).node("Slice",
                String.join(" ", input, output + "_from", output + "_to", output + "_axes"), output);
    }

    OnnxGraphs concat(String inputs, String output, int axis) {
        return node("Concat", inputs, output, attribute("axis", axis));
    }

    /** Adds a {@code Constant} node. */
    OnnxGraphs constant(TensorProto tensor) {
        return node("Constant", "", tensor.getName(), attribute("value", tensor));
    }

    /** Returns an attribute: a Float, Integer, String, TensorProto, or an array or list of one of the first three. */
    public static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        switch (value) {
            case Float number -> attribute.setType(AttributeType.FLOAT).setF(number);
            case Integer number -> attribute.setType(AttributeType.INT).setI(number);
            case String text -> attribute.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
            case TensorProto tensor -> attribute.setType(AttributeType.TENSOR).setT(tensor);
            case GraphProto inner -> attribute.setType(AttributeType.GRAPH).setG(inner);
            case int[] numbers -> {
                attribute.setType(AttributeType.INTS);
                Arrays.stream(numbers).forEach(attribute::addInts);
            }
            case float[] numbers -> {
                attribute.setType(AttributeType.FLOATS);
                for (float number : numbers) {
                    attribute.addFloats(number);
                }
            }
            case String[] texts -> {
                attribute.setType(AttributeType.STRINGS);
                for (String text : texts) {
                    attribute.addStrings(ByteString.copyFromUtf8(text));
                }
            }
            default -> throw new IllegalArgumentException("no attribute of " + value.getClass());
        }
        return attribute.build();
    }

    /** Returns the model. */
    public ModelProto model() {
        return ModelProto.newBuilder().setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset)).setGraph(graph).build();
    }

    /** Has the model read. */
    Graph read() throws IOException {
        return read(model());
    }

    /** Has a model read. */
    static Graph read(ModelProto model) throws IOException {
        return OnnxReader.read("m.onnx", new ByteArrayInputStream(model.toByteArray()));
    }
}
