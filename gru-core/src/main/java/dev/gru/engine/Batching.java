package dev.gru.engine;

/**
 * How many rows and steps go through a model at once: enough to fill the tiles of kernels, few enough for what they work on
 * to stay in cache.
 */
final class Batching {
    /** Rows that a kernel multiplies with the weights that it has in registers; fewer take nearly as long. */
    static final int TILE = 8;
    /** Streams, or steps of one stream, that a pipeline of sessions and groups has room for. */
    static final int ROWS = 64;
    /** Steps of each stream that go through all layers at once. */
    static final int CHUNK = 32;

    private Batching() {
    }

    /**
     * Returns how many rows a member of a team takes, until there are none left: an equal share, in whole tiles if that makes
     * it no more than an eighth larger.
     */
    static int share(int batch, int members) {
        int equal = Math.ceilDiv(batch, members);
        long tiles = (long) Math.ceilDiv(equal, TILE) * TILE;
        return tiles - equal <= equal / TILE ? (int) Math.min(tiles, Integer.MAX_VALUE) : equal;
    }

    /** Returns for how many whole sequences to take memory: about what chunks take, but at least enough for a tile. */
    static int rowsOfWholeSequences(int steps) {
        int tiles = ROWS * CHUNK / steps / TILE;
        return Math.clamp(tiles, 1, ROWS / TILE) * TILE;
    }
}
