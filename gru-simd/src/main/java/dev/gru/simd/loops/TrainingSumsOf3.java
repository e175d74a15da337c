package dev.gru.simd.loops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link TrainingLoops#addProducts}: tiles of 3 vectors. Generated from {@code TrainingSumsOf.java.in}. */
final class TrainingSumsOf3 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private TrainingSumsOf3() {
    }

    static void addProducts1x3(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        FloatVector a0_2 = FloatVector.fromArray(S, y, y0 + 2 * L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector v2 = FloatVector.fromArray(S, w, at + 2 * L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            a0_2 = b0.fma(v2, a0_2);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a0_2.intoArray(y, y0 + 2 * L);
    }

    static void addProducts8x3(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        FloatVector a0_2 = FloatVector.fromArray(S, y, y0 + 2 * L);
        FloatVector a1_0 = FloatVector.fromArray(S, y, y0 + yStride);
        FloatVector a1_1 = FloatVector.fromArray(S, y, y0 + yStride + L);
        FloatVector a1_2 = FloatVector.fromArray(S, y, y0 + yStride + 2 * L);
        FloatVector a2_0 = FloatVector.fromArray(S, y, y0 + 2 * yStride);
        FloatVector a2_1 = FloatVector.fromArray(S, y, y0 + 2 * yStride + L);
        FloatVector a2_2 = FloatVector.fromArray(S, y, y0 + 2 * yStride + 2 * L);
        FloatVector a3_0 = FloatVector.fromArray(S, y, y0 + 3 * yStride);
        FloatVector a3_1 = FloatVector.fromArray(S, y, y0 + 3 * yStride + L);
        FloatVector a3_2 = FloatVector.fromArray(S, y, y0 + 3 * yStride + 2 * L);
        FloatVector a4_0 = FloatVector.fromArray(S, y, y0 + 4 * yStride);
        FloatVector a4_1 = FloatVector.fromArray(S, y, y0 + 4 * yStride + L);
        FloatVector a4_2 = FloatVector.fromArray(S, y, y0 + 4 * yStride + 2 * L);
        FloatVector a5_0 = FloatVector.fromArray(S, y, y0 + 5 * yStride);
        FloatVector a5_1 = FloatVector.fromArray(S, y, y0 + 5 * yStride + L);
        FloatVector a5_2 = FloatVector.fromArray(S, y, y0 + 5 * yStride + 2 * L);
        FloatVector a6_0 = FloatVector.fromArray(S, y, y0 + 6 * yStride);
        FloatVector a6_1 = FloatVector.fromArray(S, y, y0 + 6 * yStride + L);
        FloatVector a6_2 = FloatVector.fromArray(S, y, y0 + 6 * yStride + 2 * L);
        FloatVector a7_0 = FloatVector.fromArray(S, y, y0 + 7 * yStride);
        FloatVector a7_1 = FloatVector.fromArray(S, y, y0 + 7 * yStride + L);
        FloatVector a7_2 = FloatVector.fromArray(S, y, y0 + 7 * yStride + 2 * L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector v2 = FloatVector.fromArray(S, w, at + 2 * L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            a0_2 = b0.fma(v2, a0_2);
            FloatVector b1 = FloatVector.broadcast(S, x[from + 1]);
            a1_0 = b1.fma(v0, a1_0);
            a1_1 = b1.fma(v1, a1_1);
            a1_2 = b1.fma(v2, a1_2);
            FloatVector b2 = FloatVector.broadcast(S, x[from + 2]);
            a2_0 = b2.fma(v0, a2_0);
            a2_1 = b2.fma(v1, a2_1);
            a2_2 = b2.fma(v2, a2_2);
            FloatVector b3 = FloatVector.broadcast(S, x[from + 3]);
            a3_0 = b3.fma(v0, a3_0);
            a3_1 = b3.fma(v1, a3_1);
            a3_2 = b3.fma(v2, a3_2);
            FloatVector b4 = FloatVector.broadcast(S, x[from + 4]);
            a4_0 = b4.fma(v0, a4_0);
            a4_1 = b4.fma(v1, a4_1);
            a4_2 = b4.fma(v2, a4_2);
            FloatVector b5 = FloatVector.broadcast(S, x[from + 5]);
            a5_0 = b5.fma(v0, a5_0);
            a5_1 = b5.fma(v1, a5_1);
            a5_2 = b5.fma(v2, a5_2);
            FloatVector b6 = FloatVector.broadcast(S, x[from + 6]);
            a6_0 = b6.fma(v0, a6_0);
            a6_1 = b6.fma(v1, a6_1);
            a6_2 = b6.fma(v2, a6_2);
            FloatVector b7 = FloatVector.broadcast(S, x[from + 7]);
            a7_0 = b7.fma(v0, a7_0);
            a7_1 = b7.fma(v1, a7_1);
            a7_2 = b7.fma(v2, a7_2);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a0_2.intoArray(y, y0 + 2 * L);
        a1_0.intoArray(y, y0 + yStride);
        a1_1.intoArray(y, y0 + yStride + L);
        a1_2.intoArray(y, y0 + yStride + 2 * L);
        a2_0.intoArray(y, y0 + 2 * yStride);
        a2_1.intoArray(y, y0 + 2 * yStride + L);
        a2_2.intoArray(y, y0 + 2 * yStride + 2 * L);
        a3_0.intoArray(y, y0 + 3 * yStride);
        a3_1.intoArray(y, y0 + 3 * yStride + L);
        a3_2.intoArray(y, y0 + 3 * yStride + 2 * L);
        a4_0.intoArray(y, y0 + 4 * yStride);
        a4_1.intoArray(y, y0 + 4 * yStride + L);
        a4_2.intoArray(y, y0 + 4 * yStride + 2 * L);
        a5_0.intoArray(y, y0 + 5 * yStride);
        a5_1.intoArray(y, y0 + 5 * yStride + L);
        a5_2.intoArray(y, y0 + 5 * yStride + 2 * L);
        a6_0.intoArray(y, y0 + 6 * yStride);
        a6_1.intoArray(y, y0 + 6 * yStride + L);
        a6_2.intoArray(y, y0 + 6 * yStride + 2 * L);
        a7_0.intoArray(y, y0 + 7 * yStride);
        a7_1.intoArray(y, y0 + 7 * yStride + L);
        a7_2.intoArray(y, y0 + 7 * yStride + 2 * L);
    }

    static void addProducts4x3(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        FloatVector a0_2 = FloatVector.fromArray(S, y, y0 + 2 * L);
        FloatVector a1_0 = FloatVector.fromArray(S, y, y0 + yStride);
        FloatVector a1_1 = FloatVector.fromArray(S, y, y0 + yStride + L);
        FloatVector a1_2 = FloatVector.fromArray(S, y, y0 + yStride + 2 * L);
        FloatVector a2_0 = FloatVector.fromArray(S, y, y0 + 2 * yStride);
        FloatVector a2_1 = FloatVector.fromArray(S, y, y0 + 2 * yStride + L);
        FloatVector a2_2 = FloatVector.fromArray(S, y, y0 + 2 * yStride + 2 * L);
        FloatVector a3_0 = FloatVector.fromArray(S, y, y0 + 3 * yStride);
        FloatVector a3_1 = FloatVector.fromArray(S, y, y0 + 3 * yStride + L);
        FloatVector a3_2 = FloatVector.fromArray(S, y, y0 + 3 * yStride + 2 * L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector v2 = FloatVector.fromArray(S, w, at + 2 * L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            a0_2 = b0.fma(v2, a0_2);
            FloatVector b1 = FloatVector.broadcast(S, x[from + 1]);
            a1_0 = b1.fma(v0, a1_0);
            a1_1 = b1.fma(v1, a1_1);
            a1_2 = b1.fma(v2, a1_2);
            FloatVector b2 = FloatVector.broadcast(S, x[from + 2]);
            a2_0 = b2.fma(v0, a2_0);
            a2_1 = b2.fma(v1, a2_1);
            a2_2 = b2.fma(v2, a2_2);
            FloatVector b3 = FloatVector.broadcast(S, x[from + 3]);
            a3_0 = b3.fma(v0, a3_0);
            a3_1 = b3.fma(v1, a3_1);
            a3_2 = b3.fma(v2, a3_2);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a0_2.intoArray(y, y0 + 2 * L);
        a1_0.intoArray(y, y0 + yStride);
        a1_1.intoArray(y, y0 + yStride + L);
        a1_2.intoArray(y, y0 + yStride + 2 * L);
        a2_0.intoArray(y, y0 + 2 * yStride);
        a2_1.intoArray(y, y0 + 2 * yStride + L);
        a2_2.intoArray(y, y0 + 2 * yStride + 2 * L);
        a3_0.intoArray(y, y0 + 3 * yStride);
        a3_1.intoArray(y, y0 + 3 * yStride + L);
        a3_2.intoArray(y, y0 + 3 * yStride + 2 * L);
    }

    static void addProducts2x3(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        FloatVector a0_2 = FloatVector.fromArray(S, y, y0 + 2 * L);
        FloatVector a1_0 = FloatVector.fromArray(S, y, y0 + yStride);
        FloatVector a1_1 = FloatVector.fromArray(S, y, y0 + yStride + L);
        FloatVector a1_2 = FloatVector.fromArray(S, y, y0 + yStride + 2 * L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector v2 = FloatVector.fromArray(S, w, at + 2 * L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            a0_2 = b0.fma(v2, a0_2);
            FloatVector b1 = FloatVector.broadcast(S, x[from + 1]);
            a1_0 = b1.fma(v0, a1_0);
            a1_1 = b1.fma(v1, a1_1);
            a1_2 = b1.fma(v2, a1_2);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a0_2.intoArray(y, y0 + 2 * L);
        a1_0.intoArray(y, y0 + yStride);
        a1_1.intoArray(y, y0 + yStride + L);
        a1_2.intoArray(y, y0 + yStride + 2 * L);
    }

    static void addProducts3x3(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        FloatVector a0_2 = FloatVector.fromArray(S, y, y0 + 2 * L);
        FloatVector a1_0 = FloatVector.fromArray(S, y, y0 + yStride);
        FloatVector a1_1 = FloatVector.fromArray(S, y, y0 + yStride + L);
        FloatVector a1_2 = FloatVector.fromArray(S, y, y0 + yStride + 2 * L);
        FloatVector a2_0 = FloatVector.fromArray(S, y, y0 + 2 * yStride);
        FloatVector a2_1 = FloatVector.fromArray(S, y, y0 + 2 * yStride + L);
        FloatVector a2_2 = FloatVector.fromArray(S, y, y0 + 2 * yStride + 2 * L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector v2 = FloatVector.fromArray(S, w, at + 2 * L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            a0_2 = b0.fma(v2, a0_2);
            FloatVector b1 = FloatVector.broadcast(S, x[from + 1]);
            a1_0 = b1.fma(v0, a1_0);
            a1_1 = b1.fma(v1, a1_1);
            a1_2 = b1.fma(v2, a1_2);
            FloatVector b2 = FloatVector.broadcast(S, x[from + 2]);
            a2_0 = b2.fma(v0, a2_0);
            a2_1 = b2.fma(v1, a2_1);
            a2_2 = b2.fma(v2, a2_2);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a0_2.intoArray(y, y0 + 2 * L);
        a1_0.intoArray(y, y0 + yStride);
        a1_1.intoArray(y, y0 + yStride + L);
        a1_2.intoArray(y, y0 + yStride + 2 * L);
        a2_0.intoArray(y, y0 + 2 * yStride);
        a2_1.intoArray(y, y0 + 2 * yStride + L);
        a2_2.intoArray(y, y0 + 2 * yStride + 2 * L);
    }
}
