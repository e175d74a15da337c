package dev.gru.simd.loops;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of inputs by one panel of packed weights in binary32: y = b + W x. Generated from {@code Fp32Rows.java.in}.
 *
 * <p>{@code w} holds from byte {@code base} on the biases of the panel and then, for each input, a row of weights;
 * {@code x} holds the inputs from element {@code x0} on, and the outputs are written to {@code y} from byte {@code y0}
 * on.
 */
public final class Fp32Rows {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final long B = Lanes.BYTES;

    private Fp32Rows() {
    }

    /** Returns the numbers of vectors of the panels that there are, widest first. */
    public static int[] widths() {
        return new int[]{12, 9, 8, 6, 4, 3, 2, 1};
    }

    /** Multiplies one row of inputs by one panel of {@code width} vectors. */
    public static void row(int width, MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y,
            long y0) {
        switch (width) {
            case 12 -> row12(w, base, inputs, x, x0, y, y0);
            case 9 -> row9(w, base, inputs, x, x0, y, y0);
            case 8 -> row8(w, base, inputs, x, x0, y, y0);
            case 6 -> row6(w, base, inputs, x, x0, y, y0);
            case 4 -> row4(w, base, inputs, x, x0, y, y0);
            case 3 -> row3(w, base, inputs, x, x0, y, y0);
            case 2 -> row2(w, base, inputs, x, x0, y, y0);
            case 1 -> row1(w, base, inputs, x, x0, y, y0);
            default -> throw new AssertionError(width);
        }
    }

    private static void row12(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
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
            long at = base + (k + 1L) * 12 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, at, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, at + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder()), a2);
            a3 = b.fma(FloatVector.fromMemorySegment(S, w, at + 3 * B, nativeOrder()), a3);
            a4 = b.fma(FloatVector.fromMemorySegment(S, w, at + 4 * B, nativeOrder()), a4);
            a5 = b.fma(FloatVector.fromMemorySegment(S, w, at + 5 * B, nativeOrder()), a5);
            a6 = b.fma(FloatVector.fromMemorySegment(S, w, at + 6 * B, nativeOrder()), a6);
            a7 = b.fma(FloatVector.fromMemorySegment(S, w, at + 7 * B, nativeOrder()), a7);
            a8 = b.fma(FloatVector.fromMemorySegment(S, w, at + 8 * B, nativeOrder()), a8);
            a9 = b.fma(FloatVector.fromMemorySegment(S, w, at + 9 * B, nativeOrder()), a9);
            a10 = b.fma(FloatVector.fromMemorySegment(S, w, at + 10 * B, nativeOrder()), a10);
            a11 = b.fma(FloatVector.fromMemorySegment(S, w, at + 11 * B, nativeOrder()), a11);
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

    private static void row9(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
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
            long at = base + (k + 1L) * 9 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, at, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, at + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder()), a2);
            a3 = b.fma(FloatVector.fromMemorySegment(S, w, at + 3 * B, nativeOrder()), a3);
            a4 = b.fma(FloatVector.fromMemorySegment(S, w, at + 4 * B, nativeOrder()), a4);
            a5 = b.fma(FloatVector.fromMemorySegment(S, w, at + 5 * B, nativeOrder()), a5);
            a6 = b.fma(FloatVector.fromMemorySegment(S, w, at + 6 * B, nativeOrder()), a6);
            a7 = b.fma(FloatVector.fromMemorySegment(S, w, at + 7 * B, nativeOrder()), a7);
            a8 = b.fma(FloatVector.fromMemorySegment(S, w, at + 8 * B, nativeOrder()), a8);
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

    private static void row8(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
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
            long at = base + (k + 1L) * 8 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, at, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, at + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder()), a2);
            a3 = b.fma(FloatVector.fromMemorySegment(S, w, at + 3 * B, nativeOrder()), a3);
            a4 = b.fma(FloatVector.fromMemorySegment(S, w, at + 4 * B, nativeOrder()), a4);
            a5 = b.fma(FloatVector.fromMemorySegment(S, w, at + 5 * B, nativeOrder()), a5);
            a6 = b.fma(FloatVector.fromMemorySegment(S, w, at + 6 * B, nativeOrder()), a6);
            a7 = b.fma(FloatVector.fromMemorySegment(S, w, at + 7 * B, nativeOrder()), a7);
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

    private static void row6(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a3 = FloatVector.fromMemorySegment(S, w, base + 3 * B, nativeOrder());
        FloatVector a4 = FloatVector.fromMemorySegment(S, w, base + 4 * B, nativeOrder());
        FloatVector a5 = FloatVector.fromMemorySegment(S, w, base + 5 * B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long at = base + (k + 1L) * 6 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, at, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, at + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder()), a2);
            a3 = b.fma(FloatVector.fromMemorySegment(S, w, at + 3 * B, nativeOrder()), a3);
            a4 = b.fma(FloatVector.fromMemorySegment(S, w, at + 4 * B, nativeOrder()), a4);
            a5 = b.fma(FloatVector.fromMemorySegment(S, w, at + 5 * B, nativeOrder()), a5);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
        a2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        a3.intoMemorySegment(y, y0 + 3 * B, nativeOrder());
        a4.intoMemorySegment(y, y0 + 4 * B, nativeOrder());
        a5.intoMemorySegment(y, y0 + 5 * B, nativeOrder());
    }

    private static void row4(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        FloatVector a3 = FloatVector.fromMemorySegment(S, w, base + 3 * B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long at = base + (k + 1L) * 4 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, at, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, at + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder()), a2);
            a3 = b.fma(FloatVector.fromMemorySegment(S, w, at + 3 * B, nativeOrder()), a3);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
        a2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
        a3.intoMemorySegment(y, y0 + 3 * B, nativeOrder());
    }

    private static void row3(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long at = base + (k + 1L) * 3 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, at, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, at + B, nativeOrder()), a1);
            a2 = b.fma(FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder()), a2);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
        a2.intoMemorySegment(y, y0 + 2 * B, nativeOrder());
    }

    private static void row2(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, w, base + B, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long at = base + (k + 1L) * 2 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, at, nativeOrder()), a0);
            a1 = b.fma(FloatVector.fromMemorySegment(S, w, at + B, nativeOrder()), a1);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
    }

    private static void row1(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        for (int k = 0; k < inputs; k++) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            long at = base + (k + 1L) * 1 * B;
            a0 = b.fma(FloatVector.fromMemorySegment(S, w, at, nativeOrder()), a0);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
    }
}
