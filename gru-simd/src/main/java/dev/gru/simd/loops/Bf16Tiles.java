package dev.gru.simd.loops;

import java.lang.foreign.MemorySegment;

/**
 * Products of several rows of inputs with packed weights in bfloat16: the choice among the tiles. Generated from
 * {@code Tiles.java.in}.
 *
 * <p>{@code w} holds from byte {@code base} on the biases of a panel and then, for each input, or in bfloat16 for each
 * pair of inputs, a row of weights; {@code stride} is the bytes from one row to the next. {@code x} holds the inputs
 * from element {@code x0} on, and the outputs are written to {@code y} from byte {@code y0} on; further rows of a batch
 * begin {@code xStride} elements and {@code yStride} bytes after.
 */
public final class Bf16Tiles {
    private Bf16Tiles() {
    }

    /** Returns the tiles for this machine: of each line the number of vectors, and then the numbers of rows. */
    public static int[][] table() {
        return Lanes.REGISTERS >= 32
                ? new int[][]{{3, 8, 4, 2}, {2, 8, 4, 2}, {1, 8, 4}}
                : new int[][]{{3, 2}, {2, 4}, {1, 4}};
    }

    /** Multiplies {@code rows} rows of inputs by {@code vectors} vectors of a panel. */
    public static void tile(int rows, int vectors, MemorySegment w, long base, long stride, int inputs, float[] x,
            int x0,
            int xStride, MemorySegment y, long y0, long yStride) {
        switch (16 * rows + vectors) {
            case 16 * 8 + 3 ->
                Bf16TilesOf3.tile8x3(w, base, stride, inputs, x, x0, xStride, y, y0, yStride);
            case 16 * 4 + 3 ->
                Bf16TilesOf3.tile4x3(w, base, stride, inputs, x, x0, xStride, y, y0, yStride);
            case 16 * 2 + 3 ->
                Bf16TilesOf3.tile2x3(w, base, stride, inputs, x, x0, xStride, y, y0, yStride);
            case 16 * 8 + 2 ->
                Bf16TilesOf2.tile8x2(w, base, stride, inputs, x, x0, xStride, y, y0, yStride);
            case 16 * 4 + 2 ->
                Bf16TilesOf2.tile4x2(w, base, stride, inputs, x, x0, xStride, y, y0, yStride);
            case 16 * 2 + 2 ->
                Bf16TilesOf2.tile2x2(w, base, stride, inputs, x, x0, xStride, y, y0, yStride);
            case 16 * 8 + 1 ->
                Bf16TilesOf1.tile8x1(w, base, stride, inputs, x, x0, xStride, y, y0, yStride);
            case 16 * 4 + 1 ->
                Bf16TilesOf1.tile4x1(w, base, stride, inputs, x, x0, xStride, y, y0, yStride);
            default -> throw new AssertionError(rows + "x" + vectors);
        }
    }
}
