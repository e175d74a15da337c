package dev.gru.train.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleSupplier;

/** Holds gradients to the differences of what they are gradients of. */
final class Differences {
    /** What analytic and numeric gradients may differ by, of the largest element of an array. */
    private static final double RELATIVE = 1e-6;

    /**
     * The distance of the points. A difference is off by about h⁴/30 times the fifth derivative, and by the rounding of
     * the function, about 2^-52 times its terms, divided by h: the sizes here leave both near 1e-12.
     */
    private static final double H = 1e-3;

    /** What these two come to where a gradient is 0, with room for functions with steep places. */
    private static final double ABSOLUTE = 1e-10;

    private Differences() {
    }

    /**
     * Checks the derivatives of a function with respect to an array that it reads.
     *
     * @param name of the array, for the message
     * @param array is changed, and put back
     * @param gradient the derivatives
     * @param function computes the function
     */
    static void check(String name, double[] array, double[] gradient, DoubleSupplier function) {
        assertEquals(array.length, gradient.length, name);
        double[] numeric = new double[array.length];
        double largest = 0;
        for (int i = 0; i < array.length; i++) {
            numeric[i] = difference(array, i, function);
            largest = Math.max(largest, Math.abs(numeric[i]));
        }
        for (int i = 0; i < array.length; i++) {
            double error = Math.abs(gradient[i] - numeric[i]);
            assertTrue(error <= RELATIVE * largest + ABSOLUTE,
                    name + "[" + i + "]: " + gradient[i] + " computed, " + numeric[i] + " by differences");
        }
    }

    /** The central difference of fourth order, (8 (f(h) − f(−h)) − (f(2h) − f(−2h))) / 12 h. */
    private static double difference(double[] array, int i, DoubleSupplier function) {
        double at = array[i];
        double near = at(array, i, at + H, function) - at(array, i, at - H, function);
        double far = at(array, i, at + 2 * H, function) - at(array, i, at - 2 * H, function);
        array[i] = at;
        return (8 * near - far) / (12 * H);
    }

    private static double at(double[] array, int i, double value, DoubleSupplier function) {
        array[i] = value;
        return function.getAsDouble();
    }
}
