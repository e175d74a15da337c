package dev.gru.simd.loops.streams;

import dev.gru.simd.loops.Lanes;

/**
 * Products of weights with columns of streams: the choice among the tiles. Generated from {@code StreamTiles.java.in}.
 */
public final class StreamTiles {
    private StreamTiles() {
    }

    /** Returns how many outputs the tiles have, highest first. */
    public static int[] outputs() {
        return new int[]{4, 2, 1};
    }

    /** Returns how many vectors of streams the tiles for this machine have, widest first. */
    public static int[] vectors() {
        return Lanes.REGISTERS >= 32 ? new int[]{4, 2, 1} : new int[]{2, 1};
    }

    /**
     * Multiplies some rows of weights by the columns of as many streams as {@code vectors} hold.
     *
     * @param outputs rows of weights
     * @param vectors vectors of streams
     * @param w from {@code w0} on the biases, and then for each input a weight of each row
     * @param inputs how many there are
     * @param x from {@code x0} on a column for each input
     * @param y takes, from {@code y0} on, a column for each output
     */
    public static void tile(int outputs, int vectors, float[] w, int w0, int inputs, float[] x, int x0, float[] y,
            int y0) {
        switch (16 * outputs + vectors) {
            case 16 * 4 + 4 -> StreamTilesOf4.tile4(w, w0, inputs, x, x0, y, y0);
            case 16 * 2 + 4 -> StreamTilesOf4.tile2(w, w0, inputs, x, x0, y, y0);
            case 16 * 1 + 4 -> StreamTilesOf4.tile1(w, w0, inputs, x, x0, y, y0);
            case 16 * 4 + 2 -> StreamTilesOf2.tile4(w, w0, inputs, x, x0, y, y0);
            case 16 * 2 + 2 -> StreamTilesOf2.tile2(w, w0, inputs, x, x0, y, y0);
            case 16 * 1 + 2 -> StreamTilesOf2.tile1(w, w0, inputs, x, x0, y, y0);
            case 16 * 4 + 1 -> StreamTilesOf1.tile4(w, w0, inputs, x, x0, y, y0);
            case 16 * 2 + 1 -> StreamTilesOf1.tile2(w, w0, inputs, x, x0, y, y0);
            case 16 * 1 + 1 -> StreamTilesOf1.tile1(w, w0, inputs, x, x0, y, y0);
            default -> throw new AssertionError(outputs + "x" + vectors);
        }
    }
}
