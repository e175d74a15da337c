package dev.gru.kernel.math;

import dev.gru.weights.Activation;

/**
 * Functions of rows but softmax, in plain loops that all float kernels share. Stateless and safe for use by any number
 * of threads; nothing is allocated.
 */
public final class RowFunctions {
    private RowFunctions() {
    }

    /** Returns whether {@link #apply} has a function. */
    public static boolean have(Activation activation) {
        return activation.function().isOfRow() && activation.function() != Activation.Function.SOFTMAX;
    }

    /**
     * Replaces a row of numbers by their images.
     *
     * @param activation one that these {@link #have}
     * @param v holds the row
     * @param from index of its first number
     * @param size how many numbers it has
     */
    public static void apply(Activation activation, float[] v, int from, int size) {
        switch (activation.function()) {
            case LOG_SOFTMAX -> logSoftmax(v, from, size);
            case SPARSEMAX -> sparsemax(v, from, size);
            default -> throw new AssertionError(activation);
        }
    }

    private static float max(float[] v, int from, int size) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + size; i++) {
            max = Math.max(max, v[i]);
        }
        return max;
    }

    /** v_i' = v_i − m − log Σ_j e^(v_j − m), where m is the maximum; the sum in floats, the rest in double. */
    private static void logSoftmax(float[] v, int from, int size) {
        float max = max(v, from, size);
        float sum = 0;
        for (int i = from; i < from + size; i++) {
            sum += FloatFunctions.expOfNegative(v[i] - max);
        }
        double logSum = StrictMath.log(sum);
        for (int i = from; i < from + size; i++) {
            v[i] = (float) ((double) v[i] - max - logSum);
        }
    }

    /**
     * v_i' = max(0, v_i − m − τ), where m is the maximum and τ such that they sum to 1: without sorting, by leaving out
     * again and again those numbers that are not above the τ of the rest, which ends when none goes (Michelot, 1986).
     */
    private static void sparsemax(float[] v, int from, int size) {
        double max = max(v, from, size);
        double tau = Double.NEGATIVE_INFINITY;
        int left = size + 1;
        for (int before = size + 2; left < before;) {
            before = left;
            double sum = 0;
            left = 0;
            for (int i = from; i < from + size; i++) {
                double a = v[i] - max;
                if (!(a <= tau)) {
                    sum += a;
                    left++;
                }
            }
            tau = (sum - 1) / left;
        }
        for (int i = from; i < from + size; i++) {
            v[i] = (float) Math.max(v[i] - max - tau, 0);
        }
    }
}
