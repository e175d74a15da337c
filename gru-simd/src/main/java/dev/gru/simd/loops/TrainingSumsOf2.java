package dev.gru.simd.loops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link TrainingLoops#addProducts}: tiles of 2 vectors. Generated from {@code TrainingSumsOf.java.in}. */
final class TrainingSumsOf2 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private TrainingSumsOf2() {
    }

    static void addProducts1x2(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
    }

    static void addProducts8x2(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        FloatVector a1_0 = FloatVector.fromArray(S, y, y0 + yStride);
        FloatVector a1_1 = FloatVector.fromArray(S, y, y0 + yStride + L);
        FloatVector a2_0 = FloatVector.fromArray(S, y, y0 + 2 * yStride);
        FloatVector a2_1 = FloatVector.fromArray(S, y, y0 + 2 * yStride + L);
        FloatVector a3_0 = FloatVector.fromArray(S, y, y0 + 3 * yStride);
        FloatVector a3_1 = FloatVector.fromArray(S, y, y0 + 3 * yStride + L);
        FloatVector a4_0 = FloatVector.fromArray(S, y, y0 + 4 * yStride);
        FloatVector a4_1 = FloatVector.fromArray(S, y, y0 + 4 * yStride + L);
        FloatVector a5_0 = FloatVector.fromArray(S, y, y0 + 5 * yStride);
        FloatVector a5_1 = FloatVector.fromArray(S, y, y0 + 5 * yStride + L);
        FloatVector a6_0 = FloatVector.fromArray(S, y, y0 + 6 * yStride);
        FloatVector a6_1 = FloatVector.fromArray(S, y, y0 + 6 * yStride + L);
        FloatVector a7_0 = FloatVector.fromArray(S, y, y0 + 7 * yStride);
        FloatVector a7_1 = FloatVector.fromArray(S, y, y0 + 7 * yStride + L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            FloatVector b1 = FloatVector.broadcast(S, x[from + 1]);
            a1_0 = b1.fma(v0, a1_0);
            a1_1 = b1.fma(v1, a1_1);
            FloatVector b2 = FloatVector.broadcast(S, x[from + 2]);
            a2_0 = b2.fma(v0, a2_0);
            a2_1 = b2.fma(v1, a2_1);
            FloatVector b3 = FloatVector.broadcast(S, x[from + 3]);
            a3_0 = b3.fma(v0, a3_0);
            a3_1 = b3.fma(v1, a3_1);
            FloatVector b4 = FloatVector.broadcast(S, x[from + 4]);
            a4_0 = b4.fma(v0, a4_0);
            a4_1 = b4.fma(v1, a4_1);
            FloatVector b5 = FloatVector.broadcast(S, x[from + 5]);
            a5_0 = b5.fma(v0, a5_0);
            a5_1 = b5.fma(v1, a5_1);
            FloatVector b6 = FloatVector.broadcast(S, x[from + 6]);
            a6_0 = b6.fma(v0, a6_0);
            a6_1 = b6.fma(v1, a6_1);
            FloatVector b7 = FloatVector.broadcast(S, x[from + 7]);
            a7_0 = b7.fma(v0, a7_0);
            a7_1 = b7.fma(v1, a7_1);
            at += wStride;
            from += xStride;
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

    static void addProducts4x2(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        FloatVector a1_0 = FloatVector.fromArray(S, y, y0 + yStride);
        FloatVector a1_1 = FloatVector.fromArray(S, y, y0 + yStride + L);
        FloatVector a2_0 = FloatVector.fromArray(S, y, y0 + 2 * yStride);
        FloatVector a2_1 = FloatVector.fromArray(S, y, y0 + 2 * yStride + L);
        FloatVector a3_0 = FloatVector.fromArray(S, y, y0 + 3 * yStride);
        FloatVector a3_1 = FloatVector.fromArray(S, y, y0 + 3 * yStride + L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            FloatVector b1 = FloatVector.broadcast(S, x[from + 1]);
            a1_0 = b1.fma(v0, a1_0);
            a1_1 = b1.fma(v1, a1_1);
            FloatVector b2 = FloatVector.broadcast(S, x[from + 2]);
            a2_0 = b2.fma(v0, a2_0);
            a2_1 = b2.fma(v1, a2_1);
            FloatVector b3 = FloatVector.broadcast(S, x[from + 3]);
            a3_0 = b3.fma(v0, a3_0);
            a3_1 = b3.fma(v1, a3_1);
            at += wStride;
            from += xStride;
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

    static void addProducts2x2(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        FloatVector a1_0 = FloatVector.fromArray(S, y, y0 + yStride);
        FloatVector a1_1 = FloatVector.fromArray(S, y, y0 + yStride + L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            FloatVector b1 = FloatVector.broadcast(S, x[from + 1]);
            a1_0 = b1.fma(v0, a1_0);
            a1_1 = b1.fma(v1, a1_1);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a1_0.intoArray(y, y0 + yStride);
        a1_1.intoArray(y, y0 + yStride + L);
    }
}
