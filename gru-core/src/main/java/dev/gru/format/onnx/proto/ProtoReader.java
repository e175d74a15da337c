package dev.gru.format.onnx.proto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node.Subgraph;
import dev.gru.internal.Printable;

/**
 * Reads ONNX's protocol buffers into plain values; the only class that uses the classes generated for them.
 *
 * <p>The library checks every length against what is left of the file before it allocates, and {@link MessageCount}
 * says beforehand that there are not too many parts.
 */
public final class ProtoReader {
    /** Graphs inside of attributes nest by this many messages at most; the library's own default. */
    private static final int MAX_NESTING = 100;

    /** ONNX's operators, by the two names that they have. */
    private static final Set<String> OWN_DOMAINS = Set.of("", "ai.onnx");

    /** Stands for a number that is none of a type. */
    private static final TensorProto.DataType UNKNOWN = TensorProto.DataType.UNDEFINED;

    private final String file;
    private final ExternalData external;

    private ProtoReader(String file, ExternalData external) {
        this.file = file;
        this.external = external;
    }

    /**
     * Reads a file.
     *
     * @param file what messages call it
     * @param content all of it
     * @param external the files beside it, which must stay open until the constants of the model have been read
     * @throws ModelFormatException if it is damaged or is no ONNX file
     */
    public static Model read(String file, byte[] content, ExternalData external) throws ModelFormatException {
        ModelProto model;
        try {
            MessageCount.requireFew(file, content, MAX_NESTING);
            CodedInputStream in = CodedInputStream.newInstance(content);
            in.setRecursionLimit(MAX_NESTING);
            model = ModelProto.parseFrom(in);
        } catch (ModelFormatException e) {
            throw e;
        } catch (IOException e) {
            // The only exceptions that there are on arrays say what is wrong with the content.
            throw new ModelFormatException(file + ": is not an ONNX file, or is damaged: " + Printable.of(e), e);
        }
        if (!model.hasIrVersion() || !model.hasGraph()) {
            throw new ModelFormatException(file + ": is not an ONNX file: it has no "
                    + (model.hasIrVersion() ? "graph" : "ir_version"));
        }
        return new ProtoReader(file, external).model(model, content.length);
    }

    private ModelFormatException error(String problem) {
        return new ModelFormatException(file + ": " + problem);
    }

    private Model model(ModelProto model, long bytes) throws ModelFormatException {
        long opset = 0;
        for (OperatorSetIdProto operators : model.getOpsetImportList()) {
            if (OWN_DOMAINS.contains(operators.getDomain())) {
                opset = operators.getVersion();
            }
        }
        GraphProto graph = model.getGraph();
        List<Node> nodes = nodes(graph);
        Map<String, Tensor.Source> initializers = initializers(graph);
        List<Model.Input> inputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ValueInfoProto input : graph.getInputList()) {
            if (!names.add(input.getName())) {
                throw error("input " + Printable.quoted(input.getName()) + " appears twice");
            }
            inputs.add(input(input));
        }
        return new Model(file, () -> bytes + external.bytes(), opset, nodes, initializers, inputs,
                graph.getOutputList().stream().map(ValueInfoProto::getName).toList());
    }

    private List<Node> nodes(GraphProto graph) throws ModelFormatException {
        List<Node> nodes = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            nodes.add(node(node));
        }
        return nodes;
    }

    private Map<String, Tensor.Source> initializers(GraphProto graph) throws ModelFormatException {
        if (graph.getSparseInitializerCount() != 0) {
            throw error("sparse_initializer is not supported");
        }
        Map<String, Tensor.Source> initializers = new HashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (initializers.put(tensor.getName(), () -> tensor(initializer(tensor), tensor)) != null) {
                throw error(initializer(tensor) + " appears twice");
            }
        }
        return initializers;
    }

    private Subgraph subgraph(GraphProto graph) throws ModelFormatException {
        return new Subgraph(nodes(graph), initializers(graph),
                graph.getInputList().stream().map(ValueInfoProto::getName).toList(),
                graph.getOutputList().stream().map(ValueInfoProto::getName).toList());
    }

    private static String initializer(TensorProto tensor) {
        return "initializer " + Printable.quoted(tensor.getName());
    }

    private Node node(NodeProto node) throws ModelFormatException {
        // Operators of other makers become ones that nobody knows.
        String opType = OWN_DOMAINS.contains(node.getDomain())
                ? node.getOpType()
                : node.getDomain() + "." + node.getOpType();
        Map<String, Object> attributes = new HashMap<>();
        Node read = new Node(file, node.getName(), opType, node.getInputList(), node.getOutputList(),
                attributes);
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attributes.put(attribute.getName(), value(read, attribute)) != null) {
                throw read.error("the attribute " + Printable.quoted(attribute.getName()) + " appears twice");
            }
        }
        return read;
    }

    private Object value(Node node, AttributeProto attribute) {
        if (attribute.hasRefAttrName()) {
            // Only the functions of a model may have such, and none is supported.
            return attribute.getType();
        }
        return switch (attribute.getType()) {
            case FLOAT -> attribute.getF();
            case INT -> attribute.getI();
            case STRING -> attribute.getS().toStringUtf8();
            case TENSOR -> (Tensor.Source) () -> tensor("node " + Printable.quoted(node.label()) + ": attribute "
                    + Printable.quoted(attribute.getName()), attribute.getT());
            case GRAPH -> (Subgraph.Source) () -> subgraph(attribute.getG());
            case FLOATS -> attribute.getFloatsList();
            case INTS -> attribute.getIntsList();
            case STRINGS -> attribute.getStringsList().stream().map(ByteString::toStringUtf8).toList();
            default -> attribute.getType();
        };
    }

    private static Model.Input input(ValueInfoProto input) {
        if (!input.getType().hasTensorType()) {
            return new Model.Input(input.getName(), Model.Elements.OTHER, null);
        }
        var type = input.getType().getTensorType();
        List<Long> sizes = !type.hasShape()
                ? null
                // Some writers put 0 or -1 where only a run knows the size.
                : type.getShape().getDimList().stream().map(TensorShapeProto.Dimension::getDimValue)
                        .map(size -> Math.max(size, 0)).toList();
        return new Model.Input(input.getName(), elements(type(type.getElemType())), sizes);
    }

    private static TensorProto.DataType type(int number) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(number);
        return type == null ? UNKNOWN : type;
    }

    private static Model.Elements elements(TensorProto.DataType type) {
        return switch (type) {
            case FLOAT, FLOAT16, BFLOAT16, DOUBLE -> Model.Elements.FLOATS;
            case INT8, UINT8, INT16, UINT16, INT32, INT64 -> Model.Elements.WHOLE_NUMBERS;
            default -> Model.Elements.OTHER;
        };
    }

    private Tensor tensor(String where, TensorProto tensor) throws ModelFormatException {
        if (tensor.hasSegment()) {
            throw error(where + ": segments are not supported");
        }
        int[] shape = shape(where, tensor);
        long count = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
        TensorProto.DataType type = type(tensor.getDataType());
        return switch (type) {
            case FLOAT, FLOAT16, BFLOAT16, DOUBLE -> Tensor.of(floats(where, tensor, type, count), shape);
            case INT8, UINT8, INT16, UINT16, INT32, INT64, BOOL -> Tensor.of(longs(where, tensor, type, count),
                    shape);
            default -> throw error(where + ": the type " + (type == UNKNOWN ? tensor.getDataType() : type)
                    + " is not supported");
        };
    }

    /** Returns dimensions whose product is a number of elements that an array can have. */
    private int[] shape(String where, TensorProto tensor) throws ModelFormatException {
        if (tensor.getDimsCount() > Tensor.MAX_RANK) {
            throw error(where + ": has " + tensor.getDimsCount() + " dimensions, at most " + Tensor.MAX_RANK
                    + " are supported");
        }
        long elements = 1;
        for (long size : tensor.getDimsList()) {
            // Each factor and the product stay below 2^31, so none overflows.
            if (size < 0 || size > Integer.MAX_VALUE || size * elements > Integer.MAX_VALUE) {
                throw error(where + ": has the dimensions " + Printable.of(tensor.getDimsList().toString())
                        + ", which are too large or negative");
            }
            elements *= Math.max(size, 1);
        }
        return tensor.getDimsList().stream().mapToInt(Math::toIntExact).toArray();
    }

    private float[] floats(String where, TensorProto tensor, TensorProto.DataType type, long count)
            throws ModelFormatException {
        int width = switch (type) {
            case FLOAT -> Float.BYTES;
            case DOUBLE -> Double.BYTES;
            default -> Short.BYTES;
        };
        int typed = switch (type) {
            case FLOAT -> tensor.getFloatDataCount();
            case DOUBLE -> tensor.getDoubleDataCount();
            default -> tensor.getInt32DataCount();
        };
        ByteBuffer raw = data(where, tensor, width, typed, count);
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case FLOAT -> raw != null ? raw.getFloat() : tensor.getFloatData(i);
                case DOUBLE -> narrowed(where, raw != null ? raw.getDouble() : tensor.getDoubleData(i));
                case FLOAT16 -> Float.float16ToFloat(raw != null ? raw.getShort() : (short) tensor.getInt32Data(i));
                default -> Float.intBitsToFloat((raw != null ? raw.getShort() : tensor.getInt32Data(i)) << Short.SIZE);
            };
        }
        return values;
    }

    private float narrowed(String where, double value) throws ModelFormatException {
        float narrow = (float) value;
        if (Float.isInfinite(narrow) && !Double.isInfinite(value)) {
            throw error(where + ": holds " + value + ", which is too large for a float");
        }
        return narrow;
    }

    private long[] longs(String where, TensorProto tensor, TensorProto.DataType type, long count)
            throws ModelFormatException {
        int width = switch (type) {
            case INT64 -> Long.BYTES;
            case INT32 -> Integer.BYTES;
            case INT16, UINT16 -> Short.BYTES;
            default -> Byte.BYTES;
        };
        boolean wide = type == TensorProto.DataType.INT64;
        ByteBuffer raw = data(where, tensor, width, wide ? tensor.getInt64DataCount() : tensor.getInt32DataCount(),
                count);
        IntToLongFunction next = raw == null
                ? wide ? tensor::getInt64Data : tensor::getInt32Data
                : switch (type) {
                    case INT64 -> _ -> raw.getLong();
                    case INT32 -> _ -> raw.getInt();
                    case INT16 -> _ -> raw.getShort();
                    case UINT16 -> _ -> Short.toUnsignedInt(raw.getShort());
                    case INT8 -> _ -> raw.get();
                    default -> _ -> Byte.toUnsignedInt(raw.get());
                };
        long[] values = new long[(int) count];
        Arrays.setAll(values, next);
        return values;
    }

    /**
     * Returns the raw data of a tensor, or null if it has typed ones; there are as many of either as its shape asks
     * for.
     */
    private ByteBuffer data(String where, TensorProto tensor, int width, int typed, long count)
            throws ModelFormatException {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            if (tensor.hasRawData() || typed != 0) {
                throw error(where + ": has data of two kinds");
            }
            Map<String, String> entries = new HashMap<>();
            for (StringStringEntryProto entry : tensor.getExternalDataList()) {
                if (entries.put(entry.getKey(), entry.getValue()) != null) {
                    throw error(
                            where + ": " + Printable.quoted(entry.getKey()) + " of its external data appears twice");
                }
            }
            return external.read(file + ": " + where, entries, count * width);
        }
        if (tensor.getExternalDataCount() != 0) {
            throw error(where + ": names external data, but says that its data are in the file itself");
        }
        if (tensor.hasRawData()) {
            if (typed != 0) {
                throw error(where + ": has data of two kinds");
            }
            if (tensor.getRawData().size() != count * width) {
                throw error(
                        where + ": has " + tensor.getRawData().size() + " bytes of data, but its dimensions ask for "
                                + count + " × " + width);
            }
            return tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        if (typed != count) {
            throw error(where + ": has " + typed + " values, but its dimensions ask for " + count);
        }
        return null;
    }
}
