package dev.gru.internal;

import java.util.Objects;

/**
 * An array that is handed over to an immutable object, so that it need not copy it: whoever hands it over keeps no
 * reference through which it could be changed.
 */
public final class OwnedFloats {
    private final float[] array;

    private OwnedFloats(float[] array) {
        this.array = array;
    }

    /** Hands over an array, which nobody may change from now on. */
    public static OwnedFloats of(float[] array) {
        return new OwnedFloats(Objects.requireNonNull(array, "array"));
    }

    /**
     * Hands over a copy of an array.
     *
     * @throws NullPointerException with {@code name} if the array is null
     */
    public static OwnedFloats copyOf(String name, float[] array) {
        return new OwnedFloats(Objects.requireNonNull(array, name).clone());
    }

    /**
     * Returns the array itself if its length is the product of {@code dimensions}.
     *
     * @throws IllegalArgumentException if the length is another; the message calls the array {@code name}
     */
    public float[] take(String name, int... dimensions) {
        Shapes.requireLength(name, array.length, dimensions);
        return array;
    }
}
