package dev.gru.format.onnx;

import static dev.gru.format.onnx.OnnxGraphs.FLOAT;
import static dev.gru.format.onnx.OnnxGraphs.attribute;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;

import dev.gru.format.fixture.Structure;

/** ONNX graphs that grow. */
public final class OnnxStructures {
    private static final int BOOL = TensorProto.DataType.BOOL_VALUE;

    public static final List<Structure> ALL = List.of(
            new Structure("operands that are one constant", 2048,
                    n -> start().initializer(zeros("z", 4 * n)).concat(repeated("z", n), "y", 0).outputs("y").model()
                            .toByteArray()),
            new Structure("dropouts that share the constant of their training mode", 256, OnnxStructures::dropouts),
            new Structure("joined shapes of 64 numbers", 4096,
                    n -> start().ints("c", twos()).node("Shape", "x", "s").concat("s " + repeated("c", n), "y", 0)
                            .outputs("y").model().toByteArray()),
            new Structure("products of shapes of 64 numbers", 256, OnnxStructures::products),
            new Structure("slices that share their list of axes", 128, OnnxStructures::slices),
            new Structure("places in an array without elements", 128, OnnxStructures::gathers),
            new Structure("empty runs in the blocks of an array", 1024, OnnxStructures::emptyRuns),
            new Structure("layouts of an array", 256, OnnxStructures::transposes),
            new Structure("layers with initial and final states", 32, OnnxStructures::layers),
            new Structure("nodes without anything", 1024,
                    n -> ModelProto.newBuilder(gru().outputs("Y").model())
                            .setGraph(gru().outputs("Y").model().getGraph()
                                    .toBuilder().addAllNode(Collections.nCopies(n, NodeProto.getDefaultInstance())))
                            .build()
                            .toByteArray()),
            new Structure("outputs", 256, OnnxStructures::outputs),
            new Structure("graphs within graphs", 16, OnnxStructures::nested),
            new Structure("a long name", 4096, n -> gru().node("Identity", "Y", "n".repeat(n)).outputs("n".repeat(n))
                    .model().toByteArray()));

    private OnnxStructures() {
    }

    private static OnnxGraphs start() {
        return OnnxGraphs.opset(17).input("x", FLOAT, "s", "b", 3);
    }

    private static OnnxGraphs gru() {
        return start().weights("W", 1, 12, 3).weights("R", 1, 12, 4).node("GRU", "x W R", "Y");
    }

    private static String repeated(String name, int n) {
        return String.join(" ", Collections.nCopies(n, name));
    }

    private static TensorProto zeros(String name, int n) {
        return OnnxGraphs.floats(name, new float[n], n);
    }

    private static long[] twos() {
        long[] twos = new long[64];
        Arrays.fill(twos, 2);
        return twos;
    }

    private static byte[] dropouts(int n) {
        OnnxGraphs graph = start().initializer(OnnxGraphs.raw("z", BOOL, ByteBuffer.allocate(64 * n), 64L * n))
                .weights("W", 1, 12, 3).weights("R", 1, 12, 4);
        for (int i = 0; i < n; i++) {
            graph.node("Dropout", (i == 0 ? "x" : "d" + i) + " - z", "d" + (i + 1));
        }
        return graph.node("GRU", "d" + n + " W R", "Y").outputs("Y").model().toByteArray();
    }

    private static byte[] products(int n) {
        OnnxGraphs graph = start().ints("one", IntStream.range(0, 64).mapToLong(_ -> 1).toArray())
                .node("Shape", "x", "s").node("ReduceProd", "s", "p").node("Mul", "p one", "m0");
        for (int i = 0; i < n; i++) {
            graph.node("Mul", "m" + i + " one", "m" + (i + 1));
        }
        return graph.outputs("m" + n).model().toByteArray();
    }

    private static byte[] slices(int n) {
        OnnxGraphs graph = start().ints("from", new long[64 * n]).ints("axes", new long[64 * n])
                .ints("to", IntStream.range(0, 64 * n).mapToLong(_ -> Long.MAX_VALUE).toArray());
        for (int i = 0; i < n; i++) {
            graph.node("Slice", (i == 0 ? "x" : "s" + i) + " from to axes", "s" + (i + 1));
        }
        return graph.outputs("s" + n).model().toByteArray();
    }

    private static byte[] gathers(int n) {
        OnnxGraphs graph = start().initializer(OnnxGraphs.floats("empty", new float[0], 1, 0))
                .ints("at", new long[64 * n]);
        for (int i = 0; i < n; i++) {
            graph.node("Gather", (i == 0 ? "empty" : "g" + i) + " at", "g" + (i + 1), attribute("axis", 0));
        }
        return graph.outputs("g" + n).model().toByteArray();
    }

    private static byte[] emptyRuns(int n) {
        return start().initializer(OnnxGraphs.floats("full", new float[n], n, 1))
                .initializer(OnnxGraphs.floats("z", new float[0], n, 0)).concat("full " + repeated("z", n), "y", 1)
                .outputs("y").model().toByteArray();
    }

    private static byte[] transposes(int n) {
        OnnxGraphs graph = start().weights("W", 1, 12, 3).weights("R", 1, 12, 4);
        for (int i = 0; i < 2 * n; i++) {
            graph.transpose(i == 0 ? "x" : "t" + i, "t" + (i + 1), 1, 0, 2);
        }
        return graph.node("GRU", "t" + 2 * n + " W R", "Y").outputs("Y").model().toByteArray();
    }

    private static byte[] layers(int n) {
        OnnxGraphs graph = OnnxGraphs.opset(17).input("y0", FLOAT, "s", "b", 1);
        for (int i = 0; i < n; i++) {
            String h = "h" + i;
            graph.input(h, FLOAT, 1, "b", 1).weights("W" + i, 1, 3, 1).weights("R" + i, 1, 3, 1)
                    .node("GRU", "y" + i + " W" + i + " R" + i + " - - " + h, "Y" + i + " H" + i)
                    .squeeze("Y" + i, "y" + (i + 1), 1).outputs("H" + i);
        }
        return graph.outputs("y" + n).model().toByteArray();
    }

    private static byte[] outputs(int n) {
        OnnxGraphs graph = gru();
        for (int i = 0; i < n; i++) {
            graph.node("Identity", "Y", "o" + i).outputs("o" + i);
        }
        return graph.model().toByteArray();
    }

    private static byte[] nested(int n) {
        GraphProto inner = GraphProto.getDefaultInstance();
        for (int i = 0; i < n; i++) {
            inner = GraphProto.newBuilder().addNode(
                    NodeProto.newBuilder().setOpType("If").addAttribute(attribute("then_branch", inner))).build();
        }
        return gru().node("If", "x", "y", attribute("then_branch", inner)).outputs("y").model().toByteArray();
    }
}
