package dev.gru.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.weights.Precision;

/** A model without layers keeps nothing of its weights on the heap, and is otherwise the same. */
class LoadedMemoryTest {
    private static final int UNITS = 1024;

    /** In a JVM of its own: in this one other tests leave garbage, which goes when it likes. */
    private static List<String> measure() throws IOException, InterruptedException {
        Process process = ChildJvm.command(List.of("-Xmx256m", "-XX:+UseSerialGC"), LoadedMemory.class,
                List.of(Integer.toString(UNITS), "simd")).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<String> lines = process.inputReader().lines().toList();
        assertEquals(0, process.waitFor(), () -> lines.toString());
        return lines;
    }

    /** Returns a number of a printed line, in MB: of the file, on the heap, outside, or allocated. */
    private static double number(List<String> lines, String label, int column) {
        String line = lines.stream().filter(each -> each.startsWith(label + " ".repeat(22 - label.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError(lines.toString()));
        return Double.parseDouble(line.substring(label.length()).strip().split(" +", -1)[column]);
    }

    @Test
    void withoutLayersNothingOfTheWeightsStaysOnTheHeap() throws IOException, InterruptedException {
        List<String> lines = measure();
        for (Precision precision : Precision.values()) {
            double weights = number(lines, precision.name(), 0);
            double inFullPrecision = weights / precision.bytes() * Float.BYTES;
            assertTrue(number(lines, precision.name(), 1) >= 0.9 * inFullPrecision, () -> "with layers " + lines);
            String without = precision + " without layers";
            assertTrue(number(lines, without, 1) < 0.1 * weights, () -> "without layers " + lines);
            assertTrue(number(lines, without, 2) < 1.1 * weights, () -> "without layers " + lines);
        }
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
