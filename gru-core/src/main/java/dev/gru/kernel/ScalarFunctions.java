package dev.gru.kernel;

/** The functions of {@link Activation} in double, as {@link ScalarGruKernel} applies them. */
final class ScalarFunctions {
    private ScalarFunctions() {
    }

    /** Returns the image of one number, under any function but softmax. */
    static double apply(Activation activation, double v) {
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
    static void applyToRow(Activation activation, double[] v) {
        if (activation.function() == Activation.Function.SOFTMAX) {
            softmax(v);
            return;
        }
        for (int i = 0; i < v.length; i++) {
            v[i] = apply(activation, v[i]);
        }
    }

    private static double affine(Activation activation, double v) {
        return activation.alpha() * v + activation.beta();
    }

    private static void softmax(double[] v) {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : v) {
            max = Math.max(max, value);
        }
        double sum = 0;
        for (int i = 0; i < v.length; i++) {
            v[i] = StrictMath.exp(v[i] - max);
            sum += v[i];
        }
        for (int i = 0; i < v.length; i++) {
            v[i] /= sum;
        }
    }
}
