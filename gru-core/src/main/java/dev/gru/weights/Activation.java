package dev.gru.weights;

import java.util.Objects;

/**
 * A function that a layer applies to its sums, with its parameters.
 *
 * @param function which function
 * @param alpha its first parameter; 1 for a function that has none
 * @param beta its second parameter; 0 for a function that has none
 */
public record Activation(Function function, float alpha, float beta) {

    /** A function of one number, or, in the case of softmax, of a row of them. */
    public enum Function {
        /** α v + β: the identity with 1 and 0. */
        LINEAR,
        /** max(0, v). */
        RELU,
        /** 1 / (1 + e^−v). */
        SIGMOID,
        /** The hyperbolic tangent. */
        TANH,
        /** min(1, max(0, α v + β)). */
        HARD_SIGMOID,
        /** e^(v_i − m) / Σ_j e^(v_j − m) over the outputs of one row, where m is their maximum. */
        SOFTMAX
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

    /**
     * Checks the parameters.
     *
     * @throws IllegalArgumentException if one is not finite, or not 1 and 0 for a function that has none
     */
    public Activation {
        Objects.requireNonNull(function, "function");
        if (!Float.isFinite(alpha) || !Float.isFinite(beta)) {
            throw new IllegalArgumentException("alpha and beta must be finite, were " + alpha + " and " + beta);
        }
        if (function != Function.LINEAR && function != Function.HARD_SIGMOID && (alpha != 1 || beta != 0)) {
            throw new IllegalArgumentException(
                    function + " has no parameters, so they must be 1 and 0, were " + alpha + " and " + beta);
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

    /** Returns whether the function is the identity. */
    public boolean isIdentity() {
        return function == Function.LINEAR && alpha == 1 && beta == 0;
    }

    /** Returns the function's name, and its parameters if they are not 1 and 0. */
    @Override
    public String toString() {
        return function + (alpha == 1 && beta == 0 ? "" : "(" + alpha + ", " + beta + ")");
    }
}
