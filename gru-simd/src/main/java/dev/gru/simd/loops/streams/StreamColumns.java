package dev.gru.simd.loops.streams;

import dev.gru.simd.loops.Lanes;

/**
 * Rows of numbers become columns, and columns rows. Generated from {@code StreamColumns.java.in}.
 *
 * <p>Blocks of eight by eight, or four by four where vectors are shorter, are turned in registers: numbers change
 * places with those one off, then two, then four. What is left over goes one by one.
 */
public final class StreamColumns {
    private static final int BLOCK = Math.min(Lanes.COUNT, 8);

    private StreamColumns() {
    }

    /**
     * Writes the rows of {@code from} as the columns of {@code to}.
     *
     * @param rows how many rows
     * @param columns numbers of a row
     * @param from the rows begin at {@code from0}, and every {@code fromStride} elements after
     * @param to where the k-th number of the i-th row is written to element {@code to0 + k * toStride + i}
     */
    public static void turn(int rows, int columns, float[] from, int from0, int fromStride, float[] to, int to0,
            int toStride) {
        int blockRows = rows - rows % BLOCK;
        int blockColumns = columns - columns % BLOCK;
        turnBlocks(blockRows, blockColumns, from, from0, fromStride, to, to0, toStride);
        oneByOne(0, rows, blockColumns, columns, from, from0, fromStride, to, to0, toStride);
        oneByOne(blockRows, rows, 0, blockColumns, from, from0, fromStride, to, to0, toStride);
    }

    /** The longer loop is the inner one: a loop of one turn takes longer to begin than to run. */
    private static void turnBlocks(int rows, int columns, float[] from, int from0, int fromStride, float[] to, int to0,
            int toStride) {
        if (BLOCK == 8) {
            if (rows > columns) {
                StreamColumnsOf8.down(rows, columns, from, from0, fromStride, to, to0, toStride);
            } else {
                StreamColumnsOf8.across(rows, columns, from, from0, fromStride, to, to0, toStride);
            }
        } else if (rows > columns) {
            StreamColumnsOf4.down(rows, columns, from, from0, fromStride, to, to0, toStride);
        } else {
            StreamColumnsOf4.across(rows, columns, from, from0, fromStride, to, to0, toStride);
        }
    }

    private static void oneByOne(int row, int endRow, int column, int endColumn, float[] from, int from0,
            int fromStride, float[] to, int to0, int toStride) {
        for (int k = column; k < endColumn; k++) {
            int source = from0 + row * fromStride + k;
            int target = to0 + k * toStride;
            for (int i = row; i < endRow; i++) {
                to[target + i] = from[source];
                source += fromStride;
            }
        }
    }
}
