package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.format.fixture.Fixtures;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.layer.Graph;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Tensor;

/** Modules that are read by their architectures compute what PyTorch computed, on every kernel of this module. */
class PyTorchModuleReferenceTest {
    private static final float TOLERANCE = 1e-5f;

    private static Path file(String name, String file) {
        return Fixtures.file("pytorch_modules/" + name + "/" + file);
    }

    private static Graph read(String name) throws IOException {
        return PyTorchReader.read(file(name, "model.safetensors"), file(name, "architecture.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tagger", "conv_stream", "conv_pool", "depthwise", "branches", "encoder_decoder",
            "functions"})
    void outputsAgree(String name) throws IOException {
        Safetensors io = Safetensors.read(file(name, "io.safetensors"));
        Graph layers = read(name);
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel(kernel.name()))) {
                Map<String, Tensor> inputs = new LinkedHashMap<>();
                for (Port port : model.signature().inputs()) {
                    if (!port.optional()) {
                        Safetensors.Tensor array = io.tensor(port.name());
                        inputs.put(port.name(), layers.takesInts(port)
                                ? Tensor.of(array.ints(), array.shape())
                                : Tensor.of(array.floats(), array.shape()));
                    }
                }
                for (Map.Entry<String, Tensor> output : model.run(inputs).entrySet()) {
                    Safetensors.Tensor expected = io.tensor(output.getKey());
                    assertArrayEquals(expected.shape(), output.getValue().shape());
                    assertArrayEquals(expected.floats(), output.getValue().floats(), TOLERANCE, kernel.name());
                }
            }
        }
    }

    /** After the last step, a stream of convolution, normalisation and GRU is where PyTorch's whole sequence ends. */
    @ParameterizedTest
    @ValueSource(strings = "conv_stream")
    void whatIsCausalStreams(String name) throws IOException {
        Safetensors io = Safetensors.read(file(name, "io.safetensors"));
        float[] x = io.tensor("x").floats();
        int steps = io.tensor("x").shape()[1];
        int features = io.tensor("x").shape()[2];
        try (GruModel model = GruModel.of(read(name), ModelOptions.defaults().withKernel("portable"))) {
            GruSession session = model.newSession();
            float[] y = new float[model.outputSize()];
            for (int step = 0; step < steps; step++) {
                session.step(x, step * features, y, 0);
            }
            float[] expected = new float[y.length];
            System.arraycopy(io.tensor("y").floats(), 0, expected, 0, y.length);
            assertArrayEquals(expected, y, TOLERANCE);
        }
    }
}
