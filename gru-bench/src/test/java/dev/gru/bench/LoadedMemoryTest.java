package dev.gru.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.weights.Precision;

/** A model without layers keeps nothing of its weights on the heap, and is otherwise the same. */
class LoadedMemoryTest {
    private static final int UNITS = 512;

    @ParameterizedTest
    @EnumSource
    void withoutLayersNothingOfTheWeightsStaysOnTheHeap(Precision precision, @TempDir Path directory)
            throws IOException {
        Path file = directory.resolve("m.safetensors");
        LoadedMemory.write(UNITS, precision, file);
        ModelOptions options = ModelOptions.defaults().withKernel("simd").withPrecision(precision);
        long weights = Files.size(file);
        long inFullPrecision = weights / precision.bytes() * Float.BYTES;
        LoadedMemory.Taken kept = LoadedMemory.load(file, options);
        assertTrue(kept.heap() >= 0.9 * inFullPrecision, () -> "with layers " + kept);
        LoadedMemory.Taken taken = LoadedMemory.load(file, options.withoutLayers());
        assertTrue(taken.heap() < 0.1 * weights, () -> "without layers " + taken);
        assertTrue(taken.outside() < 1.1 * weights, () -> "without layers " + taken);
    }

    @ParameterizedTest
    @EnumSource
    void withoutLayersAModelRunsAsBeforeButCannotBeSaved(Precision precision, @TempDir Path directory)
            throws IOException {
        Path file = directory.resolve("m.safetensors");
        LoadedMemory.write(8, precision, file);
        ModelOptions options = ModelOptions.defaults().withPrecision(precision);
        try (GruModel with = GruModel.load(file, options);
                GruModel without = GruModel.load(file, options.withoutLayers())) {
            float[] x = new float[24];
            x[5] = 1;
            assertArrayEquals(with.predict(1, 3, x), without.predict(1, 3, x));
            assertEquals(with.fingerprint(), without.fingerprint());
            assertEquals(with.summary(), without.summary());
            String message = "the model was made without its layers (ModelOptions.withoutLayers)";
            for (Executable call : new Executable[]{
                    without::layers, () -> without.save(directory.resolve("copy.safetensors"))}) {
                assertEquals(message,
                        assertThrows(IllegalStateException.class, call).getMessage());
            }
            assertTrue(Files.notExists(directory.resolve("copy.safetensors")));
        }
    }
}
