package dev.gru.kernel.math;

import dev.gru.kernel.ScalarGruKernel;
import dev.gru.weights.Activation;

/**
 * The functions of {@link Activation} in double, by {@link StrictMath}: those of {@link ScalarGruKernel} and of the
 * reference of training. Stateless and safe for use by any number of threads.
 */
public final class ScalarFunctions {
    /** √(2/π), of GELU by tanh. */
    private static final double GELU_SLOPE = StrictMath.sqrt(2 / Math.PI);
    /** Of the cube in GELU by tanh. */
    private static final double GELU_CUBE = 0.044715;

    private ScalarFunctions() {
    }

    /** Returns the image of one number, under any function but those of rows, which are an {@link AssertionError}. */
    public static double apply(Activation activation, double v) {
        double alpha = activation.alpha();
        double beta = activation.beta();
        return switch (activation.function()) {
            case LINEAR -> activation.isIdentity() ? v : affine(activation, v);
            case RELU -> Math.max(0, v);
            case SIGMOID -> sigmoid(v);
            case TANH -> StrictMath.tanh(v);
            case HARD_SIGMOID -> hardSigmoid(activation, v);
            case LEAKY_RELU -> leakyRelu(activation, v);
            case CLIP -> Math.min(beta, Math.max(alpha, v));
            case ELU -> elu(v, 1, alpha, 1);
            case SELU -> elu(v, beta, beta * alpha, 1);
            case CELU -> elu(v, 1, alpha, alpha);
            case GELU -> v * ErrorFunction.normal(v);
            case GELU_TANH -> v * ((1 + StrictMath.tanh(geluArgument(v))) / 2);
            case SOFTPLUS -> softplus(v);
            case SOFTSIGN -> v / (1 + Math.abs(v));
            case SILU -> v * sigmoid(v);
            case HARD_SILU -> v * hardSigmoid(activation, v);
            case EXPONENTIAL -> StrictMath.exp(v);
            case HARD_SHRINK -> Math.abs(v) <= alpha ? 0 : v;
            case SOFT_SHRINK -> Math.max(v - alpha, 0) + Math.min(v + alpha, 0);
            case TANH_SHRINK -> v - StrictMath.tanh(v);
            case THRESHOLD -> v <= alpha ? beta : v;
            case SQUAREPLUS -> squareplus(v, alpha);
            case LOG_SIGMOID -> -softplus(-v);
            case MISH -> v * StrictMath.tanh(softplus(v));
            case SPARSE_PLUS -> v <= -1 ? 0 : v >= 1 ? v : (v + 1) * (v + 1) / 4;
            case SCALED_TANH -> alpha * StrictMath.tanh(beta * v);
            case SOFTMAX, LOG_SOFTMAX, SPARSEMAX -> throw new AssertionError(activation + " of one number");
        };
    }

    /** Returns the derivative at v, under any function of one number; where it has a corner, that from the left. */
    public static double slope(Activation activation, double v) {
        double alpha = activation.alpha();
        double beta = activation.beta();
        return switch (activation.function()) {
            case LINEAR -> alpha;
            case RELU -> v > 0 ? 1 : 0;
            case SIGMOID -> sigmoid(v) * sigmoid(-v);
            case TANH -> tanhSlope(v);
            case HARD_SIGMOID -> hardSigmoidSlope(activation, v);
            case LEAKY_RELU -> v > activation.gamma() ? (v < beta ? 1 : 0) : alpha;
            case CLIP -> v > alpha && v < beta ? 1 : 0;
            case ELU -> v > 0 ? 1 : alpha * StrictMath.exp(v);
            case SELU -> beta * (v > 0 ? 1 : alpha * StrictMath.exp(v));
            case CELU -> v > 0 ? 1 : StrictMath.exp(v / alpha);
            case GELU -> ErrorFunction.normal(v) + v * ErrorFunction.density(v);
            case GELU_TANH -> (1 + StrictMath.tanh(geluArgument(v))) / 2
                    + v / 2 * tanhSlope(geluArgument(v)) * (GELU_SLOPE * (1 + 3 * GELU_CUBE * v * v));
            case SOFTPLUS -> sigmoid(v);
            case SOFTSIGN -> 1 / ((1 + Math.abs(v)) * (1 + Math.abs(v)));
            case SILU -> sigmoid(v) * (1 + v * sigmoid(-v));
            case HARD_SILU -> hardSigmoid(activation, v) + v * hardSigmoidSlope(activation, v);
            case EXPONENTIAL -> StrictMath.exp(v);
            case HARD_SHRINK, SOFT_SHRINK -> Math.abs(v) <= alpha ? 0 : 1;
            case TANH_SHRINK -> StrictMath.tanh(v) * StrictMath.tanh(v);
            case THRESHOLD -> v <= alpha ? 0 : 1;
            case SQUAREPLUS -> v == 0 && alpha == 0 ? 0 : (1 + v / StrictMath.sqrt(v * v + alpha)) / 2;
            case LOG_SIGMOID -> sigmoid(-v);
            case MISH -> StrictMath.tanh(softplus(v)) + v * tanhSlope(softplus(v)) * sigmoid(v);
            case SPARSE_PLUS -> v <= -1 ? 0 : v >= 1 ? 1 : (v + 1) / 2;
            case SCALED_TANH -> alpha * beta * tanhSlope(beta * v);
            case SOFTMAX, LOG_SOFTMAX, SPARSEMAX -> throw new AssertionError(activation + " of one number");
        };
    }

    private static double affine(Activation activation, double v) {
        return activation.alpha() * v + activation.beta();
    }

    private static double sigmoid(double v) {
        return 1 / (1 + StrictMath.exp(-v));
    }

    private static double tanhSlope(double v) {
        double y = StrictMath.tanh(v);
        return 1 - y * y;
    }

    private static double hardSigmoid(Activation activation, double v) {
        return Math.min(1, Math.max(0, affine(activation, v)));
    }

    private static double hardSigmoidSlope(Activation activation, double v) {
        double line = affine(activation, v);
        return line > 0 && line < 1 ? activation.alpha() : 0;
    }

    private static double leakyRelu(Activation activation, double v) {
        if (v > activation.gamma()) {
            return Math.min(v, activation.beta());
        }
        // Without a line there is 0 at −∞ too.
        return activation.alpha() == 0 && !Double.isNaN(v) ? 0 : activation.alpha() * (v - activation.gamma());
    }

    private static double elu(double v, double scale, double ofExponential, double divisor) {
        return v > 0 ? scale * v : ofExponential * StrictMath.expm1(v / divisor);
    }

    private static double geluArgument(double v) {
        return GELU_SLOPE * (v + GELU_CUBE * v * v * v);
    }

    private static double softplus(double v) {
        return Math.max(v, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(v)));
    }

    /** Where v is below 0, the sum would cancel. */
    private static double squareplus(double v, double b) {
        double root = StrictMath.sqrt(v * v + b);
        return v < 0 ? b / (root - v) / 2 : (v + root) / 2;
    }

    /** Replaces a row of numbers by their images. */
    public static void applyToRow(Activation activation, double[] v) {
        applyToRow(activation, v, 0, v.length, v);
    }

    /**
     * Computes the images of a row of numbers.
     *
     * @param activation the function
     * @param v holds the row
     * @param from index of its first number
     * @param size how many numbers it has
     * @param y takes the images at the same places; may be {@code v}
     */
    public static void applyToRow(Activation activation, double[] v, int from, int size, double[] y) {
        switch (activation.function()) {
            case SOFTMAX -> softmax(v, from, size, y);
            case LOG_SOFTMAX -> logSoftmax(v, from, size, y);
            case SPARSEMAX -> sparsemax(v, from, size, y);
            default -> {
                for (int i = from; i < from + size; i++) {
                    y[i] = apply(activation, v[i]);
                }
            }
        }
    }

    /** Computes y_i = e^(v_i − m) / Σ_j e^(v_j − m), where m is the maximum of the row; as {@link #applyToRow}. */
    public static void softmax(double[] v, int from, int size, double[] y) {
        double max = max(v, from, size);
        double sum = 0;
        for (int i = from; i < from + size; i++) {
            y[i] = StrictMath.exp(v[i] - max);
            sum += y[i];
        }
        for (int i = from; i < from + size; i++) {
            y[i] /= sum;
        }
    }

    private static double max(double[] v, int from, int size) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + size; i++) {
            max = Math.max(max, v[i]);
        }
        return max;
    }

    private static void logSoftmax(double[] v, int from, int size, double[] y) {
        double max = max(v, from, size);
        double sum = 0;
        for (int i = from; i < from + size; i++) {
            sum += StrictMath.exp(v[i] - max);
        }
        for (int i = from; i < from + size; i++) {
            y[i] = v[i] - max - StrictMath.log(sum);
        }
    }

    /** See {@link Activation.Function#SPARSEMAX}. Equal numbers count in their order. */
    private static void sparsemax(double[] v, int from, int size, double[] y) {
        double sums = 0;
        int support = 0;
        for (int i = from; i < from + size; i++) {
            int k = rank(v, from, size, i);
            double sum = sumOfLargest(v, from, size, i);
            if (v[i] > (sum - 1) / k) {
                sums += sum;
                support++;
            }
        }
        double max = max(v, from, size);
        double tau = support == 0 || Double.isNaN(max) ? Double.NaN : (sums - 1) / support;
        for (int i = from; i < from + size; i++) {
            y[i] = Math.max(v[i] - tau, 0);
        }
    }

    /**
     * Computes the derivatives of the τ of {@link Activation.Function#SPARSEMAX}: (K − k + 1) / K for the k-th largest
     * number, and 0 for those beyond K.
     *
     * @param v holds the row
     * @param from index of its first number
     * @param size how many numbers it has
     * @return one number for each of the row
     */
    public static double[] slopesOfSparsemax(double[] v, int from, int size) {
        double[] slopes = new double[size];
        int support = 0;
        for (int i = from; i < from + size; i++) {
            int k = rank(v, from, size, i);
            if (v[i] > (sumOfLargest(v, from, size, i) - 1) / k) {
                slopes[i - from] = k;
                support++;
            }
        }
        for (int i = 0; i < size; i++) {
            slopes[i] = slopes[i] == 0 ? 0 : (support - slopes[i] + 1) / support;
        }
        return slopes;
    }

    private static boolean isAtLeast(double[] v, int j, int i) {
        return v[j] > v[i] || (v[j] == v[i] && j <= i);
    }

    private static int rank(double[] v, int from, int size, int i) {
        int rank = 0;
        for (int j = from; j < from + size; j++) {
            rank += isAtLeast(v, j, i) ? 1 : 0;
        }
        return rank;
    }

    private static double sumOfLargest(double[] v, int from, int size, int i) {
        double sum = 0;
        for (int j = from; j < from + size; j++) {
            sum += isAtLeast(v, j, i) ? v[j] : 0;
        }
        return sum;
    }
}
