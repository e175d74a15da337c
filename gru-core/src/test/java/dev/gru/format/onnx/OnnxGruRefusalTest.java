package dev.gru.format.onnx;

import static dev.gru.format.onnx.OnnxGraphs.FLOAT;
import static dev.gru.format.onnx.OnnxGraphs.INT32;
import static dev.gru.format.onnx.OnnxGraphs.attribute;
import static dev.gru.format.onnx.RefusedGraphs.UNITS;
import static dev.gru.format.onnx.RefusedGraphs.assertRefused;
import static dev.gru.format.onnx.RefusedGraphs.both;
import static dev.gru.format.onnx.RefusedGraphs.gru;
import static dev.gru.format.onnx.RefusedGraphs.start;

import java.util.function.UnaryOperator;

import ai.onnx.proto.OnnxMl.AttributeProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.format.OnnxReader;

/** GRU nodes, and what surrounds them, are refused by name where they are not supported. */
class OnnxGruRefusalTest {
    private static AttributeProto attributeOf(String name, String value) {
        return attribute(name, switch (name) {
            case "activations" -> value.split(",");
            case "direction" -> value;
            case "clip" -> Float.valueOf(value);
            case "activation_alpha", "activation_beta" -> new float[]{Float.parseFloat(value)};
            default -> Integer.valueOf(value);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            activations      | Gelu,Tanh             | the activation "Gelu" is not supported
            activations      | Sigmoid               | activations must be 2 for direction forward, are 1
            activations      | Sigmoid,Tanh,Tanh     | activations must be 2 for direction forward, are 3
            activation_alpha | 0.5                   | activation_alpha or activation_beta has more values than its activations [Sigmoid, Tanh] take
            activation_beta  | 0.5                   | activation_alpha or activation_beta has more values than its activations [Sigmoid, Tanh] take
            clip             | 0                     | clip must be above 0, is 0.0
            clip             | -1                    | clip must be above 0, is -1.0
            clip             | NaN                   | clip must be above 0, is NaN
            direction        | sideways              | direction "sideways" must be forward, reverse or bidirectional
            direction        | bidirectional         | R must be floats of shape [2, any, any], is floats of shape [1, 15, 5]
            layout           | 2                     | layout 2 must be 0 or 1
            hidden_size      | 6                     | hidden_size is 6, but R has the shape [1, 15, 5]
            output_sequence  | 1                     | the attribute "output_sequence" is not supported
            """)
    void optionsOfGruNodesAreRefused(String name, String value, String part) {
        assertRefused(start().node("GRU", "x W R B", "Y", attributeOf(name, value)).outputs("Y"),
                "node \"GRU/Y\" (GRU): " + part);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            x W2 R B    | W must be floats of shape [1, 15, any], is floats of shape [2, 15, 4]
            x W W B     | R must be floats of shape [1, 12, 4], is floats of shape [1, 15, 4]
            x B R       | W must be floats of shape [1, 15, any], is floats of shape [1, 30]
            x W R bias  | B must be floats of shape [1, 30], is floats of shape [3]
            x W R R     | B must be floats of shape [1, 30], is floats of shape [1, 15, 5]
            x deep R B  | takes 5 features, but gets
            x W         | has no input 2
            x - R       | has no input 1
            - W R       | has no input 0
            kernel W R  | its input 0 does not depend on the inputs
            x W R B - - x | has 7 inputs, at most 6 are known
            x W R nobody  | takes "nobody", which is no output of a node before it
            x W R B bias  | its sequence_lens must be an input of the graph
            x W R B x     | its sequence_lens must be an input of the graph
            x W R B - W   | its initial_h is floats of shape [1, 15, 4], it must have 1 directions and 5 units
            x W R B - x   | its initial_h has the dimensions
            x W R x       | its weights are inputs of the graph: "x"; give them to OnnxReader.read(file, weights)
            """)
    void inputsOfGruNodesThatDoNotFitAreRefused(String inputs, String part) {
        assertRefused(start().node("GRU", inputs, "Y").outputs("Y"), "node \"GRU/Y\" (GRU): " + part);
    }

    @Test
    void stepsThatAreNoStateAreRefused() {
        assertRefused(gru().slice("y", "z", 0, -2, Long.MAX_VALUE).outputs("z"),
                "takes 2 steps from -2 on of a number that only a run knows");
        assertRefused(gru().slice("y", "z", 0, 0, 2).outputs("z"),
                "takes 2 steps from 0 on of a number that only a run knows");
        assertRefused(start().input("lens", INT32, "batch").node("GRU", "x W R B lens", "Y").pick("Y", "z", 0, -1)
                .outputs("z"), "takes a step that short rows do not have");
        assertRefused(gru().pick("x", "x1", 0, -1).unsqueeze("x1", "x2", 0).node("GRU", "x2 W R", "Z").outputs("Z"),
                "node \"Gather/x1\" (Gather): takes 1 elements from -1 on of a dimension of ?");
    }

    @Test
    void statesInAnotherOrderAreRefused() {
        assertRefused(start().input("h0", FLOAT, 1, "batch", UNITS).node("GRU", "x W R - - h0", "Y h")
                .squeeze("Y", "y", 1).node("GRU", "y deep R - - h0", "Z").outputs("Z"),
                "node \"GRU/Z\" (GRU): the input \"h0\" must hold the states of the layers in their order, each once");
        assertRefused(start().input("h0", FLOAT, 3, "batch", UNITS).slice("h0", "h1", 0, 0, 1)
                .node("GRU", "x W R - - h1", "Y").outputs("Y"), "input \"h0\": holds states that no layer takes");
        assertRefused(start().input("h0", FLOAT, 1, "batch", UNITS + 1).node("GRU", "x W R - - h0", "Y").outputs("Y"),
                "its initial_h has the dimensions");
        assertRefused(both().squeeze("h", "z", 0).outputs("z"), "node \"Squeeze/z\" (Squeeze): leaves out the axis 0");
    }

    @Test
    void lengthsThatDifferFromLayerToLayerAreRefused() {
        UnaryOperator<OnnxGraphs> first = graph -> graph.node("GRU", "x W R B lens", "Y").squeeze("Y", "y", 1);
        assertRefused(first.apply(start().input("lens", INT32, "batch")).node("GRU", "y deep R", "Z").outputs("Z"),
                "node \"GRU/Z\" (GRU): its sequence_lens are not those of the GRU before it");
        assertRefused(first.apply(start().input("lens", INT32, "batch").input("more", INT32, "batch"))
                .node("GRU", "y deep R - more", "Z").outputs("Z"),
                "its sequence_lens are not those of the GRU before it");
        assertRefused(first.apply(start().initializer(OnnxGraphs.longs("lens", new long[]{3, 3}, 2))).outputs("y"),
                "its sequence_lens must be an input of the graph, of whole numbers, or the number of steps");
        assertRefused(first.apply(start().input("lens", FLOAT, "batch")).outputs("y"), "its sequence_lens must be");
    }
}
