package dev.gru.simd.loops;

import static java.nio.ByteOrder.nativeOrder;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Makes weights in bfloat16 floats again, in memory, for the tiles of {@link Fp32Tiles}. Generated from
 * {@code Bf16Expansion.java.in}.
 */
public final class Bf16Expansion {
    /** The most vectors that are expanded at once: those of the widest tile. */
    public static final int MAX_VECTORS = 3;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final VectorSpecies<Integer> I = Lanes.INT_SPECIES;
    private static final long B = Lanes.BYTES;
    private static final int UPPER = 0xFFFF0000;

    private Bf16Expansion() {
    }

    /**
     * Copies the biases and weights of {@code vectors} vectors of a panel, laid out as for {@link Bf16Tiles}, to the
     * beginning of {@code floats}, as {@link Fp32Tiles} reads them.
     */
    public static void expand(int vectors, MemorySegment w, long base, long stride, int inputs, MemorySegment floats) {
        switch (vectors) {
            case 3 -> expand3(w, base, stride, inputs, floats);
            case 2 -> expand2(w, base, stride, inputs, floats);
            case 1 -> expand1(w, base, stride, inputs, floats);
            default -> throw new AssertionError(vectors);
        }
    }

    private static void expand3(MemorySegment w, long base, long stride, int inputs, MemorySegment floats) {
        if (!w.isNative() || !floats.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector.fromMemorySegment(S, w, base, nativeOrder()).intoMemorySegment(floats, 0, nativeOrder());
        FloatVector.fromMemorySegment(S, w, base + B, nativeOrder()).intoMemorySegment(floats, 0 + B, nativeOrder());
        FloatVector.fromMemorySegment(S, w, base + 2 * B, nativeOrder()).intoMemorySegment(floats, 0 + 2 * B,
                nativeOrder());
        for (int k = 0; k < inputs; k += 2) {
            long at = base + ((k >> 1) + 1L) * stride;
            long to = (k + 1L) * 3 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats().intoMemorySegment(floats, to, nativeOrder());
            p0.and(UPPER).reinterpretAsFloats().intoMemorySegment(floats, to + 3 * B, nativeOrder());
            IntVector p1 = IntVector.fromMemorySegment(I, w, at + B, nativeOrder());
            p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats().intoMemorySegment(floats, to + B, nativeOrder());
            p1.and(UPPER).reinterpretAsFloats().intoMemorySegment(floats, to + 4 * B, nativeOrder());
            IntVector p2 = IntVector.fromMemorySegment(I, w, at + 2 * B, nativeOrder());
            p2.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats().intoMemorySegment(floats, to + 2 * B,
                    nativeOrder());
            p2.and(UPPER).reinterpretAsFloats().intoMemorySegment(floats, to + 5 * B, nativeOrder());
        }
    }

    private static void expand2(MemorySegment w, long base, long stride, int inputs, MemorySegment floats) {
        if (!w.isNative() || !floats.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector.fromMemorySegment(S, w, base, nativeOrder()).intoMemorySegment(floats, 0, nativeOrder());
        FloatVector.fromMemorySegment(S, w, base + B, nativeOrder()).intoMemorySegment(floats, 0 + B, nativeOrder());
        for (int k = 0; k < inputs; k += 2) {
            long at = base + ((k >> 1) + 1L) * stride;
            long to = (k + 1L) * 2 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats().intoMemorySegment(floats, to, nativeOrder());
            p0.and(UPPER).reinterpretAsFloats().intoMemorySegment(floats, to + 2 * B, nativeOrder());
            IntVector p1 = IntVector.fromMemorySegment(I, w, at + B, nativeOrder());
            p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats().intoMemorySegment(floats, to + B, nativeOrder());
            p1.and(UPPER).reinterpretAsFloats().intoMemorySegment(floats, to + 3 * B, nativeOrder());
        }
    }

    private static void expand1(MemorySegment w, long base, long stride, int inputs, MemorySegment floats) {
        if (!w.isNative() || !floats.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector.fromMemorySegment(S, w, base, nativeOrder()).intoMemorySegment(floats, 0, nativeOrder());
        for (int k = 0; k < inputs; k += 2) {
            long at = base + ((k >> 1) + 1L) * stride;
            long to = (k + 1L) * 1 * B;
            IntVector p0 = IntVector.fromMemorySegment(I, w, at, nativeOrder());
            p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats().intoMemorySegment(floats, to, nativeOrder());
            p0.and(UPPER).reinterpretAsFloats().intoMemorySegment(floats, to + B, nativeOrder());
        }
    }
}
