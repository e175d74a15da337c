package dev.gru.simd.loops.streams;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import dev.gru.simd.loops.Lanes;

/**
 * Tiles of some outputs by 4 vectors of streams. Generated from {@code StreamTilesOf.java.in}.
 */
final class StreamTilesOf4 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    /** From column to column. */
    private static final int X = 4 * L;

    private StreamTilesOf4() {
    }

    /** Multiplies by 4 rows of weights. */
    static void tile4(float[] w, int w0, int inputs, float[] x, int x0, float[] y, int y0) {
        FloatVector a00 = FloatVector.broadcast(S, w[w0]);
        FloatVector a01 = a00;
        FloatVector a02 = a00;
        FloatVector a03 = a00;
        FloatVector a10 = FloatVector.broadcast(S, w[w0 + 1]);
        FloatVector a11 = a10;
        FloatVector a12 = a10;
        FloatVector a13 = a10;
        FloatVector a20 = FloatVector.broadcast(S, w[w0 + 2]);
        FloatVector a21 = a20;
        FloatVector a22 = a20;
        FloatVector a23 = a20;
        FloatVector a30 = FloatVector.broadcast(S, w[w0 + 3]);
        FloatVector a31 = a30;
        FloatVector a32 = a30;
        FloatVector a33 = a30;
        for (int k = 0; k < inputs; k++) {
            int at = w0 + (k + 1) * 4;
            int from = x0 + k * X;
            FloatVector c0 = FloatVector.fromArray(S, x, from);
            FloatVector c1 = FloatVector.fromArray(S, x, from + L);
            FloatVector c2 = FloatVector.fromArray(S, x, from + 2 * L);
            FloatVector c3 = FloatVector.fromArray(S, x, from + 3 * L);
            FloatVector b0 = FloatVector.broadcast(S, w[at]);
            a00 = b0.fma(c0, a00);
            a01 = b0.fma(c1, a01);
            a02 = b0.fma(c2, a02);
            a03 = b0.fma(c3, a03);
            FloatVector b1 = FloatVector.broadcast(S, w[at + 1]);
            a10 = b1.fma(c0, a10);
            a11 = b1.fma(c1, a11);
            a12 = b1.fma(c2, a12);
            a13 = b1.fma(c3, a13);
            FloatVector b2 = FloatVector.broadcast(S, w[at + 2]);
            a20 = b2.fma(c0, a20);
            a21 = b2.fma(c1, a21);
            a22 = b2.fma(c2, a22);
            a23 = b2.fma(c3, a23);
            FloatVector b3 = FloatVector.broadcast(S, w[at + 3]);
            a30 = b3.fma(c0, a30);
            a31 = b3.fma(c1, a31);
            a32 = b3.fma(c2, a32);
            a33 = b3.fma(c3, a33);
        }
        a00.intoArray(y, y0);
        a01.intoArray(y, y0 + L);
        a02.intoArray(y, y0 + 2 * L);
        a03.intoArray(y, y0 + 3 * L);
        a10.intoArray(y, y0 + X);
        a11.intoArray(y, y0 + X + L);
        a12.intoArray(y, y0 + X + 2 * L);
        a13.intoArray(y, y0 + X + 3 * L);
        a20.intoArray(y, y0 + 2 * X);
        a21.intoArray(y, y0 + 2 * X + L);
        a22.intoArray(y, y0 + 2 * X + 2 * L);
        a23.intoArray(y, y0 + 2 * X + 3 * L);
        a30.intoArray(y, y0 + 3 * X);
        a31.intoArray(y, y0 + 3 * X + L);
        a32.intoArray(y, y0 + 3 * X + 2 * L);
        a33.intoArray(y, y0 + 3 * X + 3 * L);
    }

    /** Multiplies by 2 rows of weights. */
    static void tile2(float[] w, int w0, int inputs, float[] x, int x0, float[] y, int y0) {
        FloatVector a00 = FloatVector.broadcast(S, w[w0]);
        FloatVector a01 = a00;
        FloatVector a02 = a00;
        FloatVector a03 = a00;
        FloatVector a10 = FloatVector.broadcast(S, w[w0 + 1]);
        FloatVector a11 = a10;
        FloatVector a12 = a10;
        FloatVector a13 = a10;
        for (int k = 0; k < inputs; k++) {
            int at = w0 + (k + 1) * 2;
            int from = x0 + k * X;
            FloatVector c0 = FloatVector.fromArray(S, x, from);
            FloatVector c1 = FloatVector.fromArray(S, x, from + L);
            FloatVector c2 = FloatVector.fromArray(S, x, from + 2 * L);
            FloatVector c3 = FloatVector.fromArray(S, x, from + 3 * L);
            FloatVector b0 = FloatVector.broadcast(S, w[at]);
            a00 = b0.fma(c0, a00);
            a01 = b0.fma(c1, a01);
            a02 = b0.fma(c2, a02);
            a03 = b0.fma(c3, a03);
            FloatVector b1 = FloatVector.broadcast(S, w[at + 1]);
            a10 = b1.fma(c0, a10);
            a11 = b1.fma(c1, a11);
            a12 = b1.fma(c2, a12);
            a13 = b1.fma(c3, a13);
        }
        a00.intoArray(y, y0);
        a01.intoArray(y, y0 + L);
        a02.intoArray(y, y0 + 2 * L);
        a03.intoArray(y, y0 + 3 * L);
        a10.intoArray(y, y0 + X);
        a11.intoArray(y, y0 + X + L);
        a12.intoArray(y, y0 + X + 2 * L);
        a13.intoArray(y, y0 + X + 3 * L);
    }

    /** Multiplies by 1 rows of weights. */
    static void tile1(float[] w, int w0, int inputs, float[] x, int x0, float[] y, int y0) {
        FloatVector a00 = FloatVector.broadcast(S, w[w0]);
        FloatVector a01 = a00;
        FloatVector a02 = a00;
        FloatVector a03 = a00;
        for (int k = 0; k < inputs; k++) {
            int at = w0 + (k + 1) * 1;
            int from = x0 + k * X;
            FloatVector c0 = FloatVector.fromArray(S, x, from);
            FloatVector c1 = FloatVector.fromArray(S, x, from + L);
            FloatVector c2 = FloatVector.fromArray(S, x, from + 2 * L);
            FloatVector c3 = FloatVector.fromArray(S, x, from + 3 * L);
            FloatVector b0 = FloatVector.broadcast(S, w[at]);
            a00 = b0.fma(c0, a00);
            a01 = b0.fma(c1, a01);
            a02 = b0.fma(c2, a02);
            a03 = b0.fma(c3, a03);
        }
        a00.intoArray(y, y0);
        a01.intoArray(y, y0 + L);
        a02.intoArray(y, y0 + 2 * L);
        a03.intoArray(y, y0 + 3 * L);
    }
}
