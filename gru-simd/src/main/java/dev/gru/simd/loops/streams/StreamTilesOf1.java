package dev.gru.simd.loops.streams;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import dev.gru.simd.loops.Lanes;

/**
 * Tiles of some outputs by 1 vector of streams. Generated from {@code StreamTilesOf.java.in}.
 */
final class StreamTilesOf1 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    /** From column to column. */
    private static final int X = 1 * L;

    private StreamTilesOf1() {
    }

    /** Multiplies by 4 rows of weights. */
    static void tile4(float[] w, int w0, int inputs, float[] x, int x0, float[] y, int y0) {
        FloatVector a00 = FloatVector.broadcast(S, w[w0]);
        FloatVector a10 = FloatVector.broadcast(S, w[w0 + 1]);
        FloatVector a20 = FloatVector.broadcast(S, w[w0 + 2]);
        FloatVector a30 = FloatVector.broadcast(S, w[w0 + 3]);
        for (int k = 0; k < inputs; k++) {
            int at = w0 + (k + 1) * 4;
            int from = x0 + k * X;
            FloatVector c0 = FloatVector.fromArray(S, x, from);
            FloatVector b0 = FloatVector.broadcast(S, w[at]);
            a00 = b0.fma(c0, a00);
            FloatVector b1 = FloatVector.broadcast(S, w[at + 1]);
            a10 = b1.fma(c0, a10);
            FloatVector b2 = FloatVector.broadcast(S, w[at + 2]);
            a20 = b2.fma(c0, a20);
            FloatVector b3 = FloatVector.broadcast(S, w[at + 3]);
            a30 = b3.fma(c0, a30);
        }
        a00.intoArray(y, y0);
        a10.intoArray(y, y0 + X);
        a20.intoArray(y, y0 + 2 * X);
        a30.intoArray(y, y0 + 3 * X);
    }

    /** Multiplies by 2 rows of weights. */
    static void tile2(float[] w, int w0, int inputs, float[] x, int x0, float[] y, int y0) {
        FloatVector a00 = FloatVector.broadcast(S, w[w0]);
        FloatVector a10 = FloatVector.broadcast(S, w[w0 + 1]);
        for (int k = 0; k < inputs; k++) {
            int at = w0 + (k + 1) * 2;
            int from = x0 + k * X;
            FloatVector c0 = FloatVector.fromArray(S, x, from);
            FloatVector b0 = FloatVector.broadcast(S, w[at]);
            a00 = b0.fma(c0, a00);
            FloatVector b1 = FloatVector.broadcast(S, w[at + 1]);
            a10 = b1.fma(c0, a10);
        }
        a00.intoArray(y, y0);
        a10.intoArray(y, y0 + X);
    }

    /** Multiplies by 1 rows of weights. */
    static void tile1(float[] w, int w0, int inputs, float[] x, int x0, float[] y, int y0) {
        FloatVector a00 = FloatVector.broadcast(S, w[w0]);
        for (int k = 0; k < inputs; k++) {
            int at = w0 + (k + 1) * 1;
            int from = x0 + k * X;
            FloatVector c0 = FloatVector.fromArray(S, x, from);
            FloatVector b0 = FloatVector.broadcast(S, w[at]);
            a00 = b0.fma(c0, a00);
        }
        a00.intoArray(y, y0);
    }
}
