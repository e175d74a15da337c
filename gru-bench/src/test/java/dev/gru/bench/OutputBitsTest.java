package dev.gru.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Outputs and trained weights have the bits that they had when the numbers in {@code output-bits.txt} were written
 * down.
 */
class OutputBitsTest {
    private static final String SEPARATOR = ": ";

    /** Of {@code portable} and {@code simd}, which have the same, under {@code fast}. */
    private static Map<String, String> expected(String group) throws IOException {
        try (InputStream in = OutputBitsTest.class.getResourceAsStream("/output-bits.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> line.startsWith(group + " "))
                    .map(line -> line.substring(group.length() + 1).split(SEPARATOR))
                    .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "portable", "simd"})
    void theyAreTheSame(String kernel) throws IOException {
        String group = kernel.equals("scalar") ? kernel : "fast";
        Map<String, String> found = OutputBits.of(kernel);
        String lines = found.entrySet().stream()
                .map(entry -> group + " " + entry.getKey() + SEPARATOR + entry.getValue())
                .collect(Collectors.joining("\n"));
        assertEquals(new TreeMap<>(expected(group)), new TreeMap<>(found), () -> "found:\n" + lines);
    }
}
