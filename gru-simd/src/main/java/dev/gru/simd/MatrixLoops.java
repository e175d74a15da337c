package dev.gru.simd;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of {@link PackedMatrix}: y = b + W x for a few vectors of outputs and one or more rows of inputs.
 *
 * <p>A method's name says how many rows of inputs by how many vectors of outputs it keeps in registers. Each output is
 * one chain, its bias and then a fused multiply-add for each input in order, so all methods agree bit for bit.
 *
 * <p>The repetition is deliberate. C2 keeps the accumulators in registers only if they are local variables of one loop,
 * and it stops inlining helper methods in large graphs, after which every vector would live on the heap. The weights are
 * the last argument of a load so that the load folds into the multiply-add.
 *
 * <p>Arguments: {@code w} holds from byte {@code base} on the biases and then, for each input, the weights of the
 * outputs, {@code stride} bytes from one input to the next. {@code x} holds from element {@code x0} on a row of inputs,
 * {@code y} takes from byte {@code y0} on a row of outputs; further rows begin {@code xStride} elements and
 * {@code yStride} bytes after.
 */
final class MatrixLoops {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final long B = Lanes.BYTES;

    private MatrixLoops() {
    }

    static void rows1x12(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a3 = FloatVector.fromMemorySegment(S, w, base + 3 * B, nativeOrder());
        FloatVector a4 = FloatVector.fromMemorySegment(S, w, base + 4 * B, nativeOrder());
        FloatVector a5 = FloatVector.fromMemorySegment(S, w, base + 5 * B, nativeOrder());
        FloatVector a6 = FloatVector.fromMemorySegment(S, w, base + 6 * B, nativeOrder());
        FloatVector a7 = FloatVector.fromMemorySegment(S, w, base + 7 * B, nativeOrder());
        FloatVector a8 = FloatVector.fromMemorySegment(S, w, base + 8 * B, nativeOrder());
        FloatVector a9 = FloatVector.fromMemorySegment(S, w, base + 9 * B, nativeOrder());
        FloatVector a10 = FloatVector.fromMemorySegment(S, w, base + 10 * B, nativeOrder());
        FloatVector a11 = FloatVector.fromMemorySegment(S, w, base + 11 * B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long o = base + (k + 1L) * 12 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, o, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, o + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, o + 2 * B, nativeOrder()), a2);
            a3 = b.fma(FloatVector.fromMemorySegment(S, w, o + 3 * B, nativeOrder()), a3);
            a4 = b.fma(FloatVector.fromMemorySegment(S, w, o + 4 * B, nativeOrder()), a4);
            a5 = b.fma(FloatVector.fromMemorySegment(S, w, o + 5 * B, nativeOrder()), a5);
            a6 = b.fma(FloatVector.fromMemorySegment(S, w, o + 6 * B, nativeOrder()), a6);
            a7 = b.fma(FloatVector.fromMemorySegment(S, w, o + 7 * B, nativeOrder()), a7);
            a8 = b.fma(FloatVector.fromMemorySegment(S, w, o + 8 * B, nativeOrder()), a8);
            a9 = b.fma(FloatVector.fromMemorySegment(S, w, o + 9 * B, nativeOrder()), a9);
            a10 = b.fma(FloatVector.fromMemorySegment(S, w, o + 10 * B, nativeOrder()), a10);
            a11 = b.fma(FloatVector.fromMemorySegment(S, w, o + 11 * B, nativeOrder()), a11);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
        a2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        a3.intoMemorySegment(y, y0 + 3 * B, nativeOrder());
        a4.intoMemorySegment(y, y0 + 4 * B, nativeOrder());
        a5.intoMemorySegment(y, y0 + 5 * B, nativeOrder());
        a6.intoMemorySegment(y, y0 + 6 * B, nativeOrder());
        a7.intoMemorySegment(y, y0 + 7 * B, nativeOrder());
        a8.intoMemorySegment(y, y0 + 8 * B, nativeOrder());
        a9.intoMemorySegment(y, y0 + 9 * B, nativeOrder());
        a10.intoMemorySegment(y, y0 + 10 * B, nativeOrder());
        a11.intoMemorySegment(y, y0 + 11 * B, nativeOrder());
    }

    static void rows1x9(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a3 = FloatVector.fromMemorySegment(S, w, base + 3 * B, nativeOrder());
        FloatVector a4 = FloatVector.fromMemorySegment(S, w, base + 4 * B, nativeOrder());
        FloatVector a5 = FloatVector.fromMemorySegment(S, w, base + 5 * B, nativeOrder());
        FloatVector a6 = FloatVector.fromMemorySegment(S, w, base + 6 * B, nativeOrder());
        FloatVector a7 = FloatVector.fromMemorySegment(S, w, base + 7 * B, nativeOrder());
        FloatVector a8 = FloatVector.fromMemorySegment(S, w, base + 8 * B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long o = base + (k + 1L) * 9 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, o, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, o + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, o + 2 * B, nativeOrder()), a2);
            a3 = b.fma(FloatVector.fromMemorySegment(S, w, o + 3 * B, nativeOrder()), a3);
            a4 = b.fma(FloatVector.fromMemorySegment(S, w, o + 4 * B, nativeOrder()), a4);
            a5 = b.fma(FloatVector.fromMemorySegment(S, w, o + 5 * B, nativeOrder()), a5);
            a6 = b.fma(FloatVector.fromMemorySegment(S, w, o + 6 * B, nativeOrder()), a6);
            a7 = b.fma(FloatVector.fromMemorySegment(S, w, o + 7 * B, nativeOrder()), a7);
            a8 = b.fma(FloatVector.fromMemorySegment(S, w, o + 8 * B, nativeOrder()), a8);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
        a2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        a3.intoMemorySegment(y, y0 + 3 * B, nativeOrder());
        a4.intoMemorySegment(y, y0 + 4 * B, nativeOrder());
        a5.intoMemorySegment(y, y0 + 5 * B, nativeOrder());
        a6.intoMemorySegment(y, y0 + 6 * B, nativeOrder());
        a7.intoMemorySegment(y, y0 + 7 * B, nativeOrder());
        a8.intoMemorySegment(y, y0 + 8 * B, nativeOrder());
    }

    static void rows1x8(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a3 = FloatVector.fromMemorySegment(S, w, base + 3 * B, nativeOrder());
        FloatVector a4 = FloatVector.fromMemorySegment(S, w, base + 4 * B, nativeOrder());
        FloatVector a5 = FloatVector.fromMemorySegment(S, w, base + 5 * B, nativeOrder());
        FloatVector a6 = FloatVector.fromMemorySegment(S, w, base + 6 * B, nativeOrder());
        FloatVector a7 = FloatVector.fromMemorySegment(S, w, base + 7 * B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long o = base + (k + 1L) * 8 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, o, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, o + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, o + 2 * B, nativeOrder()), a2);
            a3 = b.fma(FloatVector.fromMemorySegment(S, w, o + 3 * B, nativeOrder()), a3);
            a4 = b.fma(FloatVector.fromMemorySegment(S, w, o + 4 * B, nativeOrder()), a4);
            a5 = b.fma(FloatVector.fromMemorySegment(S, w, o + 5 * B, nativeOrder()), a5);
            a6 = b.fma(FloatVector.fromMemorySegment(S, w, o + 6 * B, nativeOrder()), a6);
            a7 = b.fma(FloatVector.fromMemorySegment(S, w, o + 7 * B, nativeOrder()), a7);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
        a2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        a3.intoMemorySegment(y, y0 + 3 * B, nativeOrder());
        a4.intoMemorySegment(y, y0 + 4 * B, nativeOrder());
        a5.intoMemorySegment(y, y0 + 5 * B, nativeOrder());
        a6.intoMemorySegment(y, y0 + 6 * B, nativeOrder());
        a7.intoMemorySegment(y, y0 + 7 * B, nativeOrder());
    }

    static void rows1x6(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a3 = FloatVector.fromMemorySegment(S, w, base + 3 * B, nativeOrder());
        FloatVector a4 = FloatVector.fromMemorySegment(S, w, base + 4 * B, nativeOrder());
        FloatVector a5 = FloatVector.fromMemorySegment(S, w, base + 5 * B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long o = base + (k + 1L) * 6 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, o, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, o + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, o + 2 * B, nativeOrder()), a2);
            a3 = b.fma(FloatVector.fromMemorySegment(S, w, o + 3 * B, nativeOrder()), a3);
            a4 = b.fma(FloatVector.fromMemorySegment(S, w, o + 4 * B, nativeOrder()), a4);
            a5 = b.fma(FloatVector.fromMemorySegment(S, w, o + 5 * B, nativeOrder()), a5);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
        a2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        a3.intoMemorySegment(y, y0 + 3 * B, nativeOrder());
        a4.intoMemorySegment(y, y0 + 4 * B, nativeOrder());
        a5.intoMemorySegment(y, y0 + 5 * B, nativeOrder());
    }

    static void rows1x4(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a3 = FloatVector.fromMemorySegment(S, w, base + 3 * B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long o = base + (k + 1L) * 4 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, o, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, o + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, o + 2 * B, nativeOrder()), a2);
            a3 = b.fma(FloatVector.fromMemorySegment(S, w, o + 3 * B, nativeOrder()), a3);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
        a2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        a3.intoMemorySegment(y, y0 + 3 * B, nativeOrder());
    }

    static void rows1x3(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long o = base + (k + 1L) * 3 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, o, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, o + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, o + 2 * B, nativeOrder()), a2);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
        a2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
    }

    static void rows1x2(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long o = base + (k + 1L) * 2 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, o, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, o + B, nativeOrder()), a1);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
    }

    static void rows1x1(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long o = base + (k + 1L) * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, o, nativeOrder()), a0);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
    }

    static void rows8x3(MemorySegment w, long base, long stride, int inputs, float[] x, int x0, int xStride,
            MemorySegment y,
            long y0, long yStride) {
        FloatVector a00 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a01 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a02 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a10 = a00;
        FloatVector a11 = a01;
        FloatVector a12 = a02;
        FloatVector a20 = a00;
        FloatVector a21 = a01;
        FloatVector a22 = a02;
        FloatVector a30 = a00;
        FloatVector a31 = a01;
        FloatVector a32 = a02;
        FloatVector a40 = a00;
        FloatVector a41 = a01;
        FloatVector a42 = a02;
        FloatVector a50 = a00;
        FloatVector a51 = a01;
        FloatVector a52 = a02;
        FloatVector a60 = a00;
        FloatVector a61 = a01;
        FloatVector a62 = a02;
        FloatVector a70 = a00;
        FloatVector a71 = a01;
        FloatVector a72 = a02;
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        int x4 = x3 + xStride;
        int x5 = x4 + xStride;
        int x6 = x5 + xStride;
        int x7 = x6 + xStride;
        for (int k = 0; k < inputs; k++) {
            long o = base + (k + 1L) * stride;
            FloatVector w0 = FloatVector.fromMemorySegment(S, w, o, nativeOrder());
            FloatVector w1 = FloatVector.fromMemorySegment(S, w, o + B, nativeOrder());
            FloatVector w2 = FloatVector.fromMemorySegment(S, w, o + 2 * B, nativeOrder());
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a00 = b0.fma(w0, a00);
            a01 = b0.fma(w1, a01);
            a02 = b0.fma(w2, a02);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a10 = b1.fma(w0, a10);
            a11 = b1.fma(w1, a11);
            a12 = b1.fma(w2, a12);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a20 = b2.fma(w0, a20);
            a21 = b2.fma(w1, a21);
            a22 = b2.fma(w2, a22);
            FloatVector b3 = FloatVector.broadcast(S, x[x3 + k]);
            a30 = b3.fma(w0, a30);
            a31 = b3.fma(w1, a31);
            a32 = b3.fma(w2, a32);
            FloatVector b4 = FloatVector.broadcast(S, x[x4 + k]);
            a40 = b4.fma(w0, a40);
            a41 = b4.fma(w1, a41);
            a42 = b4.fma(w2, a42);
            FloatVector b5 = FloatVector.broadcast(S, x[x5 + k]);
            a50 = b5.fma(w0, a50);
            a51 = b5.fma(w1, a51);
            a52 = b5.fma(w2, a52);
            FloatVector b6 = FloatVector.broadcast(S, x[x6 + k]);
            a60 = b6.fma(w0, a60);
            a61 = b6.fma(w1, a61);
            a62 = b6.fma(w2, a62);
            FloatVector b7 = FloatVector.broadcast(S, x[x7 + k]);
            a70 = b7.fma(w0, a70);
            a71 = b7.fma(w1, a71);
            a72 = b7.fma(w2, a72);
        }
        a00.intoMemorySegment(y, y0, nativeOrder());
        a01.intoMemorySegment(y, y0 + B, nativeOrder());
        a02.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        long y1 = y0 + yStride;
        a10.intoMemorySegment(y, y1, nativeOrder());
        a11.intoMemorySegment(y, y1 + B, nativeOrder());
        a12.intoMemorySegment(y, y1 + 2 * B, nativeOrder());
        long y2 = y1 + yStride;
        a20.intoMemorySegment(y, y2, nativeOrder());
        a21.intoMemorySegment(y, y2 + B, nativeOrder());
        a22.intoMemorySegment(y, y2 + 2 * B, nativeOrder());
        long y3 = y2 + yStride;
        a30.intoMemorySegment(y, y3, nativeOrder());
        a31.intoMemorySegment(y, y3 + B, nativeOrder());
        a32.intoMemorySegment(y, y3 + 2 * B, nativeOrder());
        long y4 = y3 + yStride;
        a40.intoMemorySegment(y, y4, nativeOrder());
        a41.intoMemorySegment(y, y4 + B, nativeOrder());
        a42.intoMemorySegment(y, y4 + 2 * B, nativeOrder());
        long y5 = y4 + yStride;
        a50.intoMemorySegment(y, y5, nativeOrder());
        a51.intoMemorySegment(y, y5 + B, nativeOrder());
        a52.intoMemorySegment(y, y5 + 2 * B, nativeOrder());
        long y6 = y5 + yStride;
        a60.intoMemorySegment(y, y6, nativeOrder());
        a61.intoMemorySegment(y, y6 + B, nativeOrder());
        a62.intoMemorySegment(y, y6 + 2 * B, nativeOrder());
        long y7 = y6 + yStride;
        a70.intoMemorySegment(y, y7, nativeOrder());
        a71.intoMemorySegment(y, y7 + B, nativeOrder());
        a72.intoMemorySegment(y, y7 + 2 * B, nativeOrder());
    }

    static void rows3x3(MemorySegment w, long base, long stride, int inputs, float[] x, int x0, int xStride,
            MemorySegment y,
            long y0, long yStride) {
        FloatVector a00 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a01 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a02 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a10 = a00;
        FloatVector a11 = a01;
        FloatVector a12 = a02;
        FloatVector a20 = a00;
        FloatVector a21 = a01;
        FloatVector a22 = a02;
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        for (int k = 0; k < inputs; k++) {
            long o = base + (k + 1L) * stride;
            FloatVector w0 = FloatVector.fromMemorySegment(S, w, o, nativeOrder());
            FloatVector w1 = FloatVector.fromMemorySegment(S, w, o + B, nativeOrder());
            FloatVector w2 = FloatVector.fromMemorySegment(S, w, o + 2 * B, nativeOrder());
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a00 = b0.fma(w0, a00);
            a01 = b0.fma(w1, a01);
            a02 = b0.fma(w2, a02);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a10 = b1.fma(w0, a10);
            a11 = b1.fma(w1, a11);
            a12 = b1.fma(w2, a12);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a20 = b2.fma(w0, a20);
            a21 = b2.fma(w1, a21);
            a22 = b2.fma(w2, a22);
        }
        a00.intoMemorySegment(y, y0, nativeOrder());
        a01.intoMemorySegment(y, y0 + B, nativeOrder());
        a02.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        long y1 = y0 + yStride;
        a10.intoMemorySegment(y, y1, nativeOrder());
        a11.intoMemorySegment(y, y1 + B, nativeOrder());
        a12.intoMemorySegment(y, y1 + 2 * B, nativeOrder());
        long y2 = y1 + yStride;
        a20.intoMemorySegment(y, y2, nativeOrder());
        a21.intoMemorySegment(y, y2 + B, nativeOrder());
        a22.intoMemorySegment(y, y2 + 2 * B, nativeOrder());
    }

    static void rows4x2(MemorySegment w, long base, long stride, int inputs, float[] x, int x0, int xStride,
            MemorySegment y,
            long y0, long yStride) {
        FloatVector a00 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a01 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a10 = a00;
        FloatVector a11 = a01;
        FloatVector a20 = a00;
        FloatVector a21 = a01;
        FloatVector a30 = a00;
        FloatVector a31 = a01;
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        for (int k = 0; k < inputs; k++) {
            long o = base + (k + 1L) * stride;
            FloatVector w0 = FloatVector.fromMemorySegment(S, w, o, nativeOrder());
            FloatVector w1 = FloatVector.fromMemorySegment(S, w, o + B, nativeOrder());
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a00 = b0.fma(w0, a00);
            a01 = b0.fma(w1, a01);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a10 = b1.fma(w0, a10);
            a11 = b1.fma(w1, a11);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a20 = b2.fma(w0, a20);
            a21 = b2.fma(w1, a21);
            FloatVector b3 = FloatVector.broadcast(S, x[x3 + k]);
            a30 = b3.fma(w0, a30);
            a31 = b3.fma(w1, a31);
        }
        a00.intoMemorySegment(y, y0, nativeOrder());
        a01.intoMemorySegment(y, y0 + B, nativeOrder());
        long y1 = y0 + yStride;
        a10.intoMemorySegment(y, y1, nativeOrder());
        a11.intoMemorySegment(y, y1 + B, nativeOrder());
        long y2 = y1 + yStride;
        a20.intoMemorySegment(y, y2, nativeOrder());
        a21.intoMemorySegment(y, y2 + B, nativeOrder());
        long y3 = y2 + yStride;
        a30.intoMemorySegment(y, y3, nativeOrder());
        a31.intoMemorySegment(y, y3 + B, nativeOrder());
    }

    static void rows4x1(MemorySegment w, long base, long stride, int inputs, float[] x, int x0, int xStride,
            MemorySegment y,
            long y0, long yStride) {
        FloatVector a00 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a10 = a00;
        FloatVector a20 = a00;
        FloatVector a30 = a00;
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        for (int k = 0; k < inputs; k++) {
            long o = base + (k + 1L) * stride;
            FloatVector w0 = FloatVector.fromMemorySegment(S, w, o, nativeOrder());
            FloatVector b0 = FloatVector.broadcast(S, x[x0 + k]);
            a00 = b0.fma(w0, a00);
            FloatVector b1 = FloatVector.broadcast(S, x[x1 + k]);
            a10 = b1.fma(w0, a10);
            FloatVector b2 = FloatVector.broadcast(S, x[x2 + k]);
            a20 = b2.fma(w0, a20);
            FloatVector b3 = FloatVector.broadcast(S, x[x3 + k]);
            a30 = b3.fma(w0, a30);
        }
        a00.intoMemorySegment(y, y0, nativeOrder());
        long y1 = y0 + yStride;
        a10.intoMemorySegment(y, y1, nativeOrder());
        long y2 = y1 + yStride;
        a20.intoMemorySegment(y, y2, nativeOrder());
        long y3 = y2 + yStride;
        a30.intoMemorySegment(y, y3, nativeOrder());
    }
}
