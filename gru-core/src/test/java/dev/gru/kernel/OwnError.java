package dev.gru.kernel;

import java.util.stream.DoubleStream;

import dev.gru.kernel.math.Approximations;
import dev.gru.kernel.math.Exponential;
import dev.gru.weights.Activation;

/** How the functions without a rule of their own in {@link ErrorBound} carry an error on, and what they add to it. */
public final class OwnError {
    private static final double U = 0x1p-24;

    private OwnError() {
    }

    /** Returns the largest slope of a function, but for its steps, of numbers that are at most {@code largest}. */
    static double steepest(Activation activation, double largest) {
        double alpha = Math.abs(activation.alpha());
        double beta = Math.abs(activation.beta());
        return switch (activation.function()) {
            case ELU, LEAKY_RELU -> Math.max(1, alpha);
            case SELU -> beta * Math.max(1, alpha);
            case CELU, CLIP, SOFTPLUS, LOG_SIGMOID, SOFTSIGN, SOFT_SHRINK, HARD_SHRINK, THRESHOLD, SQUAREPLUS,
                    SPARSE_PLUS, TANH_SHRINK ->
                1;
            // At √2, −2.4 and −1.2 from the inflection.
            case GELU, GELU_TANH, SILU, MISH -> 1.15;
            // σ + α v of it, where σ is at most 1 and α v at most 1 + β.
            case HARD_SILU -> 2 + beta;
            case EXPONENTIAL -> Math.exp(largest);
            case SCALED_TANH -> alpha * beta;
            default -> throw new AssertionError(activation);
        };
    }

    /** Returns how far a function of a float v is off, at most, for |v| ≤ largest. */
    public static double of(Activation activation, double largest) {
        double alpha = Math.abs(activation.alpha());
        double beta = Math.abs(activation.beta());
        return switch (activation.function()) {
            case CLIP, HARD_SHRINK, THRESHOLD -> 0;
            // A difference and a product.
            case LEAKY_RELU -> 2 * U * Math.max(1, alpha) * (largest + Math.abs(activation.gamma()));
            // The error of e^v − 1, of v / α before it, and a product.
            case ELU, CELU, SELU -> Math.max(1, beta)
                    * (alpha * (Approximations.EXPM1_ERROR + 3 * U) + 2 * U * largest);
            case SOFTPLUS, LOG_SIGMOID -> Approximations.SOFTPLUS_ERROR * Math.max(1, largest);
            case GELU, GELU_TANH -> Approximations.GELU_ERROR * Math.max(1, largest);
            case SILU, MISH -> Approximations.SILU_ERROR * Math.max(1, largest);
            // The line, whose error v multiplies, and a product.
            case HARD_SILU -> U * largest * (3 + beta);
            case EXPONENTIAL -> (Approximations.EXP_ERROR + 2.8e-9 * largest) * Math.exp(largest) + 0x1p-149;
            // tanh, β v before it, and a product.
            case SCALED_TANH -> alpha * (Exponential.TANH_ERROR + 2 * U);
            // A sum and a quotient.
            case SOFTSIGN -> 2 * U;
            // In double, rounded once.
            case SOFT_SHRINK, TANH_SHRINK, SQUAREPLUS, SPARSE_PLUS -> U * (largest + 1 + alpha);
            default -> throw new AssertionError(activation);
        };
    }

    /** Returns where a function jumps. */
    static DoubleStream steps(Activation activation) {
        return switch (activation.function()) {
            case HARD_SHRINK -> DoubleStream.of(-activation.alpha(), activation.alpha());
            case THRESHOLD -> DoubleStream.of(activation.alpha());
            case LEAKY_RELU -> activation.gamma() == 0
                    ? DoubleStream.empty()
                    : DoubleStream.of(activation.gamma());
            default -> DoubleStream.empty();
        };
    }
}
