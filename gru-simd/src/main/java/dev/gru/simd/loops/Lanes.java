package dev.gru.simd.loops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import dev.gru.internal.Shapes;

/** The shape of the vectors that all loops use: the widest that the machine offers. */
public final class Lanes {
    public static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** As many ints: what floats are reinterpreted as. */
    public static final VectorSpecies<Integer> INT_SPECIES = IntVector.SPECIES_PREFERRED;

    /** Floats in a vector. */
    public static final int COUNT = SPECIES.length();

    /** Bytes in a vector. */
    public static final int BYTES = SPECIES.vectorByteSize();

    /** Vector registers: AVX-512 and Arm have 32, older x86 has 16. */
    public static final int REGISTERS = BYTES == 64 || System.getProperty("os.arch").equals("aarch64") ? 32 : 16;

    private Lanes() {
    }

    /** Returns the number of vectors that hold {@code size} floats. */
    public static int vectors(int size) {
        return Math.ceilDiv(size, COUNT);
    }

    /**
     * Returns {@code size} rounded up to whole vectors.
     *
     * @throws IllegalArgumentException if that is below 1, or no array is so long
     */
    public static int padded(int size) {
        return vectors(Shapes.requireFrom1To("size", size, Shapes.MAX_ARRAY - COUNT)) * COUNT;
    }
}
