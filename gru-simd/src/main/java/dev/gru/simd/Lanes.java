package dev.gru.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The shape of the vectors that all kernels use: the widest that the machine offers. */
final class Lanes {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Floats in a vector. */
    static final int COUNT = SPECIES.length();

    /** Bytes in a vector. */
    static final int BYTES = SPECIES.vectorByteSize();

    private Lanes() {
    }

    /** Returns the number of vectors that hold {@code size} floats. */
    static int vectors(int size) {
        return Math.ceilDiv(size, COUNT);
    }

    /** Returns {@code size} rounded up to whole vectors. */
    static int padded(int size) {
        return Math.multiplyExact(vectors(size), COUNT);
    }
}
