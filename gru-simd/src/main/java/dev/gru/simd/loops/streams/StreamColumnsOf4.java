package dev.gru.simd.loops.streams;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Blocks of 4 rows by 4 columns change rows for columns. Generated from {@code StreamColumnsOf.java.in}.
 */
final class StreamColumnsOf4 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_128;
    /** Each number changes places with that 1 off. */
    private static final VectorShuffle<Float> SWAP1 = VectorShuffle.fromOp(S, lane -> lane ^ 1);
    /** The farther of such two. */
    private static final VectorMask<Float> FAR1 = VectorMask.fromLong(S, 0b10101010);
    /** Each number changes places with that 2 off. */
    private static final VectorShuffle<Float> SWAP2 = VectorShuffle.fromOp(S, lane -> lane ^ 2);
    /** The farther of such two. */
    private static final VectorMask<Float> FAR2 = VectorMask.fromLong(S, 0b11001100);

    private StreamColumnsOf4() {
    }

    /** All blocks, those below one another first; the counts are multiples of 4. */
    static void down(int rows, int columns, float[] from, int from0, int fromStride, float[] to, int to0,
            int toStride) {
        for (int k = 0; k < columns; k += 4) {
            for (int i = 0; i < rows; i += 4) {
                int source = from0 + i * fromStride + k;
                int target = to0 + k * toStride + i;
                FloatVector a0 = FloatVector.fromArray(S, from, source + 0 * fromStride);
                FloatVector a1 = FloatVector.fromArray(S, from, source + 1 * fromStride);
                FloatVector a2 = FloatVector.fromArray(S, from, source + 2 * fromStride);
                FloatVector a3 = FloatVector.fromArray(S, from, source + 3 * fromStride);
                FloatVector b0 = a0.blend(a1.rearrange(SWAP1), FAR1);
                FloatVector b1 = a0.rearrange(SWAP1).blend(a1, FAR1);
                FloatVector b2 = a2.blend(a3.rearrange(SWAP1), FAR1);
                FloatVector b3 = a2.rearrange(SWAP1).blend(a3, FAR1);
                FloatVector c0 = b0.blend(b2.rearrange(SWAP2), FAR2);
                FloatVector c2 = b0.rearrange(SWAP2).blend(b2, FAR2);
                FloatVector c1 = b1.blend(b3.rearrange(SWAP2), FAR2);
                FloatVector c3 = b1.rearrange(SWAP2).blend(b3, FAR2);
                c0.intoArray(to, target + 0 * toStride);
                c1.intoArray(to, target + 1 * toStride);
                c2.intoArray(to, target + 2 * toStride);
                c3.intoArray(to, target + 3 * toStride);
            }
        }
    }

    /** All blocks, those side by side first; the counts are multiples of 4. */
    static void across(int rows, int columns, float[] from, int from0, int fromStride, float[] to, int to0,
            int toStride) {
        for (int i = 0; i < rows; i += 4) {
            for (int k = 0; k < columns; k += 4) {
                int source = from0 + i * fromStride + k;
                int target = to0 + k * toStride + i;
                FloatVector a0 = FloatVector.fromArray(S, from, source + 0 * fromStride);
                FloatVector a1 = FloatVector.fromArray(S, from, source + 1 * fromStride);
                FloatVector a2 = FloatVector.fromArray(S, from, source + 2 * fromStride);
                FloatVector a3 = FloatVector.fromArray(S, from, source + 3 * fromStride);
                FloatVector b0 = a0.blend(a1.rearrange(SWAP1), FAR1);
                FloatVector b1 = a0.rearrange(SWAP1).blend(a1, FAR1);
                FloatVector b2 = a2.blend(a3.rearrange(SWAP1), FAR1);
                FloatVector b3 = a2.rearrange(SWAP1).blend(a3, FAR1);
                FloatVector c0 = b0.blend(b2.rearrange(SWAP2), FAR2);
                FloatVector c2 = b0.rearrange(SWAP2).blend(b2, FAR2);
                FloatVector c1 = b1.blend(b3.rearrange(SWAP2), FAR2);
                FloatVector c3 = b1.rearrange(SWAP2).blend(b3, FAR2);
                c0.intoArray(to, target + 0 * toStride);
                c1.intoArray(to, target + 1 * toStride);
                c2.intoArray(to, target + 2 * toStride);
                c3.intoArray(to, target + 3 * toStride);
            }
        }
    }
}
