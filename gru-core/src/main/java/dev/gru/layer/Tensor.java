package dev.gru.layer;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Objects;

/**
 * An array of floats or ints with its dimensions, slowest first: a named input or output of a model.
 *
 * <p>Arrays are not copied, neither in nor out: who shares one must not change it. Otherwise immutable.
 */
public final class Tensor {
    private final int[] shape;
    private final float[] floats;
    private final int[] ints;

    private Tensor(int[] shape, float[] floats, int[] ints, int length) {
        this.shape = Objects.requireNonNull(shape, "shape").clone();
        this.floats = floats;
        this.ints = ints;
        BigInteger elements = BigInteger.ONE;
        for (int size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("shape must not have negative sizes, was " + Arrays.toString(shape));
            }
            elements = elements.multiply(BigInteger.valueOf(size));
        }
        if (!elements.equals(BigInteger.valueOf(length))) {
            throw new IllegalArgumentException("values must have " + elements + " elements, as the shape "
                    + Arrays.toString(shape) + " asks for, had " + length);
        }
    }

    /**
     * Returns floats with their dimensions.
     *
     * @throws IllegalArgumentException if there are more or fewer than the dimensions ask for
     */
    public static Tensor of(float[] values, int... shape) {
        return new Tensor(shape, Objects.requireNonNull(values, "values"), null, values.length);
    }

    /**
     * Returns ints with their dimensions.
     *
     * @throws IllegalArgumentException if there are more or fewer than the dimensions ask for
     */
    public static Tensor of(int[] values, int... shape) {
        return new Tensor(shape, null, Objects.requireNonNull(values, "values"), values.length);
    }

    /** Returns a copy of the dimensions, slowest first; none for a single number. */
    public int[] shape() {
        return shape.clone();
    }

    /** Returns whether the values are ints. */
    public boolean isInts() {
        return ints != null;
    }

    /**
     * Returns the values, row-major: the array itself.
     *
     * @throws IllegalArgumentException if they are ints
     */
    public float[] floats() {
        if (floats == null) {
            throw new IllegalArgumentException("the values must be floats, were ints");
        }
        return floats;
    }

    /**
     * Returns the values, row-major: the array itself.
     *
     * @throws IllegalArgumentException if they are floats
     */
    public int[] ints() {
        if (ints == null) {
            throw new IllegalArgumentException("the values must be ints, were floats");
        }
        return ints;
    }

    @Override
    public String toString() {
        return (ints == null ? "float" : "int") + Arrays.toString(shape);
    }
}
