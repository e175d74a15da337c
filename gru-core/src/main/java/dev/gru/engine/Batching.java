package dev.gru.engine;

import dev.gru.kernel.Tiling;

/** How rows are distributed over threads and runs, given how many rows and steps a kernel likes at once. */
final class Batching {
    private Batching() {
    }

    /**
     * Returns how many rows each member of a team takes, until there are none left: an equal share, in whole tiles if
     * that makes it no more than an eighth larger.
     */
    static int share(Tiling tiling, int batch, int members) {
        int tile = tiling.tileRows();
        int equal = Math.ceilDiv(batch, members);
        long tiles = (long) Math.ceilDiv(equal, tile) * tile;
        return tiles - equal <= equal / 8 ? (int) Math.min(tiles, Integer.MAX_VALUE) : equal;
    }

    /**
     * Returns how many whole sequences to run at once: about as many steps as in chunks, but at least a tile of rows.
     */
    static int rowsOfWholeSequences(Tiling tiling, int steps) {
        int tile = tiling.tileRows();
        int tiles = tiling.rowsAtOnce() * tiling.stepsAtOnce() / steps / tile;
        return Math.clamp(tiles, 1, Math.max(1, tiling.rowsAtOnce() / tile)) * tile;
    }
}
