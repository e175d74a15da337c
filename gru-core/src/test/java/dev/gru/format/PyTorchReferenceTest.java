package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.lang.foreign.Arena;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.kernel.Gate;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.GruVariant;
import dev.gru.kernel.GruWeights;
import dev.gru.kernel.Kernels;
import dev.gru.kernel.PackedGru;

/** PyTorch's weights are canonical as they stand, and with them the kernels compute what PyTorch computed. */
class PyTorchReferenceTest {
    /** As in {@link KerasReferenceTest}. */
    private static final float TOLERANCE = 1e-5f;

    @ParameterizedTest
    @ValueSource(strings = {"gru", "gru_no_bias"})
    void outputsAndLastStatesAgree(String name) throws IOException {
        Safetensors model = Safetensors.read(Fixtures.file("pytorch/" + name + "/model.safetensors"));
        Safetensors io = Safetensors.read(Fixtures.file("pytorch/" + name + "/io.safetensors"));
        int[] shape = io.tensor("x").shape();
        int hiddenSize = io.tensor("h0").shape()[2];
        float[] noBias = new float[Gate.COUNT * hiddenSize];
        boolean bias = model.tensors().containsKey("bias_ih_l0");
        GruWeights weights = new GruWeights(GruVariant.RESET_AFTER, shape[2], hiddenSize,
                model.tensor("weight_ih_l0").floats(), model.tensor("weight_hh_l0").floats(),
                bias ? model.tensor("bias_ih_l0").floats() : noBias,
                bias ? model.tensor("bias_hh_l0").floats() : noBias);

        for (GruKernel kernel : Kernels.all().toList()) {
            PackedGru gru = kernel.pack(weights, Arena.ofAuto());
            float[] state = io.tensor("h0").floats();
            float[] y = new float[shape[0] * shape[1] * hiddenSize];
            gru.forwardBatch(shape[0], shape[1], io.tensor("x").floats(), null, state, gru.newWorkspace(shape[0]), y);
            assertArrayEquals(io.tensor("y").floats(), y, TOLERANCE);
            assertArrayEquals(io.tensor("hn").floats(), state, TOLERANCE);
        }
    }
}
