package dev.gru.simd.loops;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Fp32Tiles}: tiles of 3 vectors. Generated from {@code Fp32TilesOf.java.in}. */
final class Fp32TilesOf3 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final long B = Lanes.BYTES;

    private Fp32TilesOf3() {
    }

    static void tile8x3(MemorySegment w, long base, long stride, int inputs, float[] x, int x0, int xStride,
            MemorySegment y, long y0, long yStride) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector a0_0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a0_1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a0_2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a1_0 = a0_0;
        FloatVector a1_1 = a0_1;
        FloatVector a1_2 = a0_2;
        FloatVector a2_0 = a0_0;
        FloatVector a2_1 = a0_1;
        FloatVector a2_2 = a0_2;
        FloatVector a3_0 = a0_0;
        FloatVector a3_1 = a0_1;
        FloatVector a3_2 = a0_2;
        FloatVector a4_0 = a0_0;
        FloatVector a4_1 = a0_1;
        FloatVector a4_2 = a0_2;
        FloatVector a5_0 = a0_0;
        FloatVector a5_1 = a0_1;
        FloatVector a5_2 = a0_2;
        FloatVector a6_0 = a0_0;
        FloatVector a6_1 = a0_1;
        FloatVector a6_2 = a0_2;
        FloatVector a7_0 = a0_0;
        FloatVector a7_1 = a0_1;
        FloatVector a7_2 = a0_2;
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        int x4 = x3 + xStride;
        int x5 = x4 + xStride;
        int x6 = x5 + xStride;
        int x7 = x6 + xStride;
        for (int k = 0; k < inputs; k++) {
            long at = base + (k + 1L) * stride;
            FloatVector w0 = FloatVector.fromMemorySegment(S, w, at, nativeOrder());
            FloatVector w1 = FloatVector.fromMemorySegment(S, w, at + B, nativeOrder());
            FloatVector w2 = FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder());
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(w0, a0_0);
            a0_1 = b0.fma(w1, a0_1);
            a0_2 = b0.fma(w2, a0_2);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a1_0 = b1.fma(w0, a1_0);
            a1_1 = b1.fma(w1, a1_1);
            a1_2 = b1.fma(w2, a1_2);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a2_0 = b2.fma(w0, a2_0);
            a2_1 = b2.fma(w1, a2_1);
            a2_2 = b2.fma(w2, a2_2);
            FloatVector b3 = FloatVector.broadcast(S, x[x3 + k]);
            a3_0 = b3.fma(w0, a3_0);
            a3_1 = b3.fma(w1, a3_1);
            a3_2 = b3.fma(w2, a3_2);
            FloatVector b4 = FloatVector.broadcast(S, x[x4 + k]);
            a4_0 = b4.fma(w0, a4_0);
            a4_1 = b4.fma(w1, a4_1);
            a4_2 = b4.fma(w2, a4_2);
            FloatVector b5 = FloatVector.broadcast(S, x[x5 + k]);
            a5_0 = b5.fma(w0, a5_0);
            a5_1 = b5.fma(w1, a5_1);
            a5_2 = b5.fma(w2, a5_2);
            FloatVector b6 = FloatVector.broadcast(S, x[x6 + k]);
            a6_0 = b6.fma(w0, a6_0);
            a6_1 = b6.fma(w1, a6_1);
            a6_2 = b6.fma(w2, a6_2);
            FloatVector b7 = FloatVector.broadcast(S, x[x7 + k]);
            a7_0 = b7.fma(w0, a7_0);
            a7_1 = b7.fma(w1, a7_1);
            a7_2 = b7.fma(w2, a7_2);
        }
        a0_0.intoMemorySegment(y, y0, nativeOrder());
        a0_1.intoMemorySegment(y, y0 + B, nativeOrder());
        a0_2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        long y1 = y0 + yStride;
        a1_0.intoMemorySegment(y, y1, nativeOrder());
        a1_1.intoMemorySegment(y, y1 + B, nativeOrder());
        a1_2.intoMemorySegment(y, y1 + 2 * B, nativeOrder());
        long y2 = y1 + yStride;
        a2_0.intoMemorySegment(y, y2, nativeOrder());
        a2_1.intoMemorySegment(y, y2 + B, nativeOrder());
        a2_2.intoMemorySegment(y, y2 + 2 * B, nativeOrder());
        long y3 = y2 + yStride;
        a3_0.intoMemorySegment(y, y3, nativeOrder());
        a3_1.intoMemorySegment(y, y3 + B, nativeOrder());
        a3_2.intoMemorySegment(y, y3 + 2 * B, nativeOrder());
        long y4 = y3 + yStride;
        a4_0.intoMemorySegment(y, y4, nativeOrder());
        a4_1.intoMemorySegment(y, y4 + B, nativeOrder());
        a4_2.intoMemorySegment(y, y4 + 2 * B, nativeOrder());
        long y5 = y4 + yStride;
        a5_0.intoMemorySegment(y, y5, nativeOrder());
        a5_1.intoMemorySegment(y, y5 + B, nativeOrder());
        a5_2.intoMemorySegment(y, y5 + 2 * B, nativeOrder());
        long y6 = y5 + yStride;
        a6_0.intoMemorySegment(y, y6, nativeOrder());
        a6_1.intoMemorySegment(y, y6 + B, nativeOrder());
        a6_2.intoMemorySegment(y, y6 + 2 * B, nativeOrder());
        long y7 = y6 + yStride;
        a7_0.intoMemorySegment(y, y7, nativeOrder());
        a7_1.intoMemorySegment(y, y7 + B, nativeOrder());
        a7_2.intoMemorySegment(y, y7 + 2 * B, nativeOrder());
    }

    static void tile4x3(MemorySegment w, long base, long stride, int inputs, float[] x, int x0, int xStride,
            MemorySegment y, long y0, long yStride) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector a0_0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a0_1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a0_2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a1_0 = a0_0;
        FloatVector a1_1 = a0_1;
        FloatVector a1_2 = a0_2;
        FloatVector a2_0 = a0_0;
        FloatVector a2_1 = a0_1;
        FloatVector a2_2 = a0_2;
        FloatVector a3_0 = a0_0;
        FloatVector a3_1 = a0_1;
        FloatVector a3_2 = a0_2;
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        for (int k = 0; k < inputs; k++) {
            long at = base + (k + 1L) * stride;
            FloatVector w0 = FloatVector.fromMemorySegment(S, w, at, nativeOrder());
            FloatVector w1 = FloatVector.fromMemorySegment(S, w, at + B, nativeOrder());
            FloatVector w2 = FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder());
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(w0, a0_0);
            a0_1 = b0.fma(w1, a0_1);
            a0_2 = b0.fma(w2, a0_2);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a1_0 = b1.fma(w0, a1_0);
            a1_1 = b1.fma(w1, a1_1);
            a1_2 = b1.fma(w2, a1_2);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a2_0 = b2.fma(w0, a2_0);
            a2_1 = b2.fma(w1, a2_1);
            a2_2 = b2.fma(w2, a2_2);
            FloatVector b3 = FloatVector.broadcast(S, x[x3 + k]);
            a3_0 = b3.fma(w0, a3_0);
            a3_1 = b3.fma(w1, a3_1);
            a3_2 = b3.fma(w2, a3_2);
        }
        a0_0.intoMemorySegment(y, y0, nativeOrder());
        a0_1.intoMemorySegment(y, y0 + B, nativeOrder());
        a0_2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        long y1 = y0 + yStride;
        a1_0.intoMemorySegment(y, y1, nativeOrder());
        a1_1.intoMemorySegment(y, y1 + B, nativeOrder());
        a1_2.intoMemorySegment(y, y1 + 2 * B, nativeOrder());
        long y2 = y1 + yStride;
        a2_0.intoMemorySegment(y, y2, nativeOrder());
        a2_1.intoMemorySegment(y, y2 + B, nativeOrder());
        a2_2.intoMemorySegment(y, y2 + 2 * B, nativeOrder());
        long y3 = y2 + yStride;
        a3_0.intoMemorySegment(y, y3, nativeOrder());
        a3_1.intoMemorySegment(y, y3 + B, nativeOrder());
        a3_2.intoMemorySegment(y, y3 + 2 * B, nativeOrder());
    }

    static void tile2x3(MemorySegment w, long base, long stride, int inputs, float[] x, int x0, int xStride,
            MemorySegment y, long y0, long yStride) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector a0_0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a0_1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a0_2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a1_0 = a0_0;
        FloatVector a1_1 = a0_1;
        FloatVector a1_2 = a0_2;
        int x1 = x0 + xStride;
        for (int k = 0; k < inputs; k++) {
            long at = base + (k + 1L) * stride;
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            FloatVector w0 = FloatVector.fromMemorySegment(S, w, at, nativeOrder());
            a0_0 = b0.fma(w0, a0_0);
            a1_0 = b1.fma(w0, a1_0);
            FloatVector w1 = FloatVector.fromMemorySegment(S, w, at + B, nativeOrder());
            a0_1 = b0.fma(w1, a0_1);
            a1_1 = b1.fma(w1, a1_1);
            FloatVector w2 = FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder());
            a0_2 = b0.fma(w2, a0_2);
            a1_2 = b1.fma(w2, a1_2);
        }
        a0_0.intoMemorySegment(y, y0, nativeOrder());
        a0_1.intoMemorySegment(y, y0 + B, nativeOrder());
        a0_2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        long y1 = y0 + yStride;
        a1_0.intoMemorySegment(y, y1, nativeOrder());
        a1_1.intoMemorySegment(y, y1 + B, nativeOrder());
        a1_2.intoMemorySegment(y, y1 + 2 * B, nativeOrder());
    }

    static void tile3x3(MemorySegment w, long base, long stride, int inputs, float[] x, int x0, int xStride,
            MemorySegment y, long y0, long yStride) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector a0_0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a0_1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a0_2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a1_0 = a0_0;
        FloatVector a1_1 = a0_1;
        FloatVector a1_2 = a0_2;
        FloatVector a2_0 = a0_0;
        FloatVector a2_1 = a0_1;
        FloatVector a2_2 = a0_2;
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        for (int k = 0; k < inputs; k++) {
            long at = base + (k + 1L) * stride;
            FloatVector w0 = FloatVector.fromMemorySegment(S, w, at, nativeOrder());
            FloatVector w1 = FloatVector.fromMemorySegment(S, w, at + B, nativeOrder());
            FloatVector w2 = FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder());
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a0_0 = b0.fma(w0, a0_0);
            a0_1 = b0.fma(w1, a0_1);
            a0_2 = b0.fma(w2, a0_2);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a1_0 = b1.fma(w0, a1_0);
            a1_1 = b1.fma(w1, a1_1);
            a1_2 = b1.fma(w2, a1_2);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a2_0 = b2.fma(w0, a2_0);
            a2_1 = b2.fma(w1, a2_1);
            a2_2 = b2.fma(w2, a2_2);
        }
        a0_0.intoMemorySegment(y, y0, nativeOrder());
        a0_1.intoMemorySegment(y, y0 + B, nativeOrder());
        a0_2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        long y1 = y0 + yStride;
        a1_0.intoMemorySegment(y, y1, nativeOrder());
        a1_1.intoMemorySegment(y, y1 + B, nativeOrder());
        a1_2.intoMemorySegment(y, y1 + 2 * B, nativeOrder());
        long y2 = y1 + yStride;
        a2_0.intoMemorySegment(y, y2, nativeOrder());
        a2_1.intoMemorySegment(y, y2 + B, nativeOrder());
        a2_2.intoMemorySegment(y, y2 + 2 * B, nativeOrder());
    }
}
