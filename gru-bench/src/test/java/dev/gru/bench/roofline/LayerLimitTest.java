package dev.gru.bench.roofline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.gru.bench.LayerWork;
import dev.gru.bench.roofline.MachineLimits.Level;
import dev.gru.bench.roofline.MachineLimits.Rate;
import dev.gru.weights.Precision;

class LayerLimitTest {
    /** Round numbers: 100 GFLOP/s, and 200, 100, 50 and 20 GB/s. */
    static final MachineLimits LIMITS = new MachineLimits(512, new Rate(100, 90),
            List.of(new Level("L1", 32 << 10, 16 << 10, new Rate(200, 190)),
                    new Level("L2", 1 << 20, 512 << 10, new Rate(100, 90)),
                    new Level("L3", 32 << 20, 4 << 20, new Rate(50, 40)),
                    new Level("memory", Long.MAX_VALUE, 128 << 20, new Rate(20, 10))));

    private static void assertLimit(double micros, String boundBy, String work, Precision precision) {
        LayerLimit limit = LayerLimit.of(LayerWork.parse(work), precision, LIMITS);
        assertEquals(micros, limit.micros(), 1e-9 * micros);
        assertEquals(boundBy, limit.boundBy());
    }

    @Test
    void aStepReadsAllWeightsFromTheLevelThatHoldsThem() {
        // 3 · 64 · 128 = 24576 weights.
        assertLimit(98304 / 100e3, "L2", "1x1:64x64", Precision.FP32);
        // 3 · 1024 · 2048 = 6291456 weights.
        assertLimit(25165824 / 50e3, "L3", "1x1:1024x1024", Precision.FP32);
        assertLimit(100663296 / 20e3, "memory", "1x1:2048x2048", Precision.FP32);
    }

    @Test
    void bf16HalvesTheBytesButNotTheOperations() {
        assertLimit(12582912 / 50e3, "L3", "1x1:1024x1024", Precision.BF16);
        // 3 · 32 · 64 = 6144 weights: 12288 bytes take 0.061 µs, 12288 operations 0.123 µs.
        assertLimit(12288 / 100e3, "FMA", "1x1:32x32", Precision.BF16);
        assertLimit(24576 / 200e3, "L1", "1x1:32x32", Precision.FP32);
    }

    @Test
    void oneStepOfABatchIsBoundByMultiplyAdds() {
        // 2 · 24576 · 32 operations, 98304 bytes.
        assertLimit(1572864 / 100e3, "FMA", "1x32:64x64", Precision.FP32);
    }

    @Test
    void aSequenceMultipliesAllInputsAtOnceAndThenGoesStepByStep() {
        // Inputs: 3 · 64 · 256 = 49152 weights, 2 · 49152 · 100 operations at 100 GFLOP/s.
        // Each step: 3 · 64 · 64 = 12288 weights, 49152 bytes at 100 GB/s, against 24576 operations at 100 GFLOP/s.
        assertLimit(98.304 + 100 * 0.49152, "FMA", "100x1:256x64", Precision.FP32);
        // 24576 bytes fit into L1, 0.12288 µs; the operations take 0.24576 µs.
        assertLimit(98.304 + 100 * 0.24576, "FMA", "100x1:256x64", Precision.BF16);
        // 3 · 256 · 256 = 196608 weights each way. Both together are in L3, where 786432 bytes of inputs take 15.72864
        // µs and their operations 3 · 3.93216; the recurrent ones alone are in L2, where they take 7.86432 µs a step.
        assertLimit(15.72864 + 3 * 7.86432, "L2", "3x1:256x256", Precision.FP32);
    }

    @Test
    void aSequenceOfABatchIsBoundByMultiplyAdds() {
        assertLimit(32 * (98.304 + 100 * 0.24576), "FMA", "100x32:256x64", Precision.FP32);
    }

    @Test
    void aLevelHoldsWhatIsNoLargerThanIt() {
        assertEquals(200, LIMITS.level(32 << 10).bandwidth().best());
        assertEquals(100, LIMITS.level((32 << 10) + 1).bandwidth().best());
        assertEquals(20, LIMITS.level(Long.MAX_VALUE).bandwidth().best());
    }

    @Test
    void theBestOfTwoMeasurementsIsTakenFigureByFigure() {
        MachineLimits other = new MachineLimits(512, new Rate(110, 20),
                List.of(new Level("L1", 32 << 10, 16 << 10, new Rate(150, 150)),
                        new Level("L2", 1 << 20, 512 << 10, new Rate(101, 1)),
                        new Level("L3", 32 << 20, 4 << 20, new Rate(49, 49)),
                        new Level("memory", Long.MAX_VALUE, 128 << 20, new Rate(20, 10))));
        MachineLimits best = LIMITS.best(other);
        assertEquals(new Rate(110, 20), best.peak());
        assertEquals(List.of(200.0, 101.0, 50.0, 20.0),
                best.levels().stream().map(level -> level.bandwidth().best()).toList());
    }

    @Test
    void limitsWithoutMemoryAreRefused() {
        List<Level> levels = LIMITS.levels().subList(0, 2);
        Rate peak = LIMITS.peak();
        assertThrows(IllegalArgumentException.class, () -> new MachineLimits(512, peak, levels));
        assertThrows(IllegalArgumentException.class, () -> new MachineLimits(512, peak, LIMITS.levels().reversed()));
    }
}
