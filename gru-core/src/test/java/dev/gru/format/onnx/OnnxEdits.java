package dev.gru.format.onnx;

import static dev.gru.format.onnx.OnnxGraphs.FLOAT;
import static dev.gru.format.onnx.OnnxGraphs.INT64;
import static dev.gru.format.onnx.OnnxGraphs.attribute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;

import dev.gru.format.fixture.Fixtures;

/** Changes ONNX graphs: other operators, attributes, inputs, constants and orders; most make no sense, but some do. */
final class OnnxEdits {
    static final List<ModelProto> GRAPHS = List.of(fixture("bidirectional"), fixture("clip"),
            fixture("sequence_lens"), fixture("reverse"), chain(), chain(), states(), halves(), rows());

    private static final List<String> OPERATORS = List.of("GRU", "Gather", "Transpose", "Squeeze", "Unsqueeze",
            "Reshape", "Slice", "Split", "Concat", "Shape", "Expand", "Tile", "ConstantOfShape", "Mul", "Equal",
            "Where",
            "ReduceProd", "Cast", "Identity", "Dropout", "MatMul", "Gemm", "Add", "Relu", "Softmax", "HardSigmoid",
            "Constant", "LSTM");

    private static final List<String> ATTRIBUTES = List.of("axes", "axis", "perm", "hidden_size", "direction",
            "activations", "activation_alpha", "clip", "layout", "linear_before_reset", "to", "value", "value_ints",
            "starts", "ends", "split", "num_outputs", "start", "end", "allowzero", "keepdims", "transB", "alpha");

    private static final int[] NUMBERS = {0, 1, -1, 2, 3, -2, 5, 10, 15, 1 << 16, Integer.MAX_VALUE, Integer.MIN_VALUE};

    private OnnxEdits() {
    }

    /** Returns one of the graphs with up to three changes. */
    static ModelProto edited(Random random) {
        ModelProto.Builder model = GRAPHS.get(random.nextInt(GRAPHS.size())).toBuilder();
        for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
            edit(model.getGraphBuilder(), random);
        }
        if (random.nextInt(20) == 0) {
            model.getOpsetImportBuilder(0).setVersion(random.nextInt(6, 24));
        }
        return model.build();
    }

    private static ModelProto fixture(String name) {
        try {
            return ModelProto.parseFrom(Fixtures.bytes("onnx/" + name + "/model.onnx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A graph in which nearly every operator occurs. */
    private static ModelProto chain() {
        return OnnxGraphs.opset(17).input("t", INT64, "batch", "steps").input("h0", FLOAT, 3, "batch", 5)
                .weights("table", 7, 4).node("Gather", "table t", "x").node("Shape", "x", "shape")
                .pick("shape", "batch", 0, 0).unsqueeze("batch", "batches", 0).ints("one", 1).ints("five", 5)
                .concat("one batches five", "size", 0).node("ConstantOfShape", "size", "zeros")
                .transpose("x", "xt", 1, 0, 2).weights("w", 3 * 5, 4).unsqueeze("w", "W", 0).weights("r", 20, 5)
                .slice("r", "r1", 0, 0, 15).unsqueeze("r1", "R", 0).slice("h0", "h1", 0, 0, 1)
                .slice("h0", "h2", 0, 1, 3).node("GRU", "xt W R - - h1", "Y Yh", attribute("hidden_size", 5))
                .squeeze("Y", "y", 1).weights("W2", 2, 15, 5).weights("R2", 2, 15, 5)
                .node("GRU", "y W2 R2 - - h2", "Z Zh", attribute("direction", "bidirectional"))
                .transpose("Z", "zt", 0, 2, 1, 3).ints("joined", 0, 0, -1).node("Reshape", "zt joined", "z")
                .weights("k", 10, 3).weights("c", 3).node("MatMul", "z k", "m").node("Add", "m c", "s")
                .node("Softmax", "s", "p", attribute("axis", -1)).withAxes("Split", "p", "p1 p2", "split", 1, 1)
                .node("Dropout", "p", "out").concat("Yh Zh", "hn", 0).outputs("out", "hn").model();
    }

    /** The states of two bidirectional layers, of which those of the second go on. */
    private static ModelProto states() {
        return OnnxGraphs.opset(12).input("x", FLOAT, "steps", "batch", 4).weights("W", 2, 15, 4).weights("R", 2, 15, 5)
                .weights("W2", 2, 15, 10).weights("R2", 2, 15, 5)
                .node("GRU", "x W R", "Y Yh", attribute("direction", "bidirectional")).transpose("Y", "t", 0, 2, 1, 3)
                .ints("joined", 0, 0, -1).node("Reshape", "t joined", "y")
                .node("GRU", "y W2 R2", "Z Zh", attribute("direction", "bidirectional")).concat("Yh Zh", "hn", 0)
                .pick("hn", "fw", 0, -2).pick("hn", "bw", 0, -1).concat("fw bw", "last", 1).weights("k", 3, 10)
                .weights("c", 3).node("Gemm", "last k c", "m", attribute("transB", 1)).node("Relu", "m", "out")
                .outputs("out", "hn").model();
    }

    /** What each direction of a layer read last, taken out of all steps. */
    private static ModelProto halves() {
        return OnnxGraphs.opset(13).input("x", FLOAT, "batch", "steps", 4).weights("W", 2, 15, 4)
                .weights("R", 2, 15, 5).weights("B", 2, 30).transpose("x", "xt", 1, 0, 2)
                .node("GRU", "xt W R B", "Y h", attribute("direction", "bidirectional"),
                        attribute("linear_before_reset", 1))
                .slice("Y", "fw", 1, 0, 1).slice("Y", "bw", 1, 1, 2).squeeze("fw", "fwy", 1).squeeze("bw", "bwy", 1)
                .pick("fwy", "fw_last", 0, -1).pick("bwy", "bw_last", 0, 0).concat("fw_last bw_last", "last", 1)
                .weights("k", 10, 3).weights("c", 3).node("MatMul", "last k", "m").node("Add", "m c", "s")
                .node("Softmax", "s", "out").transpose("h", "hn", 1, 0, 2).outputs("out", "hn").model();
    }

    /** All rows of a batch as one matrix and back, by shapes that nodes compute. */
    private static ModelProto rows() {
        return OnnxGraphs.opset(17).input("x", FLOAT, "batch", "steps", 4).weights("W", 1, 15, 4)
                .weights("R", 1, 15, 5).node("GRU", "x W R", "Y", attribute("layout", 1)).squeeze("Y", "y", 2)
                .node("Shape", "y", "shape").ints("free", 0, 1).node("Gather", "shape free", "sizes")
                .node("ReduceProd", "sizes", "count", attribute("keepdims", 1)).ints("five", 5)
                .concat("count five", "flat", 0).node("Reshape", "y flat", "matrix").weights("k", 5, 3)
                .node("MatMul", "matrix k", "m").ints("three", 3).concat("sizes three", "back", 0)
                .node("Reshape", "m back", "s").node("Tanh", "s", "active").pick("active", "out", 1, -1)
                .outputs("out").model();
    }

    private static void edit(GraphProto.Builder graph, Random random) {
        NodeProto.Builder node = graph.getNodeBuilder(random.nextInt(graph.getNodeCount()));
        switch (random.nextInt(10)) {
            case 0 -> node.setOpType(OPERATORS.get(random.nextInt(OPERATORS.size())));
            case 1 -> editTensor(graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount())), random);
            case 2 -> editInput(graph.getInputBuilder(random.nextInt(graph.getInputCount())), random);
            case 3 -> node.addAttribute(randomAttribute(random));
            case 4 -> {
                if (node.getAttributeCount() > 0) {
                    node.removeAttribute(random.nextInt(node.getAttributeCount()));
                }
            }
            case 5 -> {
                if (node.getInputCount() > 0) {
                    node.setInput(random.nextInt(node.getInputCount()), anyName(graph, random));
                }
            }
            case 6 -> node.addInput(anyName(graph, random));
            case 7 -> graph.getOutputBuilder(random.nextInt(graph.getOutputCount())).setName(anyName(graph, random));
            case 8 -> {
                List<NodeProto> nodes = new ArrayList<>(graph.getNodeList());
                Collections.swap(nodes, random.nextInt(nodes.size()), random.nextInt(nodes.size()));
                graph.clearNode().addAllNode(nodes);
            }
            default -> graph.removeNode(random.nextInt(graph.getNodeCount())).addNode(node);
        }
    }

    private static String anyName(GraphProto.Builder graph, Random random) {
        List<String> names = new ArrayList<>(List.of("", "nobody"));
        graph.getNodeList().forEach(node -> names.addAll(node.getOutputList()));
        graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
        graph.getInputList().forEach(input -> names.add(input.getName()));
        return names.get(random.nextInt(names.size()));
    }

    private static void editTensor(TensorProto.Builder tensor, Random random) {
        switch (random.nextInt(4)) {
            case 0 -> tensor.setDataType(random.nextInt(24));
            case 1 -> {
                if (tensor.getDimsCount() > 0) {
                    tensor.setDims(random.nextInt(tensor.getDimsCount()), NUMBERS[random.nextInt(NUMBERS.length)]);
                }
            }
            case 2 -> tensor.addDims(NUMBERS[random.nextInt(NUMBERS.length)]);
            default -> {
                int elements = random.nextInt(4);
                long[] values = new long[elements];
                for (int i = 0; i < elements; i++) {
                    values[i] = NUMBERS[random.nextInt(NUMBERS.length)];
                }
                TensorProto other = random.nextInt(4) == 0
                        ? OnnxGraphs.longs("", new long[]{values.length})
                        : OnnxGraphs.longs("", values, elements);
                tensor.clearDims().addAllDims(other.getDimsList()).setDataType(INT64).setRawData(other.getRawData());
            }
        }
    }

    private static void editInput(ValueInfoProto.Builder input, Random random) {
        var type = input.getTypeBuilder().getTensorTypeBuilder();
        if (random.nextInt(3) == 0) {
            type.setElemType(random.nextInt(20));
        } else if (random.nextBoolean() && type.getShapeBuilder().getDimCount() > 0) {
            type.getShapeBuilder().getDimBuilder(random.nextInt(type.getShapeBuilder().getDimCount()))
                    .setDimValue(NUMBERS[random.nextInt(NUMBERS.length)]);
        } else {
            type.getShapeBuilder().addDimBuilder().setDimValue(NUMBERS[random.nextInt(NUMBERS.length)]);
        }
    }

    private static AttributeProto randomAttribute(Random random) {
        String name = ATTRIBUTES.get(random.nextInt(ATTRIBUTES.size()));
        int number = NUMBERS[random.nextInt(NUMBERS.length)];
        return switch (random.nextInt(6)) {
            case 0 -> attribute(name, number);
            case 1 -> attribute(name, new int[]{number, NUMBERS[random.nextInt(NUMBERS.length)]});
            case 2 -> attribute(name, random.nextBoolean() ? Float.NaN : number);
            case 3 -> attribute(name, List.of("forward", "reverse", "bidirectional", "x").get(random.nextInt(4)));
            case 4 -> attribute(name, OnnxGraphs.longs("", new long[]{number}, 1));
            default -> attribute(name, new String[]{"Relu", "Affine", "HardSigmoid", "Tanh"});
        };
    }
}
