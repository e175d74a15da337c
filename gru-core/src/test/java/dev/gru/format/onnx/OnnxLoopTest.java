package dev.gru.format.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.function.Consumer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.format.OnnxReader;
import dev.gru.format.fixture.Fixtures;
import dev.gru.layer.GruLayer;
import dev.gru.weights.GruVariant;

/** A loop becomes a GRU layer if its body is one step of a GRU, and is refused by the node that departs if it is not. */
class OnnxLoopTest {
    private static ModelProto model(String name) {
        try {
            return ModelProto.parseFrom(Fixtures.bytes("onnx/" + name + "/model.onnx"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the model with another body of its loop. */
    private static ModelProto edited(ModelProto whole, Consumer<GraphProto.Builder> edit) {
        ModelProto.Builder model = whole.toBuilder();
        for (NodeProto.Builder node : model.getGraphBuilder().getNodeBuilderList()) {
            if (node.getOpType().equals("Loop")) {
                edit.accept(node.getAttributeBuilder(0).getGBuilder());
            }
        }
        return model.build();
    }

    private static NodeProto.Builder maker(GraphProto.Builder body, String output) {
        return body.getNodeBuilderList().stream().filter(node -> node.getOutputList().contains(output)).findFirst()
                .orElseThrow();
    }

    private static void assertRefused(ModelProto model, String part) {
        String message = RefusedGraphs.refusal(model);
        assertTrue(message.contains("(Loop): is no GRU, and other loops are not supported: "), message);
        assertTrue(message.contains(part), message);
        assertTrue(message.endsWith("if the model comes from Keras, read its .keras file"), message);
    }

    @Test
    void bothVariantsAreFound() throws IOException {
        for (String name : new String[]{"field/loop_keras3", "field/loop_keras2_wakeword"}) {
            GruLayer layer = OnnxReader.read("m.onnx", new ByteArrayInputStream(model(name).toByteArray()))
                    .recurrentLayers().getFirst();
            assertEquals(name.endsWith("keras3") ? GruVariant.RESET_AFTER : GruVariant.RESET_BEFORE,
                    layer.weights().variant());
        }
    }

    /** Each row replaces the operator of the node that makes a value. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cand  | Erf  | "cell/cand" (Erf) of its body
            z     | Exp  | its gates have different functions
            zs    | Sub  | of its body
            zs    | Mul  | "cell/zs" (Mul) of its body departs from a GRU's equations: makes a product
            rh    | Add  | of its body
            ns    | Mul  | "cell/ns" (Mul) of its body
            zc    | Add  | "cell/h_out" (Add) of its body departs from a GRU's equations: its new state is not
            fresh | Add  | of its body
            kept  | Add  | of its body
            mx0   | Add  | "cell/mx0" (Add) of its body
            h_out | Sub  | "cell/h_out" (Sub) of its body departs from a GRU's equations
            go_on | Greater | "cell/go_on" (Greater) of its body
            """)
    void whatDepartsIsNamed(String output, String operator, String part) {
        assertRefused(edited(model("field/loop_keras3_sequences"), body -> maker(body, output).setOpType(operator)),
                part);
    }

    @Test
    void whatIsHandedOutMustBeTheState() {
        assertRefused(edited(model("field/loop_keras3_sequences"), body -> maker(body, "y_t").setInput(0, "h_in")),
                "what the loop hands out of each step is not the new state");
        assertRefused(edited(model("field/loop_keras3"), body -> maker(body, "i_next").setInput(0, "one_i")
                .setInput(1, "one_i")), "departs from a GRU's equations");
        assertRefused(edited(model("field/loop_keras3"), body -> maker(body, "x_t").setInput(1, "i_next")),
                "\"cell/x_t\" (Gather) of its body");
    }

    /** A loop that ends before its sequence does, or begins later. */
    @Test
    void allStepsMustBeTaken() {
        ModelProto whole = model("field/loop_keras3");
        ModelProto.Builder fewer = whole.toBuilder();
        for (var tensor : fewer.getGraphBuilder().getInitializerBuilderList()) {
            if (tensor.getName().equals("max")) {
                tensor.setRawData(OnnxGraphs.longs("max", new long[]{3}).getRawData());
            }
        }
        assertRefused(fewer.build(), "it makes 3 steps, but its sequence has 10");
        assertRefused(edited(whole, body -> body.getInitializerBuilderList().stream()
                .filter(tensor -> tensor.getName().equals("T")).forEach(
                        tensor -> tensor.setRawData(OnnxGraphs.floats("T", new float[]{7}).getRawData()))),
                "it makes 7 steps, but its sequence has 10");
    }

    @Test
    void loopsOfAnotherKindAreRefused() {
        ModelProto whole = model("field/loop_keras3");
        assertRefused(edited(whole, body -> body.clearNode()), "its body takes no steps of a sequence");
        assertRefused(edited(whole, body -> body.clearOutput()), "its body has 4 inputs and 0 outputs");
        assertRefused(edited(whole, body -> body.setInput(2, body.getInput(3))), "its body has 4 inputs");
    }
}
