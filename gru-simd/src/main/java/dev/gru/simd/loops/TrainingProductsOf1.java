package dev.gru.simd.loops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link TrainingLoops#multiply}: tiles of 1 vectors. Generated from {@code TrainingProductsOf.java.in}. */
final class TrainingProductsOf1 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;

    private TrainingProductsOf1() {
    }

    static void multiply1x1(int inputs, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] i,
            int i0, int iStride, float[] y, int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, i, i0);
        for (int k = 0; k < inputs; k++) {
            int at = w0 + k * wStride;
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(v0, a0_0);
        }
        a0_0.intoArray(y, y0);
    }

    static void multiply8x1(int inputs, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] i,
            int i0, int iStride, float[] y, int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, i, i0);
        FloatVector a1_0 = FloatVector.fromArray(S, i, i0 + iStride);
        FloatVector a2_0 = FloatVector.fromArray(S, i, i0 + 2 * iStride);
        FloatVector a3_0 = FloatVector.fromArray(S, i, i0 + 3 * iStride);
        FloatVector a4_0 = FloatVector.fromArray(S, i, i0 + 4 * iStride);
        FloatVector a5_0 = FloatVector.fromArray(S, i, i0 + 5 * iStride);
        FloatVector a6_0 = FloatVector.fromArray(S, i, i0 + 6 * iStride);
        FloatVector a7_0 = FloatVector.fromArray(S, i, i0 + 7 * iStride);
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        int x4 = x3 + xStride;
        int x5 = x4 + xStride;
        int x6 = x5 + xStride;
        int x7 = x6 + xStride;
        for (int k = 0; k < inputs; k++) {
            int at = w0 + k * wStride;
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(v0, a0_0);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a1_0 = b1.fma(v0, a1_0);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a2_0 = b2.fma(v0, a2_0);
            FloatVector b3 = FloatVector.broadcast(S, x[x3 + k]);
            a3_0 = b3.fma(v0, a3_0);
            FloatVector b4 = FloatVector.broadcast(S, x[x4 + k]);
            a4_0 = b4.fma(v0, a4_0);
            FloatVector b5 = FloatVector.broadcast(S, x[x5 + k]);
            a5_0 = b5.fma(v0, a5_0);
            FloatVector b6 = FloatVector.broadcast(S, x[x6 + k]);
            a6_0 = b6.fma(v0, a6_0);
            FloatVector b7 = FloatVector.broadcast(S, x[x7 + k]);
            a7_0 = b7.fma(v0, a7_0);
        }
        a0_0.intoArray(y, y0);
        a1_0.intoArray(y, y0 + yStride);
        a2_0.intoArray(y, y0 + 2 * yStride);
        a3_0.intoArray(y, y0 + 3 * yStride);
        a4_0.intoArray(y, y0 + 4 * yStride);
        a5_0.intoArray(y, y0 + 5 * yStride);
        a6_0.intoArray(y, y0 + 6 * yStride);
        a7_0.intoArray(y, y0 + 7 * yStride);
    }

    static void multiply4x1(int inputs, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] i,
            int i0, int iStride, float[] y, int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, i, i0);
        FloatVector a1_0 = FloatVector.fromArray(S, i, i0 + iStride);
        FloatVector a2_0 = FloatVector.fromArray(S, i, i0 + 2 * iStride);
        FloatVector a3_0 = FloatVector.fromArray(S, i, i0 + 3 * iStride);
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        for (int k = 0; k < inputs; k++) {
            int at = w0 + k * wStride;
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(v0, a0_0);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a1_0 = b1.fma(v0, a1_0);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a2_0 = b2.fma(v0, a2_0);
            FloatVector b3 = FloatVector.broadcast(S, x[x3 + k]);
            a3_0 = b3.fma(v0, a3_0);
        }
        a0_0.intoArray(y, y0);
        a1_0.intoArray(y, y0 + yStride);
        a2_0.intoArray(y, y0 + 2 * yStride);
        a3_0.intoArray(y, y0 + 3 * yStride);
    }

    static void multiply2x1(int inputs, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] i,
            int i0, int iStride, float[] y, int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, i, i0);
        FloatVector a1_0 = FloatVector.fromArray(S, i, i0 + iStride);
        int x1 = x0 + xStride;
        for (int k = 0; k < inputs; k++) {
            int at = w0 + k * wStride;
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(v0, a0_0);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a1_0 = b1.fma(v0, a1_0);
        }
        a0_0.intoArray(y, y0);
        a1_0.intoArray(y, y0 + yStride);
    }
}
