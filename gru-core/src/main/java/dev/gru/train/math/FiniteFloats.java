package dev.gru.train.math;

import java.util.Map;
import java.util.Optional;

/** Checks that numbers are finite as floats, which is what trainings compute with: 1e39, a finite double, is not. */
public final class FiniteFloats {
    private FiniteFloats() {
    }

    /**
     * Returns a number.
     *
     * @param name how the message calls it
     * @throws IllegalArgumentException if it is below 0, or not finite as a float
     */
    public static double requireFrom0(String name, double value) {
        if (!(value >= 0 && Float.isFinite((float) value))) {
            throw new IllegalArgumentException(name + " must be at least 0 and finite as a float, was " + value);
        }
        return value;
    }

    /**
     * Returns a number.
     *
     * @param name how the message calls it
     * @param below 1 or infinity
     * @throws IllegalArgumentException if it is below 0, or not below that
     */
    public static double requireFrom0(String name, double value, double below) {
        if (!(value >= 0 && value < below)) {
            throw new IllegalArgumentException(name + " must be at least 0 and "
                    + (below == 1 ? "below 1" : "finite") + ", was " + value);
        }
        return value;
    }

    /**
     * Checks that all numbers are finite as floats.
     *
     * @param name how the message calls them
     * @param values the numbers, or null for none
     * @throws IllegalArgumentException if one is not
     */
    public static void require(String name, double[] values) {
        for (int i = 0; values != null && i < values.length; i++) {
            if (!Float.isFinite((float) values[i])) {
                throw new IllegalArgumentException(
                        name + "[" + i + "] must be finite as a float, was " + values[i]);
            }
        }
    }

    /**
     * Checks that all numbers are finite.
     *
     * @param name how the message calls them
     * @param values the numbers, or null for none
     * @throws IllegalArgumentException if one is not
     */
    public static void require(String name, float[] values) {
        for (int i = 0; values != null && i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(name + "[" + i + "] must be finite, was " + values[i]);
            }
        }
    }

    /** Returns the first number that is not finite, as in {@code gru/bias_ih[3] is NaN}, or nothing if all are. */
    public static Optional<String> firstNotFinite(Map<String, float[]> arrays) {
        for (Map.Entry<String, float[]> array : arrays.entrySet()) {
            float[] values = array.getValue();
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                    return Optional.of(array.getKey() + "[" + i + "] is " + values[i]);
                }
            }
        }
        return Optional.empty();
    }
}
