package dev.gru.format.onnx;

import static dev.gru.format.onnx.OnnxGraphs.FLOAT;
import static dev.gru.format.onnx.OnnxGraphs.attribute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;

import ai.onnx.proto.OnnxMl.ModelProto;

import dev.gru.format.OnnxReader;
import dev.gru.format.file.ModelFormatException;

/** Graphs that are refused, and what they are made from. */
final class RefusedGraphs {
    static final int INPUTS = 4;
    static final int UNITS = 5;

    private RefusedGraphs() {
    }

    static String refusal(ModelProto model) {
        String message = assertThrows(ModelFormatException.class,
                () -> OnnxReader.read("m.onnx", new ByteArrayInputStream(model.toByteArray()))).getMessage();
        assertTrue(message.startsWith("m.onnx: "), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    static void assertRefused(OnnxGraphs graph, String part) {
        assertRefused(graph.model(), part);
    }

    static void assertRefused(ModelProto model, String part) {
        String message = refusal(model);
        assertTrue(message.contains(part), message);
    }

    /** Starts on a graph that has x (steps, batch, features) and weights for two directions and one. */
    static OnnxGraphs start() {
        return OnnxGraphs.opset(17).input("x", FLOAT, "steps", "batch", INPUTS).weights("W", 1, 3 * UNITS, INPUTS)
                .weights("R", 1, 3 * UNITS, UNITS).weights("B", 1, 6 * UNITS).weights("W2", 2, 3 * UNITS, INPUTS)
                .weights("R2", 2, 3 * UNITS, UNITS).weights("kernel", UNITS, 3).weights("bias", 3)
                .weights("deep", 1, 3 * UNITS, UNITS);
    }

    static OnnxGraphs gru() {
        return start().node("GRU", "x W R B", "Y h").squeeze("Y", "y", 1);
    }

    static OnnxGraphs both() {
        return start().node("GRU", "x W2 R2", "Y h", attribute("direction", "bidirectional"))
                .transpose("Y", "t", 0, 2, 1, 3).ints("joined", 0, 0, -1).node("Reshape", "t joined", "y");
    }
}
