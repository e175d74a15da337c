package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.format.KerasReader;
import dev.gru.format.Safetensors;
import dev.gru.format.fixture.Fixtures;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;

/** What this module's kernels compute from a Keras file is what Keras computed. */
public class KerasReferenceTest {
    /**
     * Keras computes in float. On these sizes (sums of at most 40 terms, 7 steps, values around 1) its own rounding,
     * some 2⁻²⁴ per operation, stays well below this; a wrong gate or a lost mask is off by 10⁻² and more.
     */
    private static final float TOLERANCE = 1e-5f;

    @ParameterizedTest
    @ValueSource(strings = {"article_model", "gru_default", "gru_last_output", "gru_no_bias", "gru_reset_before",
            "stacked_dense", "activations", "embedding_without_mask", "masked_after_time_distributed",
            "masked_last_output", "reset_before_no_bias", "newest_hdf5"})
    void batchesAndStreamsAgreeWithKeras(String name) throws IOException {
        for (GruKernel kernel : Kernels.all().toList()) {
            batchesAndStreamsAgreeWithKeras(name, kernel);
        }
    }

    private static void batchesAndStreamsAgreeWithKeras(String name, GruKernel kernel) throws IOException {
        Safetensors io = Safetensors.read(Fixtures.file("keras/" + name + "/io.safetensors"));
        int[] shape = io.tensor("x").shape();
        int batch = shape[0];
        int steps = shape[1];
        float[] expected = io.tensor("y").floats();
        try (GruModel model = GruModel.load(Fixtures.file("keras/" + name + "/model.keras"),
                ModelOptions.defaults().withKernel(kernel.name()))) {
            assertEquals(expected.length, batch * (model.returnsSequences() ? steps : 1) * model.outputSize());
            if (model.takesTokens()) {
                int[] x = io.tensor("x").ints();
                assertArrayEquals(expected, model.predict(batch, steps, x), TOLERANCE);
                assertArrayEquals(expected, stepByStep(model, batch, steps, x, null), TOLERANCE);
            } else {
                float[] x = io.tensor("x").floats();
                assertEquals(shape[2], model.inputSize());
                assertArrayEquals(expected, model.predict(batch, steps, x), TOLERANCE);
                assertArrayEquals(expected, stepByStep(model, batch, steps, null, x), TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bidirectional_concat", "bidirectional_sum", "bidirectional_masked_sequences",
            "bidirectional_masked_last_output", "bidirectional_masked_then_gru"})
    void wholeSequencesAgreeWithKeras(String name) throws IOException {
        Safetensors io = Safetensors.read(Fixtures.file("keras/" + name + "/io.safetensors"));
        int[] shape = io.tensor("x").shape();
        for (GruKernel kernel : Kernels.all().toList()) {
            for (int threads = 1; threads <= 3; threads++) {
                try (GruModel model = GruModel.load(Fixtures.file("keras/" + name + "/model.keras"),
                        ModelOptions.defaults().withKernel(kernel.name()).withThreads(threads))) {
                    float[] y = model.takesTokens()
                            ? model.predict(shape[0], shape[1], io.tensor("x").ints())
                            : model.predict(shape[0], shape[1], io.tensor("x").floats());
                    assertArrayEquals(io.tensor("y").floats(), y, TOLERANCE);
                }
            }
        }
    }

    private static float[] stepByStep(GruModel model, int batch, int steps, int[] tokens, float[] x) {
        int in = model.inputSize();
        int out = model.outputSize();
        float[] all = new float[batch * (model.returnsSequences() ? steps : 1) * out];
        float[] y = new float[out];
        GruSession session = model.newSession();
        for (int row = 0; row < batch; row++) {
            session.reset();
            for (int t = 0; t < steps; t++) {
                int step = row * steps + t;
                if (tokens != null) {
                    session.step(tokens[step], y);
                } else {
                    session.step(Arrays.copyOfRange(x, step * in, (step + 1) * in), y);
                }
                // Without sequences, the output of the last step is left standing in the end.
                System.arraycopy(y, 0, all, (model.returnsSequences() ? step : row) * out, out);
            }
        }
        return all;
    }

    @Test
    void aStreamReadsAsAFileDoes() throws IOException {
        byte[] content = Fixtures.bytes("keras/article_model/model.keras");
        String fromStream = KerasReader.read("resource", new ByteArrayInputStream(content)).toString();
        assertEquals(KerasReader.read(Fixtures.file("keras/article_model/model.keras")).toString(), fromStream);
    }

    @Test
    void aCompressedArchiveReadsAsAStoredOneDoes() throws IOException {
        byte[] compressed = Fixtures.zip(Fixtures.entries(Fixtures.file("keras/stacked_dense/model.keras")));
        String fromCompressed = KerasReader.read("compressed", new ByteArrayInputStream(compressed)).toString();
        assertEquals(KerasReader.read(Fixtures.file("keras/stacked_dense/model.keras")).toString(), fromCompressed);
    }

    @Test
    void aCompiledModelReadsWithoutItsOptimizer() throws IOException {
        String compiled = KerasReader.read(Fixtures.file("keras/training/after_20_adam_steps.keras")).toString();
        assertEquals("Sequential[Embedding[embedding_1, 50→16, maskZero], "
                + "GruLayer[name=gru_11, weights=GruWeights[RESET_AFTER, 16→12], returnSequences=true], "
                + "Dropout[name=dropout_2, rate=0.0], "
                + "GruLayer[name=gru_12, weights=GruWeights[RESET_AFTER, 12→12], returnSequences=true], "
                + "Dropout[name=dropout_3, rate=0.0], "
                + "TimeDistributed[name=time_distributed_1, "
                + "layer=Dense[name=dense_3, weights=DenseWeights[12→10, SOFTMAX]]]]", compiled);
    }
}
