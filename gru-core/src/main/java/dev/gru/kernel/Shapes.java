package dev.gru.kernel;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The checks of sizes and array lengths, and the words in which they fail. Each either returns or throws an
 * {@link IllegalArgumentException} that names the argument, what it was and what it should have been.
 */
public final class Shapes {
    private Shapes() {
    }

    /**
     * Returns {@code value} if it is at least 1.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static int requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
        return value;
    }

    /**
     * Returns a copy of {@code array} if its length is the product of {@code dimensions}.
     *
     * @throws IllegalArgumentException if the length is another
     */
    public static float[] copyExact(String name, float[] array, int... dimensions) {
        Objects.requireNonNull(array, name);
        BigInteger expected = Arrays.stream(dimensions).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE,
                BigInteger::multiply);
        if (!expected.equals(BigInteger.valueOf(array.length))) {
            String factors = Arrays.stream(dimensions).mapToObj(Integer::toString).collect(Collectors.joining(" × "));
            throw new IllegalArgumentException(
                    name + " must have " + factors + " = " + expected + " elements, had " + array.length);
        }
        return array.clone();
    }

    /**
     * Returns without doing anything if an array of length {@code length} has room for {@code count} elements from
     * {@code offset} on. Allocates nothing unless it throws.
     *
     * @throws IllegalArgumentException if it has not
     */
    public static void requireRoom(String name, int length, int offset, long count) {
        if (offset < 0 || count > length - (long) offset) {
            throw new IllegalArgumentException(name + " must have room for " + count + " elements"
                    + (offset == 0 ? "" : " from offset " + offset) + ", its length is " + length);
        }
    }

    /**
     * Returns without doing anything if an array that is written is another than one that is read or written beside it.
     *
     * @throws IllegalArgumentException if they are the same
     */
    @SuppressWarnings("ReferenceEquality") // identity is the question
    public static void requireOtherArray(String name, float[] array, String otherName, float[] other) {
        if (array == other) {
            throw new IllegalArgumentException(name + " must be another array than " + otherName);
        }
    }

    /**
     * Returns without doing anything if the lengths of rows are all from 0 to {@code steps}.
     *
     * @throws IllegalArgumentException if one is not
     */
    public static void requireLengths(int[] lengths, int steps) {
        for (int row = 0; row < lengths.length; row++) {
            if (lengths[row] < 0 || lengths[row] > steps) {
                throw new IllegalArgumentException(
                        "lengths[" + row + "] must be from 0 to " + steps + ", was " + lengths[row]);
            }
        }
    }

    /** Returns the product of three non-negative sizes, or {@link Long#MAX_VALUE} where it would not fit. */
    public static long elements(int a, int b, int c) {
        long ab = (long) a * b;
        return Math.multiplyHigh(ab, c) == 0 && ab * c >= 0 ? ab * c : Long.MAX_VALUE;
    }
}
