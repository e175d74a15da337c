package dev.gru.format.onnx;

import static dev.gru.format.onnx.OnnxGraphs.FLOAT;
import static dev.gru.format.onnx.OnnxGraphs.attribute;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.OnnxReader;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.layer.Tensor;

/** The functions of a GRU node are those of ONNX Runtime, with parameters that are given and with those that are not. */
class OnnxGruActivationsTest {
    private static final int UNITS = 2;
    private static final int INPUTS = 2;
    /** Of the largest output, as in {@link OnnxFieldTest}. */
    private static final float TOLERANCE = 1e-5f;

    /** Lines of {@code gru_activations.txt}, beside which is the script that made it: the arrays, then the calls. */
    private static List<List<String>> lines() throws IOException {
        try (var in = OnnxGruActivationsTest.class.getResourceAsStream("gru_activations.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines()
                    .map(line -> List.of(line.split(" \\| ", -1))).toList();
        }
    }

    static List<List<String>> calls() throws IOException {
        return lines().subList(4, lines().size());
    }

    private static float[] numbers(String text) {
        String[] words = text.isBlank() ? new String[0] : text.trim().split(" ", -1);
        float[] numbers = new float[words.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.parseFloat(words[i]);
        }
        return numbers;
    }

    /** Returns one of the first lines, once for each direction. */
    private static float[] array(int line, int directions) throws IOException {
        float[] one = numbers(lines().get(line).getFirst());
        float[] all = Arrays.copyOf(one, directions * one.length);
        System.arraycopy(one, 0, all, all.length - one.length, one.length);
        return all;
    }

    @ParameterizedTest
    @MethodSource("calls")
    void outputsAreThoseOfOnnxRuntime(List<String> call) throws IOException {
        String[] names = call.get(1).split(" ", -1);
        int directions = names.length / 2;
        List<AttributeProto> attributes = new ArrayList<>(List.of(attribute("hidden_size", UNITS),
                attribute("linear_before_reset", Integer.parseInt(call.getFirst())), attribute("activations", names),
                attribute("direction", directions == 1 ? "forward" : "bidirectional")));
        for (int list = 2; list < 4; list++) {
            if (numbers(call.get(list)).length > 0) {
                attributes.add(attribute(list == 2 ? "activation_alpha" : "activation_beta", numbers(call.get(list))));
            }
        }
        byte[] graph = OnnxGraphs.opset(14).input("X", FLOAT, "steps", "batch", INPUTS)
                .initializer(OnnxGraphs.floats("W", array(1, directions), directions, 3 * UNITS, INPUTS))
                .initializer(OnnxGraphs.floats("R", array(2, directions), directions, 3 * UNITS, UNITS))
                .initializer(OnnxGraphs.floats("B", array(3, directions), directions, 6 * UNITS))
                .node("GRU", "X W R B", "Y", attributes.toArray(AttributeProto[]::new)).outputs("Y").model()
                .toByteArray();
        float[] x = array(0, 1);
        float[] expected = numbers(call.get(4));
        float largest = 1;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = GruModel.of(OnnxReader.read("m.onnx", new ByteArrayInputStream(graph)),
                    ModelOptions.defaults().withKernel(kernel.name()))) {
                assertArrayEquals(expected,
                        model.run(Map.of("X", Tensor.of(x, x.length / INPUTS, 1, INPUTS))).get("Y").floats(),
                        TOLERANCE * largest, kernel.name());
            }
        }
    }
}
