package dev.gru.internal;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The checks of sizes and array lengths, and the words in which they fail. Each either returns or throws an
 * {@link IllegalArgumentException} that names the argument, what it was and what it should have been.
 */
public final class Shapes {
    /** The most elements of an array; JVMs may keep a few indices for themselves. */
    public static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

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
     * Returns {@code value} if it is at least 0.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static int requireNotNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must be at least 0, was " + value);
        }
        return value;
    }

    /**
     * Returns {@code value} if it is at least 1 and at most {@code max}.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static int requireFrom1To(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " must be from 1 to " + max + ", was " + value);
        }
        return value;
    }

    /**
     * Returns {@code index} if it is at least 0 and below {@code size}.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static int requireIndex(String name, int index, int size) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException(name + " must be from 0 to " + (size - 1) + ", was " + index);
        }
        return index;
    }

    /**
     * Returns the product of sizes that are not negative, which is the length of an array.
     *
     * @param what how the message calls its elements
     * @throws IllegalArgumentException if no array is so long
     */
    public static int requireArray(String what, int... sizes) {
        BigInteger length = product(sizes);
        if (length.compareTo(BigInteger.valueOf(MAX_ARRAY)) > 0) {
            throw new IllegalArgumentException(what + " would be " + factors(sizes) + " = " + length
                    + " elements, and an array holds " + MAX_ARRAY);
        }
        return length.intValue();
    }

    private static BigInteger product(int[] sizes) {
        return Arrays.stream(sizes).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
    }

    private static String factors(int[] sizes) {
        return Arrays.stream(sizes).mapToObj(Integer::toString).collect(Collectors.joining(" × "));
    }

    /**
     * Returns where a chunk ends that begins at {@code from}: {@code chunk} further on, or at the end of all, which no
     * sum goes beyond. So loops over chunks may go up to the largest int.
     */
    public static int chunkEnd(int from, int chunk, int end) {
        return from + Math.min(chunk, end - from);
    }

    /**
     * Returns the first element of a list.
     *
     * @throws NullPointerException with the name of what is null, the list or an element
     * @throws IllegalArgumentException if there is none
     */
    public static <T> T first(String name, List<T> list) {
        if (copyOf(name, list).isEmpty()) {
            throw new IllegalArgumentException(name + " must not be empty");
        }
        return list.getFirst();
    }

    /**
     * Returns a copy of a list none of whose elements is null.
     *
     * @throws NullPointerException with the name of what is null
     */
    public static <T> List<T> copyOf(String name, List<? extends T> list) {
        Objects.requireNonNull(list, name);
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) == null) {
                throw new NullPointerException(name + "[" + i + "]");
            }
        }
        return List.copyOf(list);
    }

    /**
     * Checks that the length of an array is the product of {@code dimensions}.
     *
     * @throws IllegalArgumentException if it is another
     */
    public static void requireLength(String name, int length, int... dimensions) {
        BigInteger expected = product(dimensions);
        if (!expected.equals(BigInteger.valueOf(length))) {
            throw new IllegalArgumentException(
                    name + " must have " + factors(dimensions) + " = " + expected + " elements, had " + length);
        }
    }

    /**
     * Checks that an array of length {@code length} has room for {@code count} elements from
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

    /** The same as {@link #requireRoom(String, int, int, long)}, of an array that must not be null either. */
    public static void requireRoom(String name, float[] array, int offset, long count) {
        requireRoom(name, Objects.requireNonNull(array, name).length, offset, count);
    }

    /** The same as {@link #requireRoom(String, int, int, long)}, of an array that must not be null either. */
    public static void requireRoom(String name, int[] array, int offset, long count) {
        requireRoom(name, Objects.requireNonNull(array, name).length, offset, count);
    }

    /** The same as {@link #requireRoom(String, int, int, long)}, of an array that must not be null either. */
    public static void requireRoom(String name, byte[] array, int offset, long count) {
        requireRoom(name, Objects.requireNonNull(array, name).length, offset, count);
    }

    /**
     * Checks that an array that is written is not one that is read or written beside it.
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
     * Checks that the lengths of rows are all from 0 to {@code steps}.
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
