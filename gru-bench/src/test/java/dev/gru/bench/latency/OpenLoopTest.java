package dev.gru.bench.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.gru.bench.latency.OpenLoop.Result;

class OpenLoopTest {

    /** Takes at least so long for a step. */
    private static final class Slow implements StepTarget {
        private final List<Integer> streams = new ArrayList<>();
        private final long firstNanos;

        Slow(Duration first) {
            firstNanos = first.toNanos();
        }

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public void step(int stream) {
            long begin = System.nanoTime();
            while (streams.isEmpty() && System.nanoTime() - begin < firstNanos) {
                Thread.onSpinWait();
            }
            streams.add(stream);
        }

        @Override
        public void close() {
        }
    }

    @Test
    void everyStreamHasItsTurn() {
        Slow target = new Slow(Duration.ZERO);
        Result result = new Result();
        new OpenLoop(3).run(target, 1000, Duration.ofMillis(7), result);
        assertEquals(List.of(0, 1, 2, 0, 1, 2, 0), target.streams);
        assertEquals(7, result.latencies().getTotalCount());
        assertEquals(0, result.unserved());
    }

    /** Ten requests become due while the first one runs; all of them have waited. */
    @Test
    void waitingCounts() {
        Result result = new Result();
        new OpenLoop(1).run(new Slow(Duration.ofMillis(100)), 100, Duration.ofMillis(100), result);
        assertEquals(10, result.latencies().getTotalCount());
        // The last was due after 90 ms and cannot have begun before 100; the first took 100. With three digits.
        assertTrue(result.micros(100) >= 99_900, () -> "longest " + result.micros(100));
        assertTrue(result.latencies().getMinValue() >= 9_900_000, () -> "shortest " + result.micros(0));
        assertTrue(result.latencies().getMean() >= 54_900_000, () -> "mean " + result.latencies().getMean());
    }

    @Test
    void whatIsNeverServedCountsWithItsWaiting() {
        Result result = new Result();
        new OpenLoop(1).run(new Slow(Duration.ofSeconds(1)), 100, Duration.ofMillis(100), result);
        assertEquals(9, result.unserved());
        assertEquals(10, result.latencies().getTotalCount());
        assertTrue(result.latencies().getMinValue() >= 909_000_000, () -> "shortest " + result.micros(0));
    }
}
