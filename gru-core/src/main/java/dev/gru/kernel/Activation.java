package dev.gru.kernel;

/** The function that a dense layer applies to its sums. */
public enum Activation {
    /** The identity. */
    LINEAR,
    /** max(0, v). */
    RELU,
    /** 1 / (1 + e^−v). */
    SIGMOID,
    /** The hyperbolic tangent. */
    TANH,
    /** e^(v_i − m) / Σ_j e^(v_j − m) over the outputs of one row, where m is their maximum. */
    SOFTMAX
}
