package dev.gru.simd.loops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link TrainingLoops#addProducts}: tiles of 1 vectors. Generated from {@code TrainingSumsOf.java.in}. */
final class TrainingSumsOf1 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;

    private TrainingSumsOf1() {
    }

    static void addProducts1x1(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
    }

    static void addProducts8x1(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a1_0 = FloatVector.fromArray(S, y, y0 + yStride);
        FloatVector a2_0 = FloatVector.fromArray(S, y, y0 + 2 * yStride);
        FloatVector a3_0 = FloatVector.fromArray(S, y, y0 + 3 * yStride);
        FloatVector a4_0 = FloatVector.fromArray(S, y, y0 + 4 * yStride);
        FloatVector a5_0 = FloatVector.fromArray(S, y, y0 + 5 * yStride);
        FloatVector a6_0 = FloatVector.fromArray(S, y, y0 + 6 * yStride);
        FloatVector a7_0 = FloatVector.fromArray(S, y, y0 + 7 * yStride);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            FloatVector b1 = FloatVector.broadcast(S, x[from + 1]);
            a1_0 = b1.fma(v0, a1_0);
            FloatVector b2 = FloatVector.broadcast(S, x[from + 2]);
            a2_0 = b2.fma(v0, a2_0);
            FloatVector b3 = FloatVector.broadcast(S, x[from + 3]);
            a3_0 = b3.fma(v0, a3_0);
            FloatVector b4 = FloatVector.broadcast(S, x[from + 4]);
            a4_0 = b4.fma(v0, a4_0);
            FloatVector b5 = FloatVector.broadcast(S, x[from + 5]);
            a5_0 = b5.fma(v0, a5_0);
            FloatVector b6 = FloatVector.broadcast(S, x[from + 6]);
            a6_0 = b6.fma(v0, a6_0);
            FloatVector b7 = FloatVector.broadcast(S, x[from + 7]);
            a7_0 = b7.fma(v0, a7_0);
            at += wStride;
            from += xStride;
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

    static void addProducts4x1(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a1_0 = FloatVector.fromArray(S, y, y0 + yStride);
        FloatVector a2_0 = FloatVector.fromArray(S, y, y0 + 2 * yStride);
        FloatVector a3_0 = FloatVector.fromArray(S, y, y0 + 3 * yStride);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            FloatVector b1 = FloatVector.broadcast(S, x[from + 1]);
            a1_0 = b1.fma(v0, a1_0);
            FloatVector b2 = FloatVector.broadcast(S, x[from + 2]);
            a2_0 = b2.fma(v0, a2_0);
            FloatVector b3 = FloatVector.broadcast(S, x[from + 3]);
            a3_0 = b3.fma(v0, a3_0);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a1_0.intoArray(y, y0 + yStride);
        a2_0.intoArray(y, y0 + 2 * yStride);
        a3_0.intoArray(y, y0 + 3 * yStride);
    }

    static void addProducts2x1(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a1_0 = FloatVector.fromArray(S, y, y0 + yStride);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            FloatVector b1 = FloatVector.broadcast(S, x[from + 1]);
            a1_0 = b1.fma(v0, a1_0);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a1_0.intoArray(y, y0 + yStride);
    }
}
