package dev.gru.simd.loops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link TrainingLoops#addProducts}: tiles of 6 vectors. Generated from {@code TrainingSumsOf.java.in}. */
final class TrainingSumsOf6 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private TrainingSumsOf6() {
    }

    static void addProducts1x6(int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y,
            int y0, int yStride) {
        FloatVector a0_0 = FloatVector.fromArray(S, y, y0);
        FloatVector a0_1 = FloatVector.fromArray(S, y, y0 + L);
        FloatVector a0_2 = FloatVector.fromArray(S, y, y0 + 2 * L);
        FloatVector a0_3 = FloatVector.fromArray(S, y, y0 + 3 * L);
        FloatVector a0_4 = FloatVector.fromArray(S, y, y0 + 4 * L);
        FloatVector a0_5 = FloatVector.fromArray(S, y, y0 + 5 * L);
        int at = w0;
        int from = x0;
        for (int k = 0; k < count; k++) {
            FloatVector v0 = FloatVector.fromArray(S, w, at);
            FloatVector v1 = FloatVector.fromArray(S, w, at + L);
            FloatVector v2 = FloatVector.fromArray(S, w, at + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, w, at + 3 * L);
            FloatVector v4 = FloatVector.fromArray(S, w, at + 4 * L);
            FloatVector v5 = FloatVector.fromArray(S, w, at + 5 * L);
            FloatVector b0 = FloatVector.broadcast(S, x[from]);
            a0_0 = b0.fma(v0, a0_0);
            a0_1 = b0.fma(v1, a0_1);
            a0_2 = b0.fma(v2, a0_2);
            a0_3 = b0.fma(v3, a0_3);
            a0_4 = b0.fma(v4, a0_4);
            a0_5 = b0.fma(v5, a0_5);
            at += wStride;
            from += xStride;
        }
        a0_0.intoArray(y, y0);
        a0_1.intoArray(y, y0 + L);
        a0_2.intoArray(y, y0 + 2 * L);
        a0_3.intoArray(y, y0 + 3 * L);
        a0_4.intoArray(y, y0 + 4 * L);
        a0_5.intoArray(y, y0 + 5 * L);
    }
}
