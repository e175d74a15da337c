package dev.gru.simd.loops.streams;

/**
 * The sums of a unit of many streams: the choice among the loops. Generated from {@code StreamSums.java.in}.
 */
public final class StreamSums {
    private StreamSums() {
    }

    /**
     * Writes for one unit the sums of r and z, and of n that from the inputs and, if there are three gates from the
     * state, that from the state.
     *
     * @param vectors vectors of streams
     * @param gates how many gates there are from the state: r, z, or r, z and n
     * @param wi from {@code wi0} on the biases of r, z and n, and then for each input their weights
     * @param inputs how many there are
     * @param x a column for each input
     * @param ws from {@code ws0} on the same of the gates from the state
     * @param units how many there are
     * @param h a column for each unit
     * @param y takes the sums from {@code y0} on, each of them {@code plane} elements after the one before
     */
    public static void unit(int vectors, int gates, float[] wi, int wi0, int inputs, float[] x, float[] ws, int ws0,
            int units, float[] h, float[] y, int y0, int plane) {
        switch (16 * gates + vectors) {
            case 16 * 3 + 4 -> StreamSumsOf4.sums3(wi, wi0, inputs, x, ws, ws0, units, h, y, y0, plane);
            case 16 * 2 + 4 -> StreamSumsOf4.sums2(wi, wi0, inputs, x, ws, ws0, units, h, y, y0, plane);
            case 16 * 3 + 2 -> StreamSumsOf2.sums3(wi, wi0, inputs, x, ws, ws0, units, h, y, y0, plane);
            case 16 * 2 + 2 -> StreamSumsOf2.sums2(wi, wi0, inputs, x, ws, ws0, units, h, y, y0, plane);
            case 16 * 3 + 1 -> StreamSumsOf1.sums3(wi, wi0, inputs, x, ws, ws0, units, h, y, y0, plane);
            case 16 * 2 + 1 -> StreamSumsOf1.sums2(wi, wi0, inputs, x, ws, ws0, units, h, y, y0, plane);
            default -> throw new AssertionError(gates + "x" + vectors);
        }
    }
}
