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
     * See {@link Activation.Function#SPARSEMAX}. Without sorting: the largest number, then the next, as long as they
     * are above (C_k − 1) / k, which few are.
     */
    private static void sparsemax(float[] v, int from, int size) {
        double sums = 0;
        double sum = 0;
        int support = 0;
        boolean above = !Float.isNaN(max(v, from, size));
        for (int last = -1; above && support < size;) {
            int next = next(v, from, size, last);
            sum += v[next];
            above = v[next] > (sum - 1) / (support + 1);
            if (above) {
                sums += sum;
                support++;
                last = next;
            }
        }
        double tau = support == 0 ? Double.NaN : (sums - 1) / support;
        for (int i = from; i < from + size; i++) {
            v[i] = (float) Math.max(v[i] - tau, 0);
        }
    }

    /** Returns the index of the largest number that comes after another one; equal numbers come in their order. */
    private static int next(float[] v, int from, int size, int last) {
        int next = -1;
        for (int i = from; i < from + size; i++) {
            boolean left = last < 0 || v[i] < v[last] || (v[i] == v[last] && i > last);
            if (left && (next < 0 || v[i] > v[next])) {
                next = i;
            }
        }
        return next;
    }
}
