package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** Files of version 2 of a model of all layers have the bytes that they had when the numbers here were written down. */
class ModelFileBytesTest {
    @TempDir
    Path directory;

    private static Graph model() {
        GruActivations functions = new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), Activation.RELU, 3);
        return new Sequential(List.of(new Embedding("words", 5, 3, RandomWeights.ramp(15, 1)).withMaskZero(true),
                new Masking("skip", 0.5f), new Dropout("drop", 0.25),
                new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_BEFORE, functions, 3, 4, 1))
                        .withReturnSequences(true).withDirection(Direction.BACKWARD_AS_READ)
                        .withZeroOutputForMask(true),
                new ActivationLayer("relu", Activation.RELU),
                new TimeDistributed("each", new Dense("inner", RandomWeights.dense(4, 3, Activation.TANH, 2))),
                new Bidirectional("both", RandomWeights.gru(GruVariant.RESET_AFTER, 3, 2, 3),
                        RandomWeights.gru(GruVariant.DUAL_STATE, 3, 4, 4)).withNames("ahead", "back"),
                new Dense("out", RandomWeights.dense(6, 2, Activation.SOFTMAX, 5))));
    }

    @ParameterizedTest
    @CsvSource({"FP32,4888,895734d2", "BF16,4444,fcab7b7b"})
    void theyStayTheSame(Precision precision, int length, String checksum) throws IOException {
        Path file = directory.resolve("model.safetensors");
        ModelFile.write(model(), file, precision);
        byte[] bytes = Files.readAllBytes(file);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        assertEquals(length, bytes.length);
        assertEquals(checksum, "%08x".formatted(crc.getValue()));
    }
}
