package dev.gru.kernel.math;

import dev.gru.kernel.ScalarGruKernel;
import dev.gru.weights.Activation;

/**
 * The functions of {@link Activation} in double, by {@link StrictMath}: those of {@link ScalarGruKernel} and of the
 * reference of training. Stateless and safe for use by any number of threads.
 */
public final class ScalarFunctions {
    private ScalarFunctions() {
    }

    /** Returns the image of one number, under any function but softmax, which is an {@link AssertionError}. */
    public static double apply(Activation activation, double v) {
        return switch (activation.function()) {
            case LINEAR -> activation.isIdentity() ? v : affine(activation, v);
            case RELU -> Math.max(0, v);
            case SIGMOID -> 1 / (1 + StrictMath.exp(-v));
            case TANH -> StrictMath.tanh(v);
            case HARD_SIGMOID -> Math.min(1, Math.max(0, affine(activation, v)));
            case SOFTMAX -> throw new AssertionError("softmax of one number");
        };
    }

    /** Replaces a row of numbers by their images. */
    public static void applyToRow(Activation activation, double[] v) {
        if (activation.function() == Activation.Function.SOFTMAX) {
            softmax(v, 0, v.length, v);
            return;
        }
        for (int i = 0; i < v.length; i++) {
            v[i] = apply(activation, v[i]);
        }
    }

    private static double affine(Activation activation, double v) {
        return activation.alpha() * v + activation.beta();
    }

    /**
     * Computes y_i = e^(v_i − m) / Σ_j e^(v_j − m), where m is the maximum of the row.
     *
     * @param v holds the row
     * @param from index of its first number
     * @param size how many numbers it has
     * @param y takes the images at the same places; may be {@code v}
     */
    public static void softmax(double[] v, int from, int size, double[] y) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + size; i++) {
            max = Math.max(max, v[i]);
        }
        double sum = 0;
        for (int i = from; i < from + size; i++) {
            y[i] = StrictMath.exp(v[i] - max);
            sum += y[i];
        }
        for (int i = from; i < from + size; i++) {
            y[i] /= sum;
        }
    }
}
