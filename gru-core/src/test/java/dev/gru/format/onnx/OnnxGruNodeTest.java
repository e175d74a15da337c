package dev.gru.format.onnx;

import static dev.gru.format.onnx.OnnxGraphs.FLOAT;
import static dev.gru.format.onnx.OnnxGraphs.INT32;
import static dev.gru.format.onnx.OnnxGraphs.attribute;
import static dev.gru.format.onnx.OnnxRuns.assertSame;
import static dev.gru.format.onnx.OnnxRuns.features;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.format.OnnxReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.layer.Tensor;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** A graph of one GRU node means what the operator's definition says, option by option. */
class OnnxGruNodeTest {
    private static final int STEPS = 5;
    private static final int BATCH = 3;
    private static final int INPUTS = 4;
    private static final int UNITS = 6;

    private static final String ALL_INPUTS = "X W R B lens h0";

    /** Returns a graph of one node, with weights as constants and every other input that the node names as an input. */
    private static OnnxGraphs node(String inputs, String outputs, AttributeProto... attributes) {
        List<AttributeProto> all = new ArrayList<>(List.of(attributes));
        boolean bidirectional = all.stream().anyMatch(a -> a.getS().toStringUtf8().equals("bidirectional"));
        boolean hasLayout = all.stream().anyMatch(a -> a.getName().equals("layout"));
        boolean batchFirst = all.stream().anyMatch(a -> a.getName().equals("layout") && a.getI() == 1);
        int directions = bidirectional ? 2 : 1;
        all.add(attribute("hidden_size", UNITS));
        OnnxGraphs graph = OnnxGraphs.opset(hasLayout ? 14 : 7).weights("W", directions, 3 * UNITS, INPUTS)
                .weights("R", directions, 3 * UNITS, UNITS).weights("B", directions, 6 * UNITS)
                .input("X", FLOAT, batchFirst ? "batch" : "steps", batchFirst ? "steps" : "batch", INPUTS);
        if (inputs.contains("lens")) {
            graph.input("lens", INT32, "batch");
        }
        if (inputs.contains("h0")) {
            graph.input("h0", FLOAT, batchFirst ? "batch" : directions, batchFirst ? directions : "batch", UNITS);
        }
        graph.node("GRU", inputs, outputs, all.toArray(AttributeProto[]::new));
        return graph.outputs(Arrays.stream(outputs.split(" ")).filter(name -> !name.equals("-"))
                .toArray(String[]::new));
    }

    private static Map<String, Tensor> arrays(int directions, boolean batchFirst) {
        return Map.of("X", batchFirst ? features(BATCH, STEPS, INPUTS) : features(STEPS, BATCH, INPUTS),
                "lens", Tensor.of(new int[]{STEPS, 0, 2}, BATCH),
                "h0", batchFirst ? features(BATCH, directions, UNITS) : features(directions, BATCH, UNITS));
    }

    static Stream<List<AttributeProto>> options() {
        AttributeProto after = attribute("linear_before_reset", 1);
        AttributeProto both = attribute("direction", "bidirectional");
        return Stream.of(List.of(), List.of(after), List.of(attribute("direction", "reverse")),
                List.of(attribute("direction", "forward"), attribute("layout", 0)),
                List.of(both), List.of(both, after), List.of(attribute("layout", 1)),
                List.of(attribute("layout", 1), both, after), List.of(attribute("clip", 0.3f)),
                List.of(attribute("clip", 0.3f), after, both),
                List.of(attribute("activations", new String[]{"HardSigmoid", "Affine"})),
                List.of(attribute("activations", new String[]{"HardSigmoid", "Affine"}),
                        attribute("activation_alpha", new float[]{0.4f, 0.3f}),
                        attribute("activation_beta", new float[]{0.6f, -0.1f})),
                List.of(after, attribute("activations", new String[]{"Sigmoid", "Relu"})),
                List.of(after, attribute("activations", new String[]{"Sigmoid", "LeakyRelu"})),
                List.of(attribute("activations", new String[]{"Sigmoid", "Elu"})),
                List.of(both, attribute("activations", new String[]{"Sigmoid", "Softplus", "HardSigmoid", "Softsign"})),
                List.of(both, attribute("activations",
                        new String[]{"Sigmoid", "ScaledTanh", "HardSigmoid", "ThresholdedRelu"}),
                        attribute("activation_alpha", new float[]{1.5f, 0.3f, 0.1f}),
                        attribute("activation_beta", new float[]{0.7f, 0.4f})),
                List.of(both, attribute("activations", new String[]{"Sigmoid", "Relu", "HardSigmoid", "Tanh"}),
                        attribute("activation_alpha", new float[]{0.3f}), attribute("clip", 0.8f)),
                List.of(both, after,
                        attribute("activations", new String[]{"Tanh", "HardSigmoid", "HardSigmoid", "Sigmoid"}),
                        attribute("activation_alpha", new float[]{0.3f, 0.25f}),
                        attribute("activation_beta", new float[]{0.1f})));
    }

    @ParameterizedTest
    @MethodSource("options")
    void everyOptionMeansWhatItsDefinitionSays(List<AttributeProto> options) throws IOException {
        AttributeProto[] attributes = options.toArray(AttributeProto[]::new);
        Map<String, Tensor> all = arrays(options.toString().contains("bidirectional") ? 2 : 1,
                options.stream().anyMatch(a -> a.getName().equals("layout") && a.getI() == 1));
        for (String inputs : List.of("X W R", "X W R B", "X W R - lens", "X W R B - h0", ALL_INPUTS)) {
            for (String outputs : List.of("Y Y_h", "Y", "- Y_h", "Y -")) {
                Map<String, Tensor> given = all.entrySet().stream()
                        .filter(entry -> List.of(inputs.split(" ")).contains(entry.getKey()))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
                assertSame(node(inputs, outputs, attributes).model(), given);
            }
        }
    }

    @Test
    void rowsOfAllLengthsPutOutZerosBehindTheirEnd() throws IOException {
        for (String direction : List.of("forward", "reverse", "bidirectional")) {
            int directions = direction.equals("bidirectional") ? 2 : 1;
            for (int length = 0; length <= STEPS; length++) {
                Map<String, Tensor> arrays = Map.of("X", features(STEPS, BATCH, INPUTS), "lens",
                        Tensor.of(new int[]{length, STEPS, length / 2}, BATCH), "h0",
                        features(directions, BATCH, UNITS));
                assertSame(node(ALL_INPUTS, "Y Y_h", attribute("direction", direction)).model(), arrays);
            }
        }
    }

    private static float[] constant(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }

    /** What ONNX's own tests of the operator run: everything is an input, weights too. */
    @Test
    void theNodeTestsOfOnnxRun() throws IOException {
        nodeTest(false, 0.1f, new int[]{1, 3, 2}, 5, false);
        nodeTest(true, 0.1f, new int[]{1, 3, 3}, 3, false);
        nodeTest(true, 0.7f, new int[]{2, 3, 3}, 5, false);
        nodeTest(false, 0.2f, new int[]{3, 1, 2}, 6, true);
    }

    private static void nodeTest(boolean bias, float scale, int[] shape, int units, boolean batchFirst)
            throws IOException {
        int inputs = shape[2];
        OnnxGraphs graph = OnnxGraphs.opset(batchFirst ? 14 : 7).input("X", FLOAT, shape[0], shape[1], inputs)
                .input("W", FLOAT, 1, 3 * units, inputs).input("R", FLOAT, 1, 3 * units, units);
        if (bias) {
            graph.input("B", FLOAT, 1, 6 * units);
        }
        graph.node("GRU", bias ? "X W R B" : "X W R", batchFirst ? "Y Y_h" : "- Y_h", batchFirst
                ? new AttributeProto[]{attribute("hidden_size", units), attribute("layout", 1)}
                : new AttributeProto[]{attribute("hidden_size", units)});
        graph.outputs(batchFirst ? new String[]{"Y", "Y_h"} : new String[]{"Y_h"});
        float[] biases = constant(6 * units, 0);
        Arrays.fill(biases, 0, 3 * units, scale);
        Map<String, Tensor> weights = new HashMap<>(Map.of(
                "W", Tensor.of(constant(3 * units * inputs, scale), 1, 3 * units, inputs),
                "R", Tensor.of(constant(3 * units * units, scale), 1, 3 * units, units)));
        if (bias) {
            weights.put("B", Tensor.of(biases, 1, 6 * units));
        }
        float[] x = new float[shape[0] * shape[1] * inputs];
        IntStream.range(0, x.length).forEach(i -> x[i] = i + 1);
        assertSame(graph.model(), weights, Map.of("X", Tensor.of(x, shape)));

        String refusal = assertThrows(ModelFormatException.class, graph::read).getMessage();
        assertTrue(refusal.contains("its weights are inputs of the graph: \"W\", \"R\"" + (bias ? ", \"B\"" : "")
                + "; give them to OnnxReader.read(file, weights)"), refusal);
    }

    @Test
    void weightsForWhatIsNoInputAreRefused() {
        byte[] graph = node("X W R", "Y").model().toByteArray();
        String message = assertThrows(IllegalArgumentException.class, () -> OnnxReader.read("m",
                new ByteArrayInputStream(graph), Map.of("Q", Tensor.of(new float[1], 1)))).getMessage();
        assertEquals("weights must have names of inputs of the graph, \"X\", had \"Q\"", message);
    }

    private static GruWeights weights(OnnxGraphs graph) throws IOException {
        return assertInstanceOf(GruLayer.class, graph.read().layers().getFirst()).weights();
    }

    @Test
    void optionsAreReadAsTheyAreDefined() throws IOException {
        GruWeights standard = weights(node("X W R", "Y"));
        assertEquals(GruVariant.RESET_BEFORE, standard.variant());
        assertEquals(GruActivations.STANDARD, standard.activations());
        assertEquals(GruVariant.RESET_AFTER, weights(node("X W R", "Y", attribute("linear_before_reset", 1)))
                .variant());
        assertEquals(new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), Activation.linear(0, 0), 2.5f),
                weights(node("X W R", "Y", attribute("activations", new String[]{"hardsigmoid", "AFFINE"}),
                        attribute("clip", 2.5f))).activations());
        // Tanh takes neither list, so the first values belong to the second function.
        assertEquals(new GruActivations(Activation.TANH, Activation.linear(3, -1), Float.POSITIVE_INFINITY),
                weights(node("X W R", "Y", attribute("activations", new String[]{"Tanh", "Affine"}),
                        attribute("activation_alpha", new float[]{3}), attribute("activation_beta", new float[]{-1})))
                        .activations());
    }

    @Test
    void gatesAreInTheOrderUpdateResetNew() throws IOException {
        float[] r = new float[3 * UNITS * UNITS];
        float[] b = new float[6 * UNITS];
        for (int row = 0; row < 3 * UNITS; row++) {
            r[row * UNITS + 1] = row;
            b[row] = row;
            b[3 * UNITS + row] = -row;
        }
        GruWeights weights = weights(OnnxGraphs.opset(7).input("X", FLOAT, "s", "b", INPUTS)
                .weights("W", 1, 3 * UNITS, INPUTS).initializer(OnnxGraphs.floats("R", r, 1, 3 * UNITS, UNITS))
                .initializer(OnnxGraphs.floats("B", b, 1, 6 * UNITS)).node("GRU", "X W R B", "Y").outputs("Y"));
        for (int unit = 0; unit < UNITS; unit++) {
            for (Gate gate : Gate.values()) {
                int row = unit + UNITS * (gate == Gate.UPDATE ? 0 : gate == Gate.RESET ? 1 : 2);
                assertEquals(row, weights.weightHh(gate, unit, 1));
                assertEquals(row, weights.biasIh(gate, unit));
                assertEquals(-row, weights.biasHh(gate, unit));
            }
        }
    }

    @Test
    void layersReadInTheDirectionsOfTheNode() throws IOException {
        GruLayer reverse = assertInstanceOf(GruLayer.class,
                node("X W R", "Y", attribute("direction", "reverse")).read().layers().getFirst());
        assertEquals(Direction.BACKWARD, reverse.direction());
        assertTrue(reverse.zeroOutputForMask());
        Bidirectional both = assertInstanceOf(Bidirectional.class,
                node("X W R", "Y", attribute("direction", "bidirectional")).read().layers().getFirst());
        assertEquals(Bidirectional.MergeMode.CONCAT, both.merge());
        assertTrue(both.returnSequences());
        assertFalse(node("X W R", "- Y_h").read().returnsSequences());
    }

    @Test
    void theSignatureIsThatOfTheGraph() throws IOException {
        Graph model = node(ALL_INPUTS, "Y Y_h", attribute("direction", "bidirectional")).read();
        assertEquals(new Signature(
                List.of(new Port("X", Role.INPUT, 0, 0, List.of(Axis.STEP, Axis.BATCH, Axis.FEATURE)),
                        new Port("lens", Role.LENGTHS, 0, 0, List.of(Axis.BATCH)),
                        new Port("h0", Role.INITIAL_STATE, 0, 2, List.of(Axis.DIRECTION, Axis.BATCH, Axis.FEATURE))),
                List.of(new Port("Y", Role.OUTPUT, 0, 2 * UNITS,
                        List.of(Axis.STEP, Axis.DIRECTION, Axis.BATCH, Axis.FEATURE)),
                        new Port("Y_h", Role.FINAL_STATE, 0, 2, List.of(Axis.DIRECTION, Axis.BATCH, Axis.FEATURE)))),
                model.signature());
    }

    /** Up to version 3 of the format, every constant was an input as well. */
    @Test
    void initialStatesWithZerosToFallBackOnAreOptional() throws IOException {
        OnnxGraphs graph = node("X W R B - h0", "Y").initializer(
                OnnxGraphs.floats("h0", new float[BATCH * UNITS], 1, BATCH, UNITS))
                .input("W", FLOAT, 1, 3 * UNITS, INPUTS).input("R", FLOAT, 1, 3 * UNITS, UNITS)
                .input("B", FLOAT, 1, 6 * UNITS);
        Signature signature = graph.read().signature();
        assertEquals("[X (STEP, BATCH, FEATURE), h0 (DIRECTION, BATCH, FEATURE), optional]",
                signature.inputs().toString());
        Map<String, Tensor> arrays = arrays(1, false);
        assertSame(graph.model(), Map.of("X", arrays.get("X")));
        assertSame(graph.model(), Map.of("X", arrays.get("X"), "h0", arrays.get("h0")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void zeroInitialStatesAndFullLengthsMayBeConstants(boolean asNodes) throws IOException {
        var zeros = OnnxGraphs.floats("h", new float[BATCH * UNITS], 1, BATCH, UNITS);
        var lengths = TensorProto.newBuilder().setName("l").setDataType(INT32).addDims(BATCH).addInt32Data(STEPS)
                .addInt32Data(STEPS).addInt32Data(STEPS).build();
        OnnxGraphs graph = OnnxGraphs.opset(14).input("X", FLOAT, STEPS, BATCH, INPUTS)
                .weights("W", 1, 3 * UNITS, INPUTS).weights("R", 1, 3 * UNITS, UNITS).weights("B", 1, 6 * UNITS);
        if (asNodes) {
            graph.constant(zeros).constant(lengths);
        } else {
            graph.initializer(zeros).initializer(lengths);
        }
        graph.node("GRU", "X W R B l h", "Y Y_h").outputs("Y", "Y_h");
        assertSame(graph.model(), Map.of("X", features(STEPS, BATCH, INPUTS)));
        assertEquals(1, graph.read().signature().inputs().size());
    }
}
