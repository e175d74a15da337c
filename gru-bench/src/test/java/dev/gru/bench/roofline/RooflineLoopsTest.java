package dev.gru.bench.roofline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.junit.jupiter.api.Test;

/** The loops do all the work that they are timed for. */
class RooflineLoopsTest {
    private static final int FLOATS = RooflineLoops.BLOCK / Float.BYTES;
    private static final int SUMS = RooflineLoops.SUMS / Float.BYTES;

    @Test
    void everyMultiplyAddIsDone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sums = arena.allocate(RooflineLoops.SUMS, RooflineLoops.ALIGNMENT);
            for (int i = 0; i < SUMS; i++) {
                sums.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
            }
            RooflineLoops.multiplyAdd(3, 0.5f, 1, sums);
            for (int i = 0; i < SUMS; i++) {
                assertEquals(i / 8f + 1.75f, sums.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            }
        }
    }

    @Test
    void everyBlockIsReadInTurn() {
        int blocks = 3;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sums = arena.allocate(RooflineLoops.SUMS, RooflineLoops.ALIGNMENT);
            MemorySegment w = arena.allocate((long) blocks * RooflineLoops.BLOCK, RooflineLoops.ALIGNMENT);
            for (int i = 0; i < blocks * FLOATS; i++) {
                w.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
            }
            // Blocks 0, 1, 2, 0, 1.
            RooflineLoops.readMultiplyAdd(w, blocks, 5, 0.5f, sums);
            for (int i = 0; i < FLOATS; i++) {
                float expected = 0.5f * (5 * i + (1 + 2 + 1) * FLOATS);
                assertEquals(expected, sums.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            }
        }
    }
}
