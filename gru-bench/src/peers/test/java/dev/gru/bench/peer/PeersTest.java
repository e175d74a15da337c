package dev.gru.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** What is particular to the peers; that they compute the same is in {@link ContendersTest}. */
class PeersTest {

    private static List<Contender> peers() {
        return Contenders.all().stream().filter(contender -> !contender.isOurs()).toList();
    }

    @Test
    void allPeersAreFound() {
        assertEquals(List.of("onnxruntime", "onednn", "onednn bf16", "djl"),
                peers().stream().map(Contender::name).toList());
    }

    @Test
    void versionsHaveNumbers() {
        for (Contender peer : peers()) {
            assertTrue(
                    peer.version()
                            .matches("(ONNX Runtime \\d+|oneDNN \\d+|DJL \\d+\\.\\d+\\.\\d+, PyTorch \\d+)\\.\\d+.*"),
                    peer.version());
        }
    }

    @Test
    void whoHasOneRecurrenceOnlyRefusesAnother() {
        GruWeights before = new GruWeights(GruVariant.RESET_BEFORE, 1, 1, new float[3], new float[3], new float[3],
                new float[3]);
        for (Contender peer : peers().stream().filter(peer -> !peer.name().equals("onnxruntime")).toList()) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> peer.prepare(before, 1, 1),
                    peer.name());
            assertTrue(e.getMessage().contains("RESET_BEFORE"), e.getMessage());
        }
    }
}
