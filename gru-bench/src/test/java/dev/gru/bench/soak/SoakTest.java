package dev.gru.bench.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The soak, for a moment. */
@Timeout(120)
class SoakTest {

    private static SoakResult run(Duration duration, Replay replay) throws InterruptedException {
        return new Soak(duration, line -> {
        }, replay).run();
    }

    @Test
    void nothingIsWrong() throws InterruptedException {
        SoakResult result = run(Duration.ofMillis(1500), null);
        assertEquals(List.of(), result.problems());
        assertEquals(0, result.problemCount());
        assertNull(result.growth());
        assertTrue(result.isGood());
        for (String what : List.of("steps", "sequences", "steps of groups", "snapshots", "restores",
                "models closed in use", "interrupts")) {
            assertTrue(result.done().getOrDefault(what, 0L) > 0, () -> what + " are missing in " + result.done());
        }
    }

    @Test
    void oneWrongBitIsFoundOut() throws InterruptedException {
        Replay right = Replay.of(Replay.layers());
        SoakResult result = run(Duration.ofSeconds(1), right.withWrongBit(new Position(7, 0), 3));
        assertFalse(result.isGood());
        assertTrue(result.problems().stream().allMatch(problem -> problem.contains("other bits than the replay")),
                result.problems()::toString);
        assertTrue(result.problems().stream().anyMatch(problem -> problem.contains("stream=7, step=0")),
                result.problems()::toString);
    }

    @Test
    void memoryThatGrowsIsNoGoodResult() {
        assertTrue(new SoakResult.Growth(100_000, 100_999, 5000, 5999).isFlat());
        assertFalse(new SoakResult.Growth(100_000, 101_000, 5000, 5000).isFlat());
        assertFalse(new SoakResult.Growth(100_000, 100_000, 5000, 6000).isFlat());
    }
}
