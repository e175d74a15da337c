package dev.gru.format.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.Safetensors;
import dev.gru.format.fixture.Fixtures;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Tensor;

/** Models as exporters leave them: what every kernel here computes is what ONNX Runtime computed. */
class OnnxFieldTest {
    /** Of the largest output: what rounding in float costs, with room to spare; anything wrong is off by far more. */
    private static final float TOLERANCE = 1e-5f;

    static Stream<String> cases() {
        return Stream.of("field", "cases").flatMap(folder -> Arrays.stream(Objects.requireNonNull(
                Fixtures.file("onnx/" + folder).toFile().listFiles(File::isDirectory)))
                .map(file -> folder + "/" + file.getName()).sorted());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsAreThoseOfOnnxRuntime(String name) throws IOException {
        Safetensors io = Safetensors.read(Fixtures.file("onnx/" + name + "/io.safetensors"));
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = GruModel.load(Fixtures.file("onnx/" + name + "/model.onnx"),
                    ModelOptions.defaults().withKernel(kernel.name()))) {
                Map<String, Tensor> inputs = new HashMap<>();
                for (Port port : model.signature().inputs()) {
                    Safetensors.Tensor tensor = io.tensor(port.name());
                    inputs.put(port.name(), tensor.dtype().equals("F32")
                            ? Tensor.of(tensor.floats(), tensor.shape())
                            : Tensor.of(tensor.ints(), tensor.shape()));
                }
                Map<String, Tensor> outputs = model.run(inputs);
                assertEquals(io.tensors().size(), inputs.size() + outputs.size());
                for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
                    Safetensors.Tensor expected = io.tensor(output.getKey());
                    assertArrayEquals(expected.shape(), output.getValue().shape(), output.getKey());
                    float largest = 0;
                    for (float value : expected.floats()) {
                        largest = Math.max(largest, Math.abs(value));
                    }
                    assertArrayEquals(expected.floats(), output.getValue().floats(), TOLERANCE * largest,
                            output.getKey() + " on " + kernel.name());
                }
            }
        }
    }
}
