package dev.gru.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Rows are shared out in whole tiles where that costs little, and no batch takes more memory than it should. */
class BatchingProperties {

    @Property
    void sharesHoldAllRowsAndAreEqualOrWholeTiles(@ForAll @IntRange(min = 1) int batch,
            @ForAll @IntRange(min = 1, max = 64) int threads) {
        int share = Batching.share(batch, threads);
        int equal = Math.ceilDiv(batch, threads);
        assertTrue(share >= equal && share - equal <= equal / 8);
        assertTrue(share == equal || share == Integer.MAX_VALUE || share % Batching.TILE == 0);
    }

    @Property
    void wholeSequencesTakeTheRoomOfChunksOrThatOfOneTile(@ForAll @IntRange(min = 1) int steps) {
        int rows = Batching.rowsOfWholeSequences(steps);
        assertEquals(0, rows % Batching.TILE);
        assertTrue(rows == Batching.TILE || (rows <= 64 && (long) rows * steps <= 64 * 32));
    }
}
