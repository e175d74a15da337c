package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.format.KerasReader;
import dev.gru.format.Safetensors;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;

/** The activation {@code glu} of Keras becomes layers behind the one that names it; {@link KerasFieldTest} runs them. */
class KerasGateTest {
    private static final String GATED = "graphs/gate_conv_then_gru";
    /** As in {@link KerasReferenceTest}. */
    private static final float TOLERANCE = 1e-5f;

    @Test
    void aGatedConvolutionBeforeAGruStreams() throws IOException {
        Safetensors io = Safetensors.read(Fixtures.file("keras/" + GATED + "/io.safetensors"));
        int[] shape = io.tensor("x").shape();
        float[] x = io.tensor("x").floats();
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = GruModel.load(Fixtures.file("keras/" + GATED + "/model.keras"),
                    ModelOptions.defaults().withKernel(kernel.name()))) {
                float[] y = new float[shape[0] * shape[1] * model.outputSize()];
                float[] output = new float[model.outputSize()];
                GruSession session = model.newSession();
                for (int step = 0; step < shape[0] * shape[1]; step++) {
                    if (step % shape[1] == 0) {
                        session.reset();
                    }
                    session.step(Arrays.copyOfRange(x, step * shape[2], (step + 1) * shape[2]), output);
                    System.arraycopy(output, 0, y, step * output.length, output.length);
                }
                assertArrayEquals(io.tensor("y").floats(), y, TOLERANCE, kernel.name());
                assertArrayEquals(model.predict(shape[0], shape[1], x), y, kernel.name());
            }
        }
    }

    @Test
    void layersOfAGateAreNamedAfterTheirLayer() throws IOException {
        assertEquals("[conv1d, conv1d/gate, conv1d/sigmoid, conv1d/value, conv1d/multiply, gru, time_distributed, "
                + "time_distributed/gate, time_distributed/sigmoid, time_distributed/value, "
                + "time_distributed/multiply]",
                KerasReader.read(Fixtures.file("keras/" + GATED + "/model.keras")).layers().stream()
                        .map(layer -> layer.name()).toList().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            graphs/conv_valid_no_bias | "activation": "tanh"   | layer "conv1d": glu: axis size must be divisible by 2, is 3
            graphs/activation_names   | "activation": "mish"   | layer "dense_16": glu: axis size must be divisible by 2, is 5
            graphs/activation_in_gru  | "recurrent_activation": "hard_sigmoid" | layer "gru_36": recurrent_activation "glu" is not supported, as it halves the features
            bidirectional_concat      | "activation": "tanh"   | layer "bidirectional": layer: activation "glu" is not supported, as it halves the features
            """)
    void whatCannotBeHalvedIsRefused(String name, String from, String part) {
        byte[] file = Fixtures.withConfig(name, from, from.replaceFirst(":.*", ": \"glu\""));
        String message = assertThrows(ModelFormatException.class,
                () -> KerasReader.read("m.keras", new ByteArrayInputStream(file))).getMessage();
        assertTrue(message.startsWith("m.keras: " + part), message);
    }
}
