package dev.gru.bench.compare;

import java.util.Locale;

/**
 * How far an output is from the expected one.
 *
 * @param absolute the largest difference of two values
 * @param relative the same divided by the largest finite value that is expected
 */
public record Difference(double absolute, double relative) {

    /**
     * Compares two arrays. Equal values, two NaN among them, differ by 0; NaN and any other value differ by
     * infinity.
     */
    public static Difference of(float[] expected, float[] found) {
        double largest = 0;
        double scale = 0;
        for (int i = 0; i < expected.length; i++) {
            if (Float.isFinite(expected[i])) {
                scale = Math.max(scale, Math.abs((double) expected[i]));
            }
            if (expected[i] != found[i] && Float.compare(expected[i], found[i]) != 0) {
                double difference = Math.abs((double) expected[i] - found[i]);
                largest = Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
            }
        }
        return new Difference(largest, largest == 0 ? 0 : largest / scale);
    }

    /** Returns the larger numbers of both. */
    public Difference max(Difference other) {
        return new Difference(Math.max(absolute, other.absolute), Math.max(relative, other.relative));
    }

    /**
     * Returns whether one of the two is within a tolerance. Outputs in the hundreds differ by 1e-4 between any two
     * libraries, because float holds seven digits.
     */
    public boolean isWithin(double tolerance) {
        return absolute <= tolerance || relative <= tolerance;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1e (relative %.1e)", absolute, relative);
    }
}
