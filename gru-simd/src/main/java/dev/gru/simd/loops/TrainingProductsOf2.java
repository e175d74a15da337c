package dev.gru.simd.loops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link TrainingLoops#multiply}: tiles of 2 vectors. Generated from {@code TrainingProductsOf.java.in}. */
final class TrainingProductsOf2 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private TrainingProductsOf2() {
    }

    static void multiply1x2(int inputs, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] i,
            int i0, int iStride, float[] y, int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, i, i0);
        FloatVector a0_1 = FloatVector.fromArray(S, i, i0 + L);
        for (int k = 0; k < inputs; k++) {
            int at = w0 + k * wStride;
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
    }

    static void multiply8x2(int inputs, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] i,
            int i0, int iStride, float[] y, int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, i, i0);
        FloatVector a0_1 = FloatVector.fromArray(S, i, i0 + L);
        FloatVector a1_0 = FloatVector.fromArray(S, i, i0 + iStride);
        FloatVector a1_1 = FloatVector.fromArray(S, i, i0 + iStride + L);
        FloatVector a2_0 = FloatVector.fromArray(S, i, i0 + 2 * iStride);
        FloatVector a2_1 = FloatVector.fromArray(S, i, i0 + 2 * iStride + L);
        FloatVector a3_0 = FloatVector.fromArray(S, i, i0 + 3 * iStride);
        FloatVector a3_1 = FloatVector.fromArray(S, i, i0 + 3 * iStride + L);
        FloatVector a4_0 = FloatVector.fromArray(S, i, i0 + 4 * iStride);
        FloatVector a4_1 = FloatVector.fromArray(S, i, i0 + 4 * iStride + L);
        FloatVector a5_0 = FloatVector.fromArray(S, i, i0 + 5 * iStride);
        FloatVector a5_1 = FloatVector.fromArray(S, i, i0 + 5 * iStride + L);
        FloatVector a6_0 = FloatVector.fromArray(S, i, i0 + 6 * iStride);
        FloatVector a6_1 = FloatVector.fromArray(S, i, i0 + 6 * iStride + L);
        FloatVector a7_0 = FloatVector.fromArray(S, i, i0 + 7 * iStride);
        FloatVector a7_1 = FloatVector.fromArray(S, i, i0 + 7 * iStride + L);
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
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a1_0 = b1.fma(v0, a1_0);
            a1_1 = b1.fma(v1, a1_1);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a2_0 = b2.fma(v0, a2_0);
            a2_1 = b2.fma(v1, a2_1);
            FloatVector b3 = FloatVector.broadcast(S, x[x3 + k]);
            a3_0 = b3.fma(v0, a3_0);
            a3_1 = b3.fma(v1, a3_1);
            FloatVector b4 = FloatVector.broadcast(S, x[x4 + k]);
            a4_0 = b4.fma(v0, a4_0);
            a4_1 = b4.fma(v1, a4_1);
            FloatVector b5 = FloatVector.broadcast(S, x[x5 + k]);
            a5_0 = b5.fma(v0, a5_0);
            a5_1 = b5.fma(v1, a5_1);
            FloatVector b6 = FloatVector.broadcast(S, x[x6 + k]);
            a6_0 = b6.fma(v0, a6_0);
            a6_1 = b6.fma(v1, a6_1);
            FloatVector b7 = FloatVector.broadcast(S, x[x7 + k]);
            a7_0 = b7.fma(v0, a7_0);
            a7_1 = b7.fma(v1, a7_1);
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a1_0.intoArray(y, y0 + yStride);
        a1_1.intoArray(y, y0 + yStride + L);
        a2_0.intoArray(y, y0 + 2 * yStride);
        a2_1.intoArray(y, y0 + 2 * yStride + L);
        a3_0.intoArray(y, y0 + 3 * yStride);
        a3_1.intoArray(y, y0 + 3 * yStride + L);
        a4_0.intoArray(y, y0 + 4 * yStride);
        a4_1.intoArray(y, y0 + 4 * yStride + L);
        a5_0.intoArray(y, y0 + 5 * yStride);
        a5_1.intoArray(y, y0 + 5 * yStride + L);
        a6_0.intoArray(y, y0 + 6 * yStride);
        a6_1.intoArray(y, y0 + 6 * yStride + L);
        a7_0.intoArray(y, y0 + 7 * yStride);
        a7_1.intoArray(y, y0 + 7 * yStride + L);
    }

    static void multiply4x2(int inputs, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] i,
            int i0, int iStride, float[] y, int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, i, i0);
        FloatVector a0_1 = FloatVector.fromArray(S, i, i0 + L);
        FloatVector a1_0 = FloatVector.fromArray(S, i, i0 + iStride);
        FloatVector a1_1 = FloatVector.fromArray(S, i, i0 + iStride + L);
        FloatVector a2_0 = FloatVector.fromArray(S, i, i0 + 2 * iStride);
        FloatVector a2_1 = FloatVector.fromArray(S, i, i0 + 2 * iStride + L);
        FloatVector a3_0 = FloatVector.fromArray(S, i, i0 + 3 * iStride);
        FloatVector a3_1 = FloatVector.fromArray(S, i, i0 + 3 * iStride + L);
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        for (int k = 0; k < inputs; k++) {
            int at = w0 + k * wStride;
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a1_0 = b1.fma(v0, a1_0);
            a1_1 = b1.fma(v1, a1_1);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a2_0 = b2.fma(v0, a2_0);
            a2_1 = b2.fma(v1, a2_1);
            FloatVector b3 = FloatVector.broadcast(S, x[x3 + k]);
            a3_0 = b3.fma(v0, a3_0);
            a3_1 = b3.fma(v1, a3_1);
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a1_0.intoArray(y, y0 + yStride);
        a1_1.intoArray(y, y0 + yStride + L);
        a2_0.intoArray(y, y0 + 2 * yStride);
        a2_1.intoArray(y, y0 + 2 * yStride + L);
        a3_0.intoArray(y, y0 + 3 * yStride);
        a3_1.intoArray(y, y0 + 3 * yStride + L);
    }

    static void multiply2x2(int inputs, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] i,
            int i0, int iStride, float[] y, int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, i, i0);
        FloatVector a0_1 = FloatVector.fromArray(S, i, i0 + L);
        FloatVector a1_0 = FloatVector.fromArray(S, i, i0 + iStride);
        FloatVector a1_1 = FloatVector.fromArray(S, i, i0 + iStride + L);
        int x1 = x0 + xStride;
        for (int k = 0; k < inputs; k++) {
            int at = w0 + k * wStride;
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a1_0 = b1.fma(v0, a1_0);
            a1_1 = b1.fma(v1, a1_1);
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a1_0.intoArray(y, y0 + yStride);
        a1_1.intoArray(y, y0 + yStride + L);
    }
}
