package dev.gru.bench.roofline;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The two timed loops: fused multiply-adds only, and fused multiply-adds with one load each.
 *
 * <p>Twelve accumulators keep two FMA units with a latency of five cycles busy, and leave some of sixteen registers
 * free. They start with different values, since the compiler would merge equal ones, and are stored at the end, since
 * it would remove unused ones. They are local variables of one loop nest, since elsewhere they would be objects.
 */
final class RooflineLoops {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Independent chains of the loop in registers. */
    static final int ACCUMULATORS = 12;

    /** Bytes of the accumulators. */
    static final int SUMS = ACCUMULATORS * SPECIES.vectorByteSize();

    /**
     * Bytes that one iteration of the loop over weights reads, for eight accumulators: enough for two loads per cycle,
     * and up to twice as fast from the memory of a Zen 4 as blocks of twelve vectors, whose loads the compiler reorders
     * more.
     */
    static final int BLOCK = 8 * SPECIES.vectorByteSize();

    /** The alignment by which no load crosses a cache line. */
    static final long ALIGNMENT = 64;

    private static final VectorSpecies<Float> S = SPECIES;
    private static final int B = SPECIES.vectorByteSize();

    private RooflineLoops() {
    }

    /**
     * Does {@code turns} × {@link #ACCUMULATORS} multiply-adds in registers.
     *
     * @param sums {@link #SUMS} bytes: the initial and final values of the accumulators
     */
    static void multiplyAdd(int turns, float factor, float summand, MemorySegment sums) {
        FloatVector f = FloatVector.broadcast(S, factor);
        FloatVector s = FloatVector.broadcast(S, summand);
        FloatVector a0 = FloatVector.fromMemorySegment(S, sums, 0, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, sums, B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, sums, 2L * B, nativeOrder());
        FloatVector a3 = FloatVector.fromMemorySegment(S, sums, 3L * B, nativeOrder());
        FloatVector a4 = FloatVector.fromMemorySegment(S, sums, 4L * B, nativeOrder());
        FloatVector a5 = FloatVector.fromMemorySegment(S, sums, 5L * B, nativeOrder());
        FloatVector a6 = FloatVector.fromMemorySegment(S, sums, 6L * B, nativeOrder());
        FloatVector a7 = FloatVector.fromMemorySegment(S, sums, 7L * B, nativeOrder());
        FloatVector a8 = FloatVector.fromMemorySegment(S, sums, 8L * B, nativeOrder());
        FloatVector a9 = FloatVector.fromMemorySegment(S, sums, 9L * B, nativeOrder());
        FloatVector a10 = FloatVector.fromMemorySegment(S, sums, 10L * B, nativeOrder());
        FloatVector a11 = FloatVector.fromMemorySegment(S, sums, 11L * B, nativeOrder());
        for (int i = 0; i < turns; i++) {
            a0 = a0.fma(f, s);
            a1 = a1.fma(f, s);
            a2 = a2.fma(f, s);
            a3 = a3.fma(f, s);
            a4 = a4.fma(f, s);
            a5 = a5.fma(f, s);
            a6 = a6.fma(f, s);
            a7 = a7.fma(f, s);
            a8 = a8.fma(f, s);
            a9 = a9.fma(f, s);
            a10 = a10.fma(f, s);
            a11 = a11.fma(f, s);
        }
        a0.intoMemorySegment(sums, 0, nativeOrder());
        a1.intoMemorySegment(sums, B, nativeOrder());
        a2.intoMemorySegment(sums, 2L * B, nativeOrder());
        a3.intoMemorySegment(sums, 3L * B, nativeOrder());
        a4.intoMemorySegment(sums, 4L * B, nativeOrder());
        a5.intoMemorySegment(sums, 5L * B, nativeOrder());
        a6.intoMemorySegment(sums, 6L * B, nativeOrder());
        a7.intoMemorySegment(sums, 7L * B, nativeOrder());
        a8.intoMemorySegment(sums, 8L * B, nativeOrder());
        a9.intoMemorySegment(sums, 9L * B, nativeOrder());
        a10.intoMemorySegment(sums, 10L * B, nativeOrder());
        a11.intoMemorySegment(sums, 11L * B, nativeOrder());
    }

    /**
     * Reads blocks of weights front to back, repeatedly, with a multiply-add for each vector.
     *
     * <p>One loop over all blocks, with a slice for each: with few blocks the code before and after an inner loop over
     * the blocks would take as long as the loop itself, and a slice has its bounds checked once for eight loads.
     *
     * @param w aligned weights, {@code blocks} · {@link #BLOCK} bytes
     * @param turns the blocks to read, each counted as often as it is read
     * @param sums {@link #SUMS} bytes: the initial and final values of the accumulators
     */
    static void readMultiplyAdd(MemorySegment w, int blocks, int turns, float factor, MemorySegment sums) {
        FloatVector f = FloatVector.broadcast(S, factor);
        FloatVector a0 = FloatVector.fromMemorySegment(S, sums, 0, nativeOrder());
        FloatVector a1 = FloatVector.fromMemorySegment(S, sums, B, nativeOrder());
        FloatVector a2 = FloatVector.fromMemorySegment(S, sums, 2L * B, nativeOrder());
        FloatVector a3 = FloatVector.fromMemorySegment(S, sums, 3L * B, nativeOrder());
        FloatVector a4 = FloatVector.fromMemorySegment(S, sums, 4L * B, nativeOrder());
        FloatVector a5 = FloatVector.fromMemorySegment(S, sums, 5L * B, nativeOrder());
        FloatVector a6 = FloatVector.fromMemorySegment(S, sums, 6L * B, nativeOrder());
        FloatVector a7 = FloatVector.fromMemorySegment(S, sums, 7L * B, nativeOrder());
        int k = 0;
        for (int i = 0; i < turns; i++) {
            MemorySegment block = w.asSlice((long) k * BLOCK, BLOCK);
            // The load is the first argument, so that it is folded into the multiply-add.
            a0 = f.fma(FloatVector.fromMemorySegment(S, block, 0, nativeOrder()), a0);
            a1 = f.fma(FloatVector.fromMemorySegment(S, block, B, nativeOrder()), a1);
            a2 = f.fma(FloatVector.fromMemorySegment(S, block, 2L * B, nativeOrder()), a2);
            a3 = f.fma(FloatVector.fromMemorySegment(S, block, 3L * B, nativeOrder()), a3);
            a4 = f.fma(FloatVector.fromMemorySegment(S, block, 4L * B, nativeOrder()), a4);
            a5 = f.fma(FloatVector.fromMemorySegment(S, block, 5L * B, nativeOrder()), a5);
            a6 = f.fma(FloatVector.fromMemorySegment(S, block, 6L * B, nativeOrder()), a6);
            a7 = f.fma(FloatVector.fromMemorySegment(S, block, 7L * B, nativeOrder()), a7);
            k = k + 1 == blocks ? 0 : k + 1;
        }
        a0.intoMemorySegment(sums, 0, nativeOrder());
        a1.intoMemorySegment(sums, B, nativeOrder());
        a2.intoMemorySegment(sums, 2L * B, nativeOrder());
        a3.intoMemorySegment(sums, 3L * B, nativeOrder());
        a4.intoMemorySegment(sums, 4L * B, nativeOrder());
        a5.intoMemorySegment(sums, 5L * B, nativeOrder());
        a6.intoMemorySegment(sums, 6L * B, nativeOrder());
        a7.intoMemorySegment(sums, 7L * B, nativeOrder());
    }
}
