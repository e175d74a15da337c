package dev.gru.weights;

import dev.gru.internal.Shapes;

/**
 * Which of the recurrences that go by the name of GRU a layer computes. All of them share
 *
 * <pre>
 * r = σ(W_ir x + b_ir + W_hr h + b_hr)
 * z = σ(W_iz x + b_iz + W_hz h + b_hz)
 * </pre>
 *
 * where σ and tanh stand for the functions of {@link GruActivations}.
 */
public enum GruVariant {
    /**
     * The reset gate acts on the product, so one product serves all three gates:
     *
     * <pre>
     * n  = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))
     * h' = (1 − z) ⊙ n + z ⊙ h
     * </pre>
     *
     * Keras's default, PyTorch, cuDNN, and ONNX with {@code linear_before_reset=1}.
     */
    RESET_AFTER,

    /**
     * The reset gate acts on the state, before the product:
     *
     * <pre>
     * n  = tanh(W_in x + b_in + W_hn (r ⊙ h) + b_hn)
     * h' = (1 − z) ⊙ n + z ⊙ h
     * </pre>
     *
     * Cho et al., <a href="https://arxiv.org/abs/1406.1078">Learning Phrase Representations using RNN Encoder-Decoder
     * for Statistical Machine Translation</a> (2014); the default of ONNX, and Keras with {@code reset_after=False}.
     */
    RESET_BEFORE,

    /**
     * A recurrence with a cell c beside h, as one article on GRUs prints it:
     *
     * <pre>
     * n  = tanh(W_in x + b_in + W_hn (r ⊙ c) + b_hn)
     * c' = z ⊙ c + (1 − z) ⊙ n
     * h' = n ⊙ σ(r) + (1 − r) ⊙ h
     * </pre>
     *
     * No framework computes this: the published GRU has one state, and its output is the state. The code beside that
     * text runs Keras's GRU, which is {@link #RESET_AFTER}. The printed form is kept for those who want to follow it.
     */
    DUAL_STATE;

    /**
     * The number of floats that one stream carries from step to step.
     *
     * @param hiddenSize the number of units, at least 1
     * @return {@code hiddenSize}, or twice that for {@link #DUAL_STATE}, whose state is h followed by c
     * @throws IllegalArgumentException if {@code hiddenSize} is below 1, or no array holds the state
     */
    public int stateSize(int hiddenSize) {
        int parts = this == DUAL_STATE ? 2 : 1;
        return parts * Shapes.requireFrom1To("hiddenSize", hiddenSize, Shapes.MAX_ARRAY / parts);
    }
}
