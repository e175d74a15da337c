package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.train.Initializer;
import dev.gru.weights.Activation;
import dev.gru.weights.Precision;

/**
 * A file of the library's own format that was changed in any bit is refused; those from before there were checksums
 * load.
 */
class ModelFileChecksumTest {
    @TempDir
    private Path directory;

    private static Graph model() {
        return Initializer.KERAS.initialize(Sequential.builder().embedding(5, 2).maskZero().gru(3).returnSequences()
                .timeDistributed(2, Activation.SOFTMAX).build(), 14);
    }

    private static String fingerprint(Graph model) {
        try (GruModel packed = GruModel.of(model, ModelOptions.defaults())) {
            return packed.fingerprint();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyBitIsChecked(Precision precision) throws IOException {
        Path file = directory.resolve("m.safetensors");
        ModelFile.write(model(), Map.of("labels", "a\nb", "empty", ""), file, precision);
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < Byte.SIZE * whole.length; bit++) {
            whole[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Fixtures.overwrite(file, whole);
            int changed = bit;
            assertThrows(ModelFormatException.class, () -> ModelReader.read(file), () -> "bit " + changed);
            whole[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        }
        Files.write(file, whole);
        ModelFile.Content content = ModelFile.readContent(file);
        assertEquals(Map.of("labels", "a\nb", "empty", ""), content.notes());
        assertEquals(content.notes(), ModelReader.readContent(file).notes());
    }

    @Test
    void aDamagedTensorIsNamed() throws IOException {
        Path file = directory.resolve("m.safetensors");
        ModelFile.write(model(), file, Precision.FP32);
        byte[] whole = Files.readAllBytes(file);
        whole[Long.BYTES + Fixtures.header(whole).length()] ^= 1;
        Files.write(file, whole);
        String message = assertThrows(ModelFormatException.class, () -> ModelReader.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": tensor \"0/embedding/table\": is damaged: its checksum is "), message);
    }

    @ParameterizedTest
    @CsvSource({"version_1, f165dab8a3c017078f0ebc7a41913c6c", "version_1_bf16, a9d1ce9597f90c65d9a3f319f709c154"})
    void filesOfVersion1AreRead(String name, String fingerprint) throws IOException {
        Path file = Fixtures.file("own/" + name + ".safetensors");
        assertEquals(fingerprint, fingerprint(ModelReader.read(file)));
        Path now = directory.resolve("now.safetensors");
        ModelFile.write(ModelReader.read(file), now, Precision.FP32);
        assertEquals(fingerprint, fingerprint(ModelReader.read(now)));
    }

    @Test
    void aFileOfVersion2WithoutChecksumsIsRefused() throws IOException {
        Path file = directory.resolve("m.safetensors");
        ModelFile.write(model(), file, Precision.FP32);
        byte[] without = Fixtures.withoutChecksums(Files.readAllBytes(file));
        Files.write(file, without);
        assertEquals(fingerprint(model()), fingerprint(ModelReader.read(file)));
        Files.write(file, Fixtures.withHeader(without,
                Fixtures.header(without).replace("\\\"version\\\":1", "\\\"version\\\":2")));
        String message = assertThrows(ModelFormatException.class, () -> ModelReader.read(file)).getMessage();
        assertTrue(message.endsWith("has no checksums"), message);
    }

    @Test
    void keysOfTheFormatAreNoNotes() {
        for (String key : new String[]{"gru", "checkpoint", "checksums"}) {
            assertThrows(IllegalArgumentException.class, () -> ModelFile.write(model(), Map.of(key, "x"),
                    directory.resolve("m.safetensors"), Precision.FP32));
        }
        assertTrue(Files.notExists(directory.resolve("m.safetensors")));
    }
}
