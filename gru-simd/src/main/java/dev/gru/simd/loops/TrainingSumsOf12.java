package dev.gru.simd.loops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link TrainingLoops#addProducts}: tiles of 12 vectors. Generated from {@code TrainingSumsOf.java.in}. */
final class TrainingSumsOf12 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private TrainingSumsOf12() {
    }

    static void addProducts1x12(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        FloatVector a0_2 = FloatVector.fromArray(S, y, y0 + 2 * L);
        FloatVector a0_3 = FloatVector.fromArray(S, y, y0 + 3 * L);
        FloatVector a0_4 = FloatVector.fromArray(S, y, y0 + 4 * L);
        FloatVector a0_5 = FloatVector.fromArray(S, y, y0 + 5 * L);
        FloatVector a0_6 = FloatVector.fromArray(S, y, y0 + 6 * L);
        FloatVector a0_7 = FloatVector.fromArray(S, y, y0 + 7 * L);
        FloatVector a0_8 = FloatVector.fromArray(S, y, y0 + 8 * L);
        FloatVector a0_9 = FloatVector.fromArray(S, y, y0 + 9 * L);
        FloatVector a0_10 = FloatVector.fromArray(S, y, y0 + 10 * L);
        FloatVector a0_11 = FloatVector.fromArray(S, y, y0 + 11 * L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector v2 = FloatVector.fromArray(S, w, at + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, w, at + 3 * L);
            FloatVector v4 = FloatVector.fromArray(S, w, at + 4 * L);
            FloatVector v5 = FloatVector.fromArray(S, w, at + 5 * L);
            FloatVector v6 = FloatVector.fromArray(S, w, at + 6 * L);
            FloatVector v7 = FloatVector.fromArray(S, w, at + 7 * L);
            FloatVector v8 = FloatVector.fromArray(S, w, at + 8 * L);
            FloatVector v9 = FloatVector.fromArray(S, w, at + 9 * L);
            FloatVector v10 = FloatVector.fromArray(S, w, at + 10 * L);
            FloatVector v11 = FloatVector.fromArray(S, w, at + 11 * L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            a0_2 = b0.fma(v2, a0_2);
            a0_3 = b0.fma(v3, a0_3);
            a0_4 = b0.fma(v4, a0_4);
            a0_5 = b0.fma(v5, a0_5);
            a0_6 = b0.fma(v6, a0_6);
            a0_7 = b0.fma(v7, a0_7);
            a0_8 = b0.fma(v8, a0_8);
            a0_9 = b0.fma(v9, a0_9);
            a0_10 = b0.fma(v10, a0_10);
            a0_11 = b0.fma(v11, a0_11);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a0_2.intoArray(y, y0 + 2 * L);
        a0_3.intoArray(y, y0 + 3 * L);
        a0_4.intoArray(y, y0 + 4 * L);
        a0_5.intoArray(y, y0 + 5 * L);
        a0_6.intoArray(y, y0 + 6 * L);
        a0_7.intoArray(y, y0 + 7 * L);
        a0_8.intoArray(y, y0 + 8 * L);
        a0_9.intoArray(y, y0 + 9 * L);
        a0_10.intoArray(y, y0 + 10 * L);
        a0_11.intoArray(y, y0 + 11 * L);
    }
}
