package dev.gru.format.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.Safetensors;
import dev.gru.format.fixture.Fixtures;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Tensor;

/** What this module's kernels compute from an ONNX file, array by array, is what ONNX Runtime computed. */
class OnnxReferenceTest {
    /**
     * ONNX Runtime computes in float. On these sizes (sums of at most 17 terms, 7 steps, values around 1) its own
     * rounding, some 2⁻²⁴ per operation, stays well below this; a wrong gate or a lost length is off by 10⁻² and more.
     */
    private static final float TOLERANCE = 1e-5f;

    @ParameterizedTest
    @ValueSource(strings = {"bidirectional", "clip", "lbr0", "lbr1", "no_bias", "reverse", "sequence_lens"})
    void allOutputsAgreeWithOnnxRuntime(String name) throws IOException {
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
                assertEquals(io.tensors().size(), inputs.size() + 2);
                Map<String, Tensor> outputs = model.run(inputs);
                assertEquals("[Y, Y_h]", outputs.keySet().toString());
                for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
                    Safetensors.Tensor expected = io.tensor(output.getKey());
                    assertArrayEquals(expected.shape(), output.getValue().shape(), output.getKey());
                    assertArrayEquals(expected.floats(), output.getValue().floats(), TOLERANCE, output.getKey());
                }
            }
        }
    }
}
