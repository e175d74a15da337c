package dev.gru.simd.loops.streams;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Blocks of 8 rows by 8 columns change rows for columns. Generated from {@code StreamColumnsOf.java.in}.
 */
final class StreamColumnsOf8 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    /** Each number changes places with that 1 off. */
    private static final VectorShuffle<Float> SWAP1 = VectorShuffle.fromOp(S, lane -> lane ^ 1);
    /** The farther of such two. */
    private static final VectorMask<Float> FAR1 = VectorMask.fromLong(S, 0b10101010);
    /** Each number changes places with that 2 off. */
    private static final VectorShuffle<Float> SWAP2 = VectorShuffle.fromOp(S, lane -> lane ^ 2);
    /** The farther of such two. */
    private static final VectorMask<Float> FAR2 = VectorMask.fromLong(S, 0b11001100);
    /** Each number changes places with that 4 off. */
    private static final VectorShuffle<Float> SWAP4 = VectorShuffle.fromOp(S, lane -> lane ^ 4);
    /** The farther of such two. */
    private static final VectorMask<Float> FAR4 = VectorMask.fromLong(S, 0b11110000);

    private StreamColumnsOf8() {
    }

    /** All blocks, those below one another first; the counts are multiples of 8. */
    static void down(int rows, int columns, float[] from, int from0, int fromStride, float[] to, int to0,
            int toStride) {
        for (int k = 0; k < columns; k += 8) {
            for (int i = 0; i < rows; i += 8) {
                int source = from0 + i * fromStride + k;
                int target = to0 + k * toStride + i;
                FloatVector a0 = FloatVector.fromArray(S, from, source + 0 * fromStride);
                FloatVector a1 = FloatVector.fromArray(S, from, source + 1 * fromStride);
                FloatVector a2 = FloatVector.fromArray(S, from, source + 2 * fromStride);
                FloatVector a3 = FloatVector.fromArray(S, from, source + 3 * fromStride);
                FloatVector a4 = FloatVector.fromArray(S, from, source + 4 * fromStride);
                FloatVector a5 = FloatVector.fromArray(S, from, source + 5 * fromStride);
                FloatVector a6 = FloatVector.fromArray(S, from, source + 6 * fromStride);
                FloatVector a7 = FloatVector.fromArray(S, from, source + 7 * fromStride);
                FloatVector b0 = a0.blend(a1.rearrange(SWAP1), FAR1);
                FloatVector b1 = a0.rearrange(SWAP1).blend(a1, FAR1);
                FloatVector b2 = a2.blend(a3.rearrange(SWAP1), FAR1);
                FloatVector b3 = a2.rearrange(SWAP1).blend(a3, FAR1);
                FloatVector b4 = a4.blend(a5.rearrange(SWAP1), FAR1);
                FloatVector b5 = a4.rearrange(SWAP1).blend(a5, FAR1);
                FloatVector b6 = a6.blend(a7.rearrange(SWAP1), FAR1);
                FloatVector b7 = a6.rearrange(SWAP1).blend(a7, FAR1);
                FloatVector c0 = b0.blend(b2.rearrange(SWAP2), FAR2);
                FloatVector c2 = b0.rearrange(SWAP2).blend(b2, FAR2);
                FloatVector c1 = b1.blend(b3.rearrange(SWAP2), FAR2);
                FloatVector c3 = b1.rearrange(SWAP2).blend(b3, FAR2);
                FloatVector c4 = b4.blend(b6.rearrange(SWAP2), FAR2);
                FloatVector c6 = b4.rearrange(SWAP2).blend(b6, FAR2);
                FloatVector c5 = b5.blend(b7.rearrange(SWAP2), FAR2);
                FloatVector c7 = b5.rearrange(SWAP2).blend(b7, FAR2);
                FloatVector d0 = c0.blend(c4.rearrange(SWAP4), FAR4);
                FloatVector d4 = c0.rearrange(SWAP4).blend(c4, FAR4);
                FloatVector d1 = c1.blend(c5.rearrange(SWAP4), FAR4);
                FloatVector d5 = c1.rearrange(SWAP4).blend(c5, FAR4);
                FloatVector d2 = c2.blend(c6.rearrange(SWAP4), FAR4);
                FloatVector d6 = c2.rearrange(SWAP4).blend(c6, FAR4);
                FloatVector d3 = c3.blend(c7.rearrange(SWAP4), FAR4);
                FloatVector d7 = c3.rearrange(SWAP4).blend(c7, FAR4);
                d0.intoArray(to, target + 0 * toStride);
                d1.intoArray(to, target + 1 * toStride);
                d2.intoArray(to, target + 2 * toStride);
                d3.intoArray(to, target + 3 * toStride);
                d4.intoArray(to, target + 4 * toStride);
                d5.intoArray(to, target + 5 * toStride);
                d6.intoArray(to, target + 6 * toStride);
                d7.intoArray(to, target + 7 * toStride);
            }
        }
    }

    /** All blocks, those side by side first; the counts are multiples of 8. */
    static void across(int rows, int columns, float[] from, int from0, int fromStride, float[] to, int to0,
            int toStride) {
        for (int i = 0; i < rows; i += 8) {
            for (int k = 0; k < columns; k += 8) {
                int source = from0 + i * fromStride + k;
                int target = to0 + k * toStride + i;
                FloatVector a0 = FloatVector.fromArray(S, from, source + 0 * fromStride);
                FloatVector a1 = FloatVector.fromArray(S, from, source + 1 * fromStride);
                FloatVector a2 = FloatVector.fromArray(S, from, source + 2 * fromStride);
                FloatVector a3 = FloatVector.fromArray(S, from, source + 3 * fromStride);
                FloatVector a4 = FloatVector.fromArray(S, from, source + 4 * fromStride);
                FloatVector a5 = FloatVector.fromArray(S, from, source + 5 * fromStride);
                FloatVector a6 = FloatVector.fromArray(S, from, source + 6 * fromStride);
                FloatVector a7 = FloatVector.fromArray(S, from, source + 7 * fromStride);
                FloatVector b0 = a0.blend(a1.rearrange(SWAP1), FAR1);
                FloatVector b1 = a0.rearrange(SWAP1).blend(a1, FAR1);
                FloatVector b2 = a2.blend(a3.rearrange(SWAP1), FAR1);
                FloatVector b3 = a2.rearrange(SWAP1).blend(a3, FAR1);
                FloatVector b4 = a4.blend(a5.rearrange(SWAP1), FAR1);
                FloatVector b5 = a4.rearrange(SWAP1).blend(a5, FAR1);
                FloatVector b6 = a6.blend(a7.rearrange(SWAP1), FAR1);
                FloatVector b7 = a6.rearrange(SWAP1).blend(a7, FAR1);
                FloatVector c0 = b0.blend(b2.rearrange(SWAP2), FAR2);
                FloatVector c2 = b0.rearrange(SWAP2).blend(b2, FAR2);
                FloatVector c1 = b1.blend(b3.rearrange(SWAP2), FAR2);
                FloatVector c3 = b1.rearrange(SWAP2).blend(b3, FAR2);
                FloatVector c4 = b4.blend(b6.rearrange(SWAP2), FAR2);
                FloatVector c6 = b4.rearrange(SWAP2).blend(b6, FAR2);
                FloatVector c5 = b5.blend(b7.rearrange(SWAP2), FAR2);
                FloatVector c7 = b5.rearrange(SWAP2).blend(b7, FAR2);
                FloatVector d0 = c0.blend(c4.rearrange(SWAP4), FAR4);
                FloatVector d4 = c0.rearrange(SWAP4).blend(c4, FAR4);
                FloatVector d1 = c1.blend(c5.rearrange(SWAP4), FAR4);
                FloatVector d5 = c1.rearrange(SWAP4).blend(c5, FAR4);
                FloatVector d2 = c2.blend(c6.rearrange(SWAP4), FAR4);
                FloatVector d6 = c2.rearrange(SWAP4).blend(c6, FAR4);
                FloatVector d3 = c3.blend(c7.rearrange(SWAP4), FAR4);
                FloatVector d7 = c3.rearrange(SWAP4).blend(c7, FAR4);
                d0.intoArray(to, target + 0 * toStride);
                d1.intoArray(to, target + 1 * toStride);
                d2.intoArray(to, target + 2 * toStride);
                d3.intoArray(to, target + 3 * toStride);
                d4.intoArray(to, target + 4 * toStride);
                d5.intoArray(to, target + 5 * toStride);
                d6.intoArray(to, target + 6 * toStride);
                d7.intoArray(to, target + 7 * toStride);
            }
        }
    }
}
