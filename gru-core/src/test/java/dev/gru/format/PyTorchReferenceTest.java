package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.keras.KerasReferenceTest;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.layer.Tensor;

/** What this module's kernels compute from a state dict is what PyTorch computed, arrays by the names of PyTorch. */
class PyTorchReferenceTest {
    /** As in {@link KerasReferenceTest}. */
    private static final float TOLERANCE = 1e-5f;

    private static Safetensors io(String name) throws IOException {
        return Safetensors.read(Fixtures.file("pytorch/" + name + "/io.safetensors"));
    }

    private static Tensor tensor(Safetensors io, String name) throws IOException {
        return Tensor.of(io.tensor(name).floats(), io.tensor(name).shape());
    }

    private static GruModel load(String name, GruKernel kernel, int threads) throws IOException {
        return GruModel.load(Fixtures.file("pytorch/" + name + "/model.safetensors"),
                ModelOptions.defaults().withKernel(kernel.name()).withThreads(threads));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gru", "gru_no_bias", "gru_two_layers", "gru_bidirectional_two_layers"})
    void outputsAndLastStatesAgree(String name) throws IOException {
        Safetensors io = io(name);
        Map<String, Tensor> arrays = Map.of("x", tensor(io, "x"), "h0", tensor(io, "h0"));
        for (GruKernel kernel : Kernels.all().toList()) {
            for (int threads = 1; threads <= 2; threads++) {
                try (GruModel model = load(name, kernel, threads)) {
                    Map<String, Tensor> outputs = model.run(arrays);
                    assertEquals(List.of("y", "hn"), List.copyOf(outputs.keySet()));
                    for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
                        Tensor expected = tensor(io, output.getKey());
                        assertArrayEquals(expected.shape(), output.getValue().shape());
                        assertArrayEquals(expected.floats(), output.getValue().floats(), TOLERANCE);
                    }
                }
            }
        }
    }

    /** Up to its length, a row is what PyTorch computed of the longer one; its last output is the state it ends in. */
    @ParameterizedTest
    @ValueSource(strings = {"gru", "gru_no_bias", "gru_two_layers"})
    void outputsBehindTheLengthsAreZeroAndStatesThoseAtTheLengths(String name) throws IOException {
        Safetensors io = io(name);
        int[] shape = io.tensor("y").shape();
        int steps = shape[1];
        int units = shape[2];
        int[] lengths = {steps, steps - 3, 1};
        float[] y = io.tensor("y").floats();
        float[] last = new float[shape[0] * units];
        for (int row = 0; row < shape[0]; row++) {
            System.arraycopy(y, (row * steps + lengths[row] - 1) * units, last, row * units, units);
            Arrays.fill(y, (row * steps + lengths[row]) * units, (row + 1) * steps * units, 0);
        }
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = load(name, kernel, 1)) {
                Map<String, Tensor> outputs = model.run(Map.of("x", tensor(io, "x"), "h0", tensor(io, "h0"), "lengths",
                        Tensor.of(lengths, lengths.length)));
                assertArrayEquals(y, outputs.get("y").floats(), TOLERANCE);
                float[] hn = outputs.get("hn").floats();
                assertArrayEquals(last, Arrays.copyOfRange(hn, hn.length - last.length, hn.length), TOLERANCE);
            }
        }
    }

    /** In both directions, a padded row is what the row is without its padding: what packing means. */
    @Test
    void aPaddedRowIsWhatItIsAlone() throws IOException {
        String name = "gru_bidirectional_two_layers";
        Safetensors io = io(name);
        Tensor x = tensor(io, "x");
        Tensor h0 = tensor(io, "h0");
        int batch = x.shape()[0];
        int steps = x.shape()[1];
        int[] lengths = {2, steps, steps - 3};
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = load(name, kernel, 1)) {
                Map<String, Tensor> together = model.run(
                        Map.of("x", x, "h0", h0, "lengths", Tensor.of(lengths, batch)));
                for (int row = 0; row < batch; row++) {
                    Map<String, Tensor> arrays = new LinkedHashMap<>();
                    arrays.put("x", row(x, 0, row, lengths[row]));
                    arrays.put("h0", row(h0, 1, row, 1));
                    Map<String, Tensor> alone = model.run(arrays);
                    float[] y = alone.get("y").floats();
                    assertArrayEquals(Arrays.copyOf(y, steps * model.outputSize()),
                            row(together.get("y"), 0, row, steps).floats());
                    assertArrayEquals(alone.get("hn").floats(), row(together.get("hn"), 1, row, 1).floats());
                }
            }
        }
    }

    /** Returns one row of (batch, steps, features), cut to some steps, or of (states, batch, features). */
    private static Tensor row(Tensor all, int batchAxis, int row, int steps) {
        int[] shape = all.shape();
        int features = shape[2];
        if (batchAxis == 0) {
            int from = row * shape[1] * features;
            return Tensor.of(Arrays.copyOfRange(all.floats(), from, from + steps * features), 1, steps, features);
        }
        float[] states = new float[shape[0] * features];
        for (int state = 0; state < shape[0]; state++) {
            System.arraycopy(all.floats(), (state * shape[1] + row) * features, states, state * features, features);
        }
        return Tensor.of(states, shape[0], 1, features);
    }

    @Test
    void withoutStatesAllBeginAtZero() throws IOException {
        Safetensors io = io("gru_two_layers");
        Tensor zeros = Tensor.of(new float[(int) io.tensor("h0").elements()], io.tensor("h0").shape());
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = load("gru_two_layers", kernel, 1)) {
                assertArrayEquals(model.run(Map.of("x", tensor(io, "x"), "h0", zeros)).get("y").floats(),
                        model.run(Map.of("x", tensor(io, "x"))).get("y").floats());
            }
        }
    }
}
