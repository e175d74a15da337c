package dev.gru.bench.bits;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Outputs and trained weights have the bits that they had when the numbers in {@code output-bits.txt} were written
 * down, and so one digest on every machine.
 */
class OutputBitsTest {
    @ParameterizedTest
    @ValueSource(strings = {"scalar", "portable", "simd"})
    void theyAreTheSame(String kernel) {
        Map<String, String> found = OutputBits.of(kernel);
        assertEquals(OutputBits.expected(kernel), new TreeMap<>(found),
                () -> "found:\n" + OutputBits.lines(kernel, found));
    }

    @Test
    void theDigestsOfThisVersionAreThoseOfTheDocumentation() {
        assertEquals("df44447f8ffe65d690048a6e93e11219", OutputBits.digest(OutputBits.expected("scalar")));
        assertEquals("0a093aaaf417282575398442dd0f2f82", OutputBits.digest(OutputBits.expected("simd")));
    }

    @Test
    void narrowerVectorsHaveTheSameDigest() throws InterruptedException {
        assertEquals(Set.of(OutputBits.digest(OutputBits.expected("simd"))),
                Set.copyOf(VectorWidths.digests("simd").values()));
    }
}
