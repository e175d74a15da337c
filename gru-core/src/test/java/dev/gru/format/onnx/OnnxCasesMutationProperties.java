package dev.gru.format.onnx;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

import dev.gru.format.OnnxReader;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.Mutations;

/** Whatever is done to graphs of all supported operators, and to the bodies of loops: they are read or refused. */
class OnnxCasesMutationProperties {
    private static final List<ModelProto> GRAPHS = graphs(false);
    private static final List<ModelProto> LOOPS = graphs(true);
    private static final List<String> OPERATORS = List.of("Add", "Sub", "Mul", "Div", "Max", "Min", "Sigmoid", "Tanh",
            "Relu", "MatMul", "Gemm", "Concat", "Split", "Slice", "Gather", "Identity", "Conv", "MaxPool",
            "AveragePool", "GlobalMaxPool", "ReduceMean", "BatchNormalization", "LayerNormalization", "PRelu", "Clip",
            "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Pad", "Loop", "GRU", "Softmax", "Sqrt", "Erf",
            "Where", "Less", "And", "Expand", "Softplus", "Greater", "Reciprocal", "Pow");
    /** Some ten kilobytes for each of fifty nodes, which have few weights in these small files. */
    private static final int ANYWAY = 1 << 20;

    private static final Mutations READER = new Mutations("ONNX cases", ".onnx", LOOPS.getFirst().toByteArray(),
            OnnxReader::read, ANYWAY);

    private static List<ModelProto> graphs(boolean loops) {
        File[] folders = Objects.requireNonNull(Fixtures.file("onnx/cases").toFile().listFiles(File::isDirectory));
        return Arrays.stream(folders).map(File::getName).sorted().filter(name -> name.startsWith("loop") == loops)
                .filter(name -> !name.endsWith("beside")).map(name -> {
                    try {
                        return ModelProto.parseFrom(Fixtures.bytes("onnx/cases/" + name + "/model.onnx"));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }).toList();
    }

    @Property(tries = 10_000, shrinking = ShrinkingMode.OFF)
    void damagedGraphsAreReadOrRefused(@ForAll Random random) {
        ModelProto.Builder model = GRAPHS.get(random.nextInt(GRAPHS.size())).toBuilder();
        edit(model.getGraphBuilder(), random);
        READER.check(model.build().toByteArray());
    }

    @Property(tries = 10_000, shrinking = ShrinkingMode.OFF)
    void damagedLoopsAreReadOrRefused(@ForAll Random random) {
        ModelProto.Builder model = LOOPS.get(random.nextInt(LOOPS.size())).toBuilder();
        GraphProto.Builder graph = model.getGraphBuilder();
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            if (node.getOpType().equals("Loop") && random.nextInt(4) != 0) {
                graph = node.getAttributeBuilder(0).getGBuilder();
                break;
            }
        }
        edit(graph, random);
        READER.check(model.build().toByteArray());
    }

    private static void edit(GraphProto.Builder graph, Random random) {
        for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
            NodeProto.Builder node = graph.getNodeBuilder(random.nextInt(graph.getNodeCount()));
            switch (random.nextInt(6)) {
                case 0 -> node.setOpType(OPERATORS.get(random.nextInt(OPERATORS.size())));
                case 1 -> {
                    if (node.getInputCount() > 0) {
                        node.setInput(random.nextInt(node.getInputCount()), name(graph, random));
                    }
                }
                case 2 -> node.addInput(name(graph, random));
                case 3 -> editAttribute(node, random);
                case 4 -> editTensor(graph, random);
                default -> {
                    if (graph.getOutputCount() > 0) {
                        graph.getOutputBuilder(random.nextInt(graph.getOutputCount())).setName(name(graph, random));
                    }
                }
            }
        }
    }

    private static void editAttribute(NodeProto.Builder node, Random random) {
        if (node.getAttributeCount() == 0) {
            return;
        }
        AttributeProto.Builder attribute = node.getAttributeBuilder(random.nextInt(node.getAttributeCount()));
        long number = Mutations.interesting(random);
        switch (random.nextInt(4)) {
            case 0 -> attribute.setI(number);
            case 1 -> attribute.setF((float) number);
            case 2 -> {
                if (attribute.getIntsCount() > 0) {
                    attribute.setInts(random.nextInt(attribute.getIntsCount()), number);
                }
            }
            default -> attribute.addInts(number);
        }
    }

    private static void editTensor(GraphProto.Builder graph, Random random) {
        if (graph.getInitializerCount() > 0) {
            var tensor = graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount()));
            if (tensor.getDimsCount() > 0 && random.nextBoolean()) {
                tensor.setDims(random.nextInt(tensor.getDimsCount()), Mutations.interesting(random));
            } else {
                tensor.setRawData(ByteString.copyFrom(
                        Mutations.bytes(tensor.getRawData().toByteArray(), random)));
            }
        }
    }

    private static String name(GraphProto.Builder graph, Random random) {
        List<String> names = new ArrayList<>(List.of(""));
        graph.getNodeList().forEach(node -> names.addAll(node.getOutputList()));
        graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
        graph.getInputList().forEach(input -> names.add(input.getName()));
        return names.get(random.nextInt(names.size()));
    }

    @AfterContainer
    static void report() {
        System.out.println(READER.report());
    }
}
