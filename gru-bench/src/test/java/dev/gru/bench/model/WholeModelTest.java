package dev.gru.bench.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.ModelReader;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;

/** The models of benchmarks, and that as ONNX they are the same. */
class WholeModelTest {
    private static final ModelOptions PORTABLE = ModelOptions.defaults().withKernel("portable");
    private static final int STEPS = 3;
    private static final int BATCH = 2;

    @ParameterizedTest
    @EnumSource
    void asOnnxAModelHasTheSameBits(WholeModel which) throws IOException {
        Graph graph = which.graph();
        Graph read = ModelReader.read("model.onnx", new ByteArrayInputStream(OnnxExport.of(graph, STEPS, BATCH)));
        ModelInput input = WholeModel.input(graph, BATCH, STEPS);
        try (GruModel model = GruModel.of(graph, PORTABLE); GruModel onnx = GruModel.of(read, PORTABLE)) {
            List<float[]> expected = model.run(input).outputs();
            List<float[]> outputs = onnx.run(input).outputs();
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), outputs.get(i), "output " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aModelIsFoundByItsNameAndStreams(WholeModel which) {
        assertEquals(which, WholeModel.named(which.toString()));
        assertTrue(which.graph().wholeSequences().isEmpty());
    }

    @Test
    void anUnknownModelIsAnsweredWithThoseThatThereAre() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> WholeModel.named("none"));
        assertEquals("model must be one of [article, tagger, wake-word, noise-suppression, forecaster], was none",
                e.getMessage());
    }

    @Test
    void whatHasNoOnnxHereIsRefused() {
        Graph other = Sequential.builder().input(2).gru(3).dense(1, Activation.SOFTSIGN).build();
        assertThrows(IllegalArgumentException.class, () -> OnnxExport.of(other, 1, 1));
    }
}
