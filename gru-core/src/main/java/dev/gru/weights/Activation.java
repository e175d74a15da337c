package dev.gru.weights;

import java.util.Objects;

/**
 * A function that a layer applies to its sums, with its parameters. Keras's {@code glu}, which halves the number of
 * features, is not among them, and PReLU, which has weights, is a layer.
 *
 * <p>NaN goes through every function, and infinity as the equations say: −∞ · 0, as in GELU and SiLU of −∞, is NaN.
 *
 * @param function which function
 * @param alpha its first parameter; 1 for a function that has none
 * @param beta its second parameter; 0 for a function that has less than two
 * @param gamma its third parameter; 0 for a function that has less than three
 */
public record Activation(Function function, float alpha, float beta, float gamma) {

    /** A function of one number, or of all features of a row, with 0 to 3 parameters. */
    public enum Function {
        /** α v + β: the identity with 1 and 0. */
        LINEAR(2),
        /** max(0, v). */
        RELU(0),
        /** 1 / (1 + e^−v). */
        SIGMOID(0),
        /** The hyperbolic tangent. */
        TANH(0),
        /** min(1, max(0, α v + β)). */
        HARD_SIGMOID(2),
        /** Of a row: e^(v_i − m) / Σ_j e^(v_j − m), where m is the maximum. */
        SOFTMAX(0),
        /** min(v, β) where v &gt; γ, else α (v − γ); α = 0 gives 0 there. β may be infinite, for no bound. */
        LEAKY_RELU(3),
        /** min(β, max(α, v)); either bound may be infinite, for none. */
        CLIP(2),
        /** v where v &gt; 0, else α (e^v − 1). */
        ELU(1),
        /** β v where v &gt; 0, else β α (e^v − 1). */
        SELU(2),
        /** v where v &gt; 0, else α (e^(v / α) − 1); α is above 0. */
        CELU(1),
        /** v Φ(v), where Φ is the normal distribution, Φ(v) = (1 + erf(v / √2)) / 2. */
        GELU(0),
        /** v (1 + tanh(√(2/π) (v + 0.044715 v³))) / 2, an approximation of GELU that many models have instead. */
        GELU_TANH(0),
        /** log(1 + e^v). */
        SOFTPLUS(0),
        /** v / (1 + |v|). */
        SOFTSIGN(0),
        /** v / (1 + e^−v), also called swish. */
        SILU(0),
        /** v min(1, max(0, α v + β)), also called hard swish. */
        HARD_SILU(2),
        /** e^v. */
        EXPONENTIAL(0),
        /** v where |v| &gt; α, else 0; α is at least 0. */
        HARD_SHRINK(1),
        /** v − α where v &gt; α, v + α where v &lt; −α, else 0; α is at least 0. */
        SOFT_SHRINK(1),
        /** v − tanh v. */
        TANH_SHRINK(0),
        /** v where v &gt; α, else β. */
        THRESHOLD(2),
        /** (v + √(v² + α)) / 2; α is at least 0. */
        SQUAREPLUS(1),
        /** −log(1 + e^−v). */
        LOG_SIGMOID(0),
        /** v tanh(log(1 + e^v)). */
        MISH(0),
        /** 0 up to −1, then (v + 1)² / 4, v from 1 on. */
        SPARSE_PLUS(0),
        /** α tanh(β v). */
        SCALED_TANH(2),
        /** Of a row: v_i − m − log Σ_j e^(v_j − m), where m is the maximum. */
        LOG_SOFTMAX(0),
        /**
         * Of a row: max(0, v_i − τ), where τ = (Σ_k≤K C_k − 1) / K, C_k is the sum of the k largest numbers, and K the
         * number of those k whose k-th largest is above (C_k − 1) / k. So Keras computes it, in every version up to
         * 3.15; the paper that the name is from has τ = (C_K − 1) / K, with which the images sum to 1.
         */
        SPARSEMAX(0);

        private final int parameters;

        Function(int parameters) {
            this.parameters = parameters;
        }

        /** Returns how many parameters it has: the first so many of alpha, beta and gamma. */
        public int parameters() {
            return parameters;
        }

        /** Returns whether it is one of all features of a row; otherwise it is one of each number. */
        public boolean isOfRow() {
            return this == SOFTMAX || this == LOG_SOFTMAX || this == SPARSEMAX;
        }
    }

    /** The identity. */
    public static final Activation LINEAR = new Activation(Function.LINEAR, 1, 0);
    /** max(0, v). */
    public static final Activation RELU = new Activation(Function.RELU, 1, 0);
    /** 1 / (1 + e^−v). */
    public static final Activation SIGMOID = new Activation(Function.SIGMOID, 1, 0);
    /** The hyperbolic tangent. */
    public static final Activation TANH = new Activation(Function.TANH, 1, 0);
    /** e^(v_i − m) / Σ_j e^(v_j − m) over the outputs of one row, where m is their maximum. */
    public static final Activation SOFTMAX = new Activation(Function.SOFTMAX, 1, 0);
    /** min(6, max(0, v)). */
    public static final Activation RELU6 = clip(0, 6);
    /** min(1, max(−1, v)). */
    public static final Activation HARD_TANH = clip(-1, 1);
    /** v where v &gt; 0, else e^v − 1. */
    public static final Activation ELU = new Activation(Function.ELU, 1, 0);
    /** SELU with the parameters of its paper, "Self-Normalizing Neural Networks" (2017), as all frameworks have it. */
    public static final Activation SELU = new Activation(Function.SELU, 1.6732632f, 1.050701f);
    /** v Φ(v), where Φ is the normal distribution. */
    public static final Activation GELU = new Activation(Function.GELU, 1, 0);
    /** GELU by tanh. */
    public static final Activation GELU_TANH = new Activation(Function.GELU_TANH, 1, 0);
    /** log(1 + e^v). */
    public static final Activation SOFTPLUS = new Activation(Function.SOFTPLUS, 1, 0);
    /** v / (1 + |v|). */
    public static final Activation SOFTSIGN = new Activation(Function.SOFTSIGN, 1, 0);
    /** v / (1 + e^−v), also called swish. */
    public static final Activation SILU = new Activation(Function.SILU, 1, 0);
    /** v min(1, max(0, v / 6 + 1/2)), also called hard swish. */
    public static final Activation HARD_SILU = new Activation(Function.HARD_SILU, 1 / 6f, 0.5f);
    /** e^v. */
    public static final Activation EXPONENTIAL = new Activation(Function.EXPONENTIAL, 1, 0);
    /** v − tanh v. */
    public static final Activation TANH_SHRINK = new Activation(Function.TANH_SHRINK, 1, 0);
    /** −log(1 + e^−v). */
    public static final Activation LOG_SIGMOID = new Activation(Function.LOG_SIGMOID, 1, 0);
    /** v tanh(log(1 + e^v)). */
    public static final Activation MISH = new Activation(Function.MISH, 1, 0);
    /** 0 up to −1, then (v + 1)² / 4, v from 1 on. */
    public static final Activation SPARSE_PLUS = new Activation(Function.SPARSE_PLUS, 1, 0);
    /** min(1, max(0, (v + 1) / 2)). */
    public static final Activation SPARSE_SIGMOID = hardSigmoid(0.5f, 0.5f);
    /** The logarithm of softmax. */
    public static final Activation LOG_SOFTMAX = new Activation(Function.LOG_SOFTMAX, 1, 0);
    /** Keras's sparsemax; see {@link Function#SPARSEMAX}. */
    public static final Activation SPARSEMAX = new Activation(Function.SPARSEMAX, 1, 0);

    /**
     * Checks the parameters.
     *
     * @throws IllegalArgumentException if one is not finite and no bound that may be infinite, is out of the range that
     *     its function says, or is not 1, 0 and 0 where the function has none
     */
    public Activation {
        Objects.requireNonNull(function, "function");
        requireUnused(function, alpha, beta, gamma);
        switch (function) {
            case LEAKY_RELU -> {
                requireFinite(alpha, gamma, "alpha and gamma");
                require(beta >= 0, function, "beta must be at least 0", beta);
            }
            case CLIP -> {
                if (!(alpha <= beta) || alpha == Float.POSITIVE_INFINITY || beta == Float.NEGATIVE_INFINITY) {
                    throw new IllegalArgumentException(
                            "CLIP must have alpha, its least value, up to beta, were " + alpha + " and " + beta);
                }
            }
            default -> {
                requireFinite(alpha, beta, "alpha and beta");
                if (function == Function.CELU) {
                    require(alpha > 0, function, "alpha must be above 0", alpha);
                }
                if (function == Function.HARD_SHRINK || function == Function.SOFT_SHRINK
                        || function == Function.SQUAREPLUS) {
                    require(alpha >= 0, function, "alpha must be at least 0", alpha);
                }
            }
        }
    }

    /** Makes a function of at most two parameters. */
    public Activation(Function function, float alpha, float beta) {
        this(function, alpha, beta, 0);
    }

    private static void requireFinite(float a, float b, String names) {
        if (!Float.isFinite(a) || !Float.isFinite(b)) {
            throw new IllegalArgumentException(names + " must be finite, were " + a + " and " + b);
        }
    }

    private static void requireUnused(Function function, float alpha, float beta, float gamma) {
        require(function.parameters >= 3 || gamma == 0, function, "gamma, which it does not have, must be 0", gamma);
        if (function.parameters == 0 && Float.isFinite(alpha) && Float.isFinite(beta) && (alpha != 1 || beta != 0)) {
            throw new IllegalArgumentException(
                    function + " has no parameters, so they must be 1 and 0, were " + alpha + " and " + beta);
        }
        require(function.parameters != 1 || beta == 0, function, "beta, which it does not have, must be 0", beta);
    }

    private static void require(boolean holds, Function function, String rule, float was) {
        if (!holds) {
            throw new IllegalArgumentException(function + ": " + rule + ", was " + was);
        }
    }

    /** Returns min(1, max(0, α v + β)). Keras has 1/6 and 0.5 (until Keras 2, and in ONNX by default, 0.2 and 0.5). */
    public static Activation hardSigmoid(float alpha, float beta) {
        return new Activation(Function.HARD_SIGMOID, alpha, beta);
    }

    /** Returns α v + β, which ONNX calls {@code Affine}. */
    public static Activation linear(float alpha, float beta) {
        return new Activation(Function.LINEAR, alpha, beta);
    }

    /** Returns v where v &gt; 0, else {@code slope} · v. */
    public static Activation leakyRelu(float slope) {
        return relu(slope, Float.POSITIVE_INFINITY, 0);
    }

    /**
     * Returns min(v, maximum) where v &gt; threshold, else slope · (v − threshold): Keras's {@code ReLU}.
     *
     * @param slope of the line up to the threshold, 0 for none
     * @param maximum at least 0; infinity for none
     * @param threshold where the function begins
     */
    public static Activation relu(float slope, float maximum, float threshold) {
        if (slope != 0 || (threshold != 0 && maximum != Float.POSITIVE_INFINITY)) {
            return new Activation(Function.LEAKY_RELU, slope, maximum, threshold);
        }
        if (threshold != 0) {
            return threshold(threshold, 0);
        }
        return maximum == Float.POSITIVE_INFINITY ? RELU : clip(0, maximum);
    }

    /** Returns min(maximum, max(minimum, v)), either of which may be infinite. */
    public static Activation clip(float minimum, float maximum) {
        return new Activation(Function.CLIP, minimum, maximum);
    }

    /** Returns v where v &gt; 0, else α (e^v − 1). */
    public static Activation elu(float alpha) {
        return new Activation(Function.ELU, alpha, 0);
    }

    /** Returns v where v &gt; 0, else α (e^v − 1), times {@code scale}. */
    public static Activation selu(float alpha, float scale) {
        return new Activation(Function.SELU, alpha, scale);
    }

    /** Returns v where v &gt; 0, else α (e^(v / α) − 1). */
    public static Activation celu(float alpha) {
        return new Activation(Function.CELU, alpha, 0);
    }

    /** Returns v min(1, max(0, α v + β)). */
    public static Activation hardSilu(float alpha, float beta) {
        return new Activation(Function.HARD_SILU, alpha, beta);
    }

    /** Returns v where |v| &gt; bound, else 0; 0.5 in Keras and PyTorch by default. */
    public static Activation hardShrink(float bound) {
        return new Activation(Function.HARD_SHRINK, bound, 0);
    }

    /** Returns v moved towards 0 by {@code bound}, but not beyond; 0.5 in Keras and PyTorch by default. */
    public static Activation softShrink(float bound) {
        return new Activation(Function.SOFT_SHRINK, bound, 0);
    }

    /** Returns v where v &gt; threshold, else {@code otherwise}, which is 0 in ONNX's {@code ThresholdedRelu}. */
    public static Activation threshold(float threshold, float otherwise) {
        return new Activation(Function.THRESHOLD, threshold, otherwise);
    }

    /** Returns (v + √(v² + b)) / 2; 4 in Keras by default. */
    public static Activation squareplus(float b) {
        return new Activation(Function.SQUAREPLUS, b, 0);
    }

    /** Returns α tanh(β v), one of ONNX's functions of a GRU. */
    public static Activation scaledTanh(float alpha, float beta) {
        return new Activation(Function.SCALED_TANH, alpha, beta);
    }

    /** Returns whether the function is the identity. */
    public boolean isIdentity() {
        return function == Function.LINEAR && alpha == 1 && beta == 0;
    }

    /** Returns the function's name, and its parameters if they are not 1 and 0. */
    @Override
    public String toString() {
        if (function.parameters == 0 || (alpha == 1 && beta == 0 && gamma == 0)) {
            return function.name();
        }
        return function + switch (function.parameters) {
            case 1 -> "(" + alpha + ")";
            case 2 -> "(" + alpha + ", " + beta + ")";
            default -> "(" + alpha + ", " + beta + ", " + gamma + ")";
        };
    }
}
