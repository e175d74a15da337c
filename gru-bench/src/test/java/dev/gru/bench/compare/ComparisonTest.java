package dev.gru.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.gru.bench.ChildJvm;
import dev.gru.bench.LayerWork;
import dev.gru.bench.compare.Comparison.Entrant;
import dev.gru.bench.compare.Comparison.Failure;
import dev.gru.bench.compare.Comparison.Fork;
import dev.gru.bench.compare.Comparison.Lead;
import dev.gru.bench.compare.Comparison.Settings;
import dev.gru.bench.roofline.CacheSizes;
import dev.gru.bench.roofline.Machine;
import dev.gru.bench.roofline.MachineLimits.Level;
import dev.gru.bench.roofline.MachineLimits.Rate;
import dev.gru.bench.roofline.MachineLimits;
import dev.gru.weights.Precision;

class ComparisonTest {
    private static final LayerWork STEP = LayerWork.parse("1x1:64x64");
    private static final LayerWork BATCH = LayerWork.parse("100x32:256x64");
    private static final Entrant OURS = new Entrant("gru", "gru 1", true, Precision.FP32, true);
    private static final Entrant OURS_BF16 = new Entrant("gru bf16", "gru 1", true, Precision.BF16, true);
    private static final Entrant A = new Entrant("a", "A 2.0", false, Precision.FP32, true);
    private static final Entrant B = new Entrant("b", "B 3.0", false, Precision.FP32, true);
    private static final Entrant B_BF16 = new Entrant("b bf16", "B 3.0", false, Precision.BF16, true);

    private final List<Fork> forks = new ArrayList<>();

    private static MachineLimits limits(double peak) {
        return new MachineLimits(512, new Rate(peak, 90),
                List.of(new Level("L1", 32 << 10, 16 << 10, new Rate(200, 190)),
                        new Level("L2", 1 << 20, 512 << 10, new Rate(98.304, 90)),
                        new Level("memory", Long.MAX_VALUE, 128 << 20, new Rate(20, 10))));
    }

    private void forks(Entrant entrant, double... micros) {
        for (int round = 0; round < micros.length; round++) {
            forks.add(new Fork(round, entrant.name(), STEP, micros[round], List.of(micros[round], micros[round])));
        }
    }

    private Comparison comparison(List<Entrant> entrants) {
        forks(OURS, 2, 4, 3);
        forks(OURS_BF16, 1, 2, 1);
        if (entrants.contains(A)) {
            forks(A, 4, 12, 9);
            forks(B, 8, 4, 6);
            forks(B_BF16, 3, 3, 3);
        }
        return new Comparison(new Machine("Some CPU", 2, "Linux", "JVM 25", CacheSizes.detect()),
                new Settings(3, 4, 500, 8, 300), entrants, List.of(STEP, BATCH), List.of(limits(90), limits(100)),
                forks,
                List.of(new Failure("b bf16", BATCH, "UnsupportedOperationException: no bf16")));
    }

    private Comparison withPeers() {
        return comparison(List.of(OURS, OURS_BF16, A, B, B_BF16));
    }

    @Test
    void timesAreMediansOverForks() {
        assertEquals(Optional.of(new Spread(3, 2, 4)), withPeers().micros(OURS, STEP));
        assertEquals(Optional.empty(), withPeers().micros(OURS, BATCH));
    }

    @Test
    void aRatioIsTakenWithinARoundAndAgainstItsFastestPeer() {
        // Rounds: min(4, 8) / 2, min(12, 4) / 4, min(9, 6) / 3. By the median, b with 6 is ahead of a with 9.
        assertEquals(Optional.of(new Lead("b", new Spread(2, 1, 2))), withPeers().leadInFp32(STEP));
    }

    @Test
    void bf16IsHeldAgainstPeersInAnyPrecision() {
        // Rounds: min(4, 8, 3) / 1, min(12, 4, 3) / 2, min(9, 6, 3) / 1.
        assertEquals(Optional.of(new Lead("b bf16", new Spread(3, 1.5, 3))), withPeers().leadInBf16(STEP));
        assertEquals(Optional.empty(), withPeers().leadInBf16(BATCH));
    }

    @Test
    void theShareIsOfTheBestLimitMeasured() {
        // 98304 bytes from L2 take 1 µs.
        Spread share = withPeers().shareOfLimit(OURS, STEP).orElseThrow();
        assertEquals(1.0 / 3, share.median(), 1e-12);
        assertEquals(1.0 / 4, share.least(), 1e-12);
        assertEquals(1.0 / 2, share.most(), 1e-12);
        assertEquals(100, withPeers().limit().peak().best());
    }

    @Test
    void theReportHasEveryFigure() {
        String text = new ComparisonReport(withPeers()).format();
        assertTrue(text.contains("3.00 (2.00–4.00)"), text);
        assertTrue(text.contains("b 2.00 (1.00–2.00)"), text);
        assertTrue(text.contains("b bf16 3.00 (1.50–3.00)"), text);
        assertTrue(text.contains("1.00 µs by L2: 33 %"), text);
        assertTrue(text.contains("b bf16 did not run 100×32, 256→64: UnsupportedOperationException: no bf16"), text);
        assertTrue(text.contains("B 3.0, peer"), text);
    }

    @Test
    void aReportWithoutPeersSaysSo() {
        String text = new ComparisonReport(comparison(List.of(OURS, OURS_BF16))).format();
        assertTrue(text.contains("No peer took part."), text);
    }

    @Test
    void numbersHaveThreeDigits() {
        assertEquals(List.of("0.123", "1.00", "9.99", "10.0", "99.9", "100", "1234"),
                List.of(0.1234, 0.9996, 9.99, 9.996, 99.9, 99.96, 1234.4).stream().map(ComparisonReport::number)
                        .toList());
    }

    @Test
    void theFileHasEveryForkAndEveryResult(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("peers.json");
        ComparisonJson.write(withPeers(), file);
        String text = Files.readString(file);
        int micros = 0;
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            while (parser.nextToken() != null) {
                if ("iterations".equals(parser.currentName()) && parser.currentToken().isStructStart()) {
                    micros++;
                }
            }
        }
        assertEquals(15, micros);
        assertTrue(text.contains("\"fp32PeerByOursFp32\" : {"), text);
        assertTrue(text.contains("\"reason\" : \"UnsupportedOperationException: no bf16\""), text);
        assertTrue(text.contains("\"limitBoundBy\" : \"L2\""), text);
    }

    @Test
    void theReasonOfAFailureIsFoundInTheLog() {
        assertEquals("java.lang.UnsupportedOperationException: no bf16 here", ChildJvm.reason("""
                # Run progress: 0.00%
                <failure>

                java.lang.UnsupportedOperationException: no bf16 here
                \tat dev.gru.X.prepare(X.java:1)
                """));
        assertEquals("it crashed", ChildJvm.reason("# Fork\nit crashed\n\n"));
        assertEquals("no output", ChildJvm.reason(""));
    }
}
