package dev.gru.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import dev.gru.kernel.Tiling;

/** Rows are shared out in whole tiles where that costs little, and no batch takes more memory than it should. */
class BatchingProperties {
    private static final Tiling TILING = Tiling.of(8);

    @Property
    void sharesHoldAllRowsAndAreEqualOrWholeTiles(@ForAll @IntRange(min = 1) int batch,
            @ForAll @IntRange(min = 1, max = 64) int threads) {
        int share = Batching.share(TILING, batch, threads);
        int equal = Math.ceilDiv(batch, threads);
        assertTrue(share >= equal && share - equal <= equal / 8);
        assertTrue(share == equal || share == Integer.MAX_VALUE || share % TILING.tileRows() == 0);
    }

    @Property
    void wholeSequencesTakeTheRoomOfChunksOrThatOfOneTile(@ForAll @IntRange(min = 1) int steps) {
        int rows = Batching.rowsOfWholeSequences(TILING, steps);
        assertEquals(0, rows % TILING.tileRows());
        assertTrue(rows == TILING.tileRows() || (rows <= 64 && (long) rows * steps <= 64 * 32));
    }
}
