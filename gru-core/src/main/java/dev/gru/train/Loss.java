package dev.gru.train;

import java.util.Optional;

import dev.gru.train.math.LossFunction;
import dev.gru.weights.Activation;

/**
 * How far outputs are from {@link Targets}: a number for each step, and its mean over steps. With the loss ℓ of a step,
 * its weight w, and N steps that no mask leaves out, it is
 *
 * <pre>
 * L = Σ w ℓ / N
 * </pre>
 *
 * which is 0 if N is. That is Keras's {@code sum_over_batch_size}: weights do not change what is divided by, and padded
 * steps are in the mean unless the targets have a mask that leaves them out.
 *
 * <p>The cross entropies are computed together with the function that the model ends with, from the sums v that go into
 * it: they are exact where a probability would be rounded to 0 or 1. (Keras, where it has probabilities only, cuts them
 * at 1e-7.)
 */
public enum Loss {
    /**
     * Of a class, for a model that ends with softmax, p = softmax(v): ℓ = −Σ_i t_i log p_i = Σ_i t_i (log Σ_j e^v_j −
     * v_i). Targets are labels, or probabilities of the classes, such as one-hot ones.
     */
    CATEGORICAL_CROSS_ENTROPY(LossFunction.CATEGORICAL_CROSS_ENTROPY),

    /**
     * Of yes-or-no questions, for a model that ends with σ, p = σ(v): the mean over the outputs of
     * −t log p − (1 − t) log(1 − p) = max(v, 0) − v t + log(1 + e^−|v|). Targets are values from 0 to 1.
     */
    BINARY_CROSS_ENTROPY(LossFunction.BINARY_CROSS_ENTROPY),

    /** The mean over the outputs of (y − t)². Targets are values. */
    MEAN_SQUARED_ERROR(LossFunction.MEAN_SQUARED_ERROR);

    private final LossFunction arithmetic;

    Loss(LossFunction arithmetic) {
        this.arithmetic = arithmetic;
    }

    /** Returns the function that a model must end with, or nothing if it may be any. */
    public Optional<Activation.Function> function() {
        return arithmetic.function();
    }

    LossFunction arithmetic() {
        return arithmetic;
    }
}
