package dev.gru.simd.loops;

import static java.nio.ByteOrder.nativeOrder;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of inputs by one panel of packed weights in bfloat16: y = b + W x. Generated from {@code Bf16Rows.java.in}.
 *
 * <p>{@code w} holds from byte {@code base} on the biases of the panel, in binary32, and then, for each pair of inputs,
 * a row of pairs of weights; {@code x} holds the inputs from element {@code x0} on, an even number, and the outputs are
 * written to {@code y} from byte {@code y0} on.
 */
public final class Bf16Rows {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final VectorSpecies<Integer> I = Lanes.INT_SPECIES;
    private static final long B = Lanes.BYTES;
    private static final int UPPER = 0xFFFF0000;

    private Bf16Rows() {
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
        for (int k = 0; k < inputs; k += 2) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            FloatVector c = FloatVector.broadcast(S, x[x0 + k + 1]);
            long at = base + ((k >> 1) + 1L) * 12 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            a0 = b.fma(p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a0);
            a0 = c.fma(p0.and(UPPER).reinterpretAsFloats(), a0);
            IntVector p1 = IntVector.fromMemorySegment(I, w, at + B, nativeOrder());
            a1 = b.fma(p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a1);
            a1 = c.fma(p1.and(UPPER).reinterpretAsFloats(), a1);
            IntVector p2 = IntVector.fromMemorySegment(I, w, at + 2 * B, nativeOrder());
            a2 = b.fma(p2.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a2);
            a2 = c.fma(p2.and(UPPER).reinterpretAsFloats(), a2);
            IntVector p3 = IntVector.fromMemorySegment(I, w, at + 3 * B, nativeOrder());
            a3 = b.fma(p3.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a3);
            a3 = c.fma(p3.and(UPPER).reinterpretAsFloats(), a3);
            IntVector p4 = IntVector.fromMemorySegment(I, w, at + 4 * B, nativeOrder());
            a4 = b.fma(p4.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a4);
            a4 = c.fma(p4.and(UPPER).reinterpretAsFloats(), a4);
            IntVector p5 = IntVector.fromMemorySegment(I, w, at + 5 * B, nativeOrder());
            a5 = b.fma(p5.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a5);
            a5 = c.fma(p5.and(UPPER).reinterpretAsFloats(), a5);
            IntVector p6 = IntVector.fromMemorySegment(I, w, at + 6 * B, nativeOrder());
            a6 = b.fma(p6.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a6);
            a6 = c.fma(p6.and(UPPER).reinterpretAsFloats(), a6);
            IntVector p7 = IntVector.fromMemorySegment(I, w, at + 7 * B, nativeOrder());
            a7 = b.fma(p7.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a7);
            a7 = c.fma(p7.and(UPPER).reinterpretAsFloats(), a7);
            IntVector p8 = IntVector.fromMemorySegment(I, w, at + 8 * B, nativeOrder());
            a8 = b.fma(p8.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a8);
            a8 = c.fma(p8.and(UPPER).reinterpretAsFloats(), a8);
            IntVector p9 = IntVector.fromMemorySegment(I, w, at + 9 * B, nativeOrder());
            a9 = b.fma(p9.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a9);
            a9 = c.fma(p9.and(UPPER).reinterpretAsFloats(), a9);
            IntVector p10 = IntVector.fromMemorySegment(I, w, at + 10 * B, nativeOrder());
            a10 = b.fma(p10.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a10);
            a10 = c.fma(p10.and(UPPER).reinterpretAsFloats(), a10);
            IntVector p11 = IntVector.fromMemorySegment(I, w, at + 11 * B, nativeOrder());
            a11 = b.fma(p11.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a11);
            a11 = c.fma(p11.and(UPPER).reinterpretAsFloats(), a11);
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
        for (int k = 0; k < inputs; k += 2) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            FloatVector c = FloatVector.broadcast(S, x[x0 + k + 1]);
            long at = base + ((k >> 1) + 1L) * 9 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            a0 = b.fma(p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a0);
            a0 = c.fma(p0.and(UPPER).reinterpretAsFloats(), a0);
            IntVector p1 = IntVector.fromMemorySegment(I, w, at + B, nativeOrder());
            a1 = b.fma(p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a1);
            a1 = c.fma(p1.and(UPPER).reinterpretAsFloats(), a1);
            IntVector p2 = IntVector.fromMemorySegment(I, w, at + 2 * B, nativeOrder());
            a2 = b.fma(p2.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a2);
            a2 = c.fma(p2.and(UPPER).reinterpretAsFloats(), a2);
            IntVector p3 = IntVector.fromMemorySegment(I, w, at + 3 * B, nativeOrder());
            a3 = b.fma(p3.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a3);
            a3 = c.fma(p3.and(UPPER).reinterpretAsFloats(), a3);
            IntVector p4 = IntVector.fromMemorySegment(I, w, at + 4 * B, nativeOrder());
            a4 = b.fma(p4.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a4);
            a4 = c.fma(p4.and(UPPER).reinterpretAsFloats(), a4);
            IntVector p5 = IntVector.fromMemorySegment(I, w, at + 5 * B, nativeOrder());
            a5 = b.fma(p5.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a5);
            a5 = c.fma(p5.and(UPPER).reinterpretAsFloats(), a5);
            IntVector p6 = IntVector.fromMemorySegment(I, w, at + 6 * B, nativeOrder());
            a6 = b.fma(p6.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a6);
            a6 = c.fma(p6.and(UPPER).reinterpretAsFloats(), a6);
            IntVector p7 = IntVector.fromMemorySegment(I, w, at + 7 * B, nativeOrder());
            a7 = b.fma(p7.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a7);
            a7 = c.fma(p7.and(UPPER).reinterpretAsFloats(), a7);
            IntVector p8 = IntVector.fromMemorySegment(I, w, at + 8 * B, nativeOrder());
            a8 = b.fma(p8.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a8);
            a8 = c.fma(p8.and(UPPER).reinterpretAsFloats(), a8);
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
        for (int k = 0; k < inputs; k += 2) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            FloatVector c = FloatVector.broadcast(S, x[x0 + k + 1]);
            long at = base + ((k >> 1) + 1L) * 8 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            a0 = b.fma(p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a0);
            a0 = c.fma(p0.and(UPPER).reinterpretAsFloats(), a0);
            IntVector p1 = IntVector.fromMemorySegment(I, w, at + B, nativeOrder());
            a1 = b.fma(p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a1);
            a1 = c.fma(p1.and(UPPER).reinterpretAsFloats(), a1);
            IntVector p2 = IntVector.fromMemorySegment(I, w, at + 2 * B, nativeOrder());
            a2 = b.fma(p2.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a2);
            a2 = c.fma(p2.and(UPPER).reinterpretAsFloats(), a2);
            IntVector p3 = IntVector.fromMemorySegment(I, w, at + 3 * B, nativeOrder());
            a3 = b.fma(p3.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a3);
            a3 = c.fma(p3.and(UPPER).reinterpretAsFloats(), a3);
            IntVector p4 = IntVector.fromMemorySegment(I, w, at + 4 * B, nativeOrder());
            a4 = b.fma(p4.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a4);
            a4 = c.fma(p4.and(UPPER).reinterpretAsFloats(), a4);
            IntVector p5 = IntVector.fromMemorySegment(I, w, at + 5 * B, nativeOrder());
            a5 = b.fma(p5.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a5);
            a5 = c.fma(p5.and(UPPER).reinterpretAsFloats(), a5);
            IntVector p6 = IntVector.fromMemorySegment(I, w, at + 6 * B, nativeOrder());
            a6 = b.fma(p6.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a6);
            a6 = c.fma(p6.and(UPPER).reinterpretAsFloats(), a6);
            IntVector p7 = IntVector.fromMemorySegment(I, w, at + 7 * B, nativeOrder());
            a7 = b.fma(p7.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a7);
            a7 = c.fma(p7.and(UPPER).reinterpretAsFloats(), a7);
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
        for (int k = 0; k < inputs; k += 2) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            FloatVector c = FloatVector.broadcast(S, x[x0 + k + 1]);
            long at = base + ((k >> 1) + 1L) * 6 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            a0 = b.fma(p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a0);
            a0 = c.fma(p0.and(UPPER).reinterpretAsFloats(), a0);
            IntVector p1 = IntVector.fromMemorySegment(I, w, at + B, nativeOrder());
            a1 = b.fma(p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a1);
            a1 = c.fma(p1.and(UPPER).reinterpretAsFloats(), a1);
            IntVector p2 = IntVector.fromMemorySegment(I, w, at + 2 * B, nativeOrder());
            a2 = b.fma(p2.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a2);
            a2 = c.fma(p2.and(UPPER).reinterpretAsFloats(), a2);
            IntVector p3 = IntVector.fromMemorySegment(I, w, at + 3 * B, nativeOrder());
            a3 = b.fma(p3.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a3);
            a3 = c.fma(p3.and(UPPER).reinterpretAsFloats(), a3);
            IntVector p4 = IntVector.fromMemorySegment(I, w, at + 4 * B, nativeOrder());
            a4 = b.fma(p4.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a4);
            a4 = c.fma(p4.and(UPPER).reinterpretAsFloats(), a4);
            IntVector p5 = IntVector.fromMemorySegment(I, w, at + 5 * B, nativeOrder());
            a5 = b.fma(p5.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a5);
            a5 = c.fma(p5.and(UPPER).reinterpretAsFloats(), a5);
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
        for (int k = 0; k < inputs; k += 2) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            FloatVector c = FloatVector.broadcast(S, x[x0 + k + 1]);
            long at = base + ((k >> 1) + 1L) * 4 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            a0 = b.fma(p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a0);
            a0 = c.fma(p0.and(UPPER).reinterpretAsFloats(), a0);
            IntVector p1 = IntVector.fromMemorySegment(I, w, at + B, nativeOrder());
            a1 = b.fma(p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a1);
            a1 = c.fma(p1.and(UPPER).reinterpretAsFloats(), a1);
            IntVector p2 = IntVector.fromMemorySegment(I, w, at + 2 * B, nativeOrder());
            a2 = b.fma(p2.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a2);
            a2 = c.fma(p2.and(UPPER).reinterpretAsFloats(), a2);
            IntVector p3 = IntVector.fromMemorySegment(I, w, at + 3 * B, nativeOrder());
            a3 = b.fma(p3.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a3);
            a3 = c.fma(p3.and(UPPER).reinterpretAsFloats(), a3);
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
        for (int k = 0; k < inputs; k += 2) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            FloatVector c = FloatVector.broadcast(S, x[x0 + k + 1]);
            long at = base + ((k >> 1) + 1L) * 3 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            a0 = b.fma(p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a0);
            a0 = c.fma(p0.and(UPPER).reinterpretAsFloats(), a0);
            IntVector p1 = IntVector.fromMemorySegment(I, w, at + B, nativeOrder());
            a1 = b.fma(p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a1);
            a1 = c.fma(p1.and(UPPER).reinterpretAsFloats(), a1);
            IntVector p2 = IntVector.fromMemorySegment(I, w, at + 2 * B, nativeOrder());
            a2 = b.fma(p2.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a2);
            a2 = c.fma(p2.and(UPPER).reinterpretAsFloats(), a2);
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
        for (int k = 0; k < inputs; k += 2) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            FloatVector c = FloatVector.broadcast(S, x[x0 + k + 1]);
            long at = base + ((k >> 1) + 1L) * 2 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            a0 = b.fma(p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a0);
            a0 = c.fma(p0.and(UPPER).reinterpretAsFloats(), a0);
            IntVector p1 = IntVector.fromMemorySegment(I, w, at + B, nativeOrder());
            a1 = b.fma(p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a1);
            a1 = c.fma(p1.and(UPPER).reinterpretAsFloats(), a1);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
        a1.intoMemorySegment(y, y0 + B, nativeOrder());
    }

    private static void row1(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y, long y0) {
        if (!w.isNative() || !y.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector a0 = FloatVector.fromMemorySegment(S, w, base, nativeOrder());
        for (int k = 0; k < inputs; k += 2) {
            FloatVector b = FloatVector.broadcast(S, x[x0 + k]);
            FloatVector c = FloatVector.broadcast(S, x[x0 + k + 1]);
            long at = base + ((k >> 1) + 1L) * 1 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            a0 = b.fma(p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), a0);
            a0 = c.fma(p0.and(UPPER).reinterpretAsFloats(), a0);
        }
        a0.intoMemorySegment(y, y0, nativeOrder());
    }
}
