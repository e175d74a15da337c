package dev.gru.kernel.training;

import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/**
 * The recurrence of a GRU layer in training, one step at a time for some rows, forward and backward, without the
 * products of the inputs: these are one product over all steps.
 *
 * <p>A row of gates has four parts of as many elements as there are units, padding included: n, r, z and q, which is
 * W_hn h + b_hn if the reset gate comes after that product ({@link GruVariant#RESET_AFTER}), or else r ⊙ h or r ⊙ c,
 * which goes into it. Before {@link #forward} the first three hold W_i x + b_i. {@link #backward} replaces them by the
 * derivatives of the sums that n, r and z are functions of; and q by its own, if it is an output of the product. With
 * other activations than the usual ones there are three parts more: the slopes of n, r and z. A row of states is h and,
 * with {@link GruVariant#DUAL_STATE}, c behind it.
 *
 * <p>Owns its scratch memory and allocates nothing per call. Not safe for use by two threads at once.
 */
public interface GruTrainingCell {
    /** Returns the number of parts of a row of gates. */
    static int parts(GruActivations activations) {
        return activations.areStandard() ? 4 : 7;
    }

    /**
     * The weights that act on the state. The arrays are read at every call, so their values may be changed between
     * calls.
     *
     * @param variant which recurrence
     * @param activations its functions
     * @param units units without padding
     * @param padded units with padding
     * @param weights a row for each unit of the state, of the weights of r, z and n, each part padded
     * @param bias one row like these, for all rows: its stride is 0
     * @param transposed a padded row for each element of a row of the weights
     */
    record Weights(GruVariant variant, GruActivations activations, int units, int padded, Rows weights, Rows bias,
            Rows transposed) {
    }

    /**
     * Computes a step.
     *
     * @param rows how many rows
     * @param gates the products of the inputs; replaced by the gates
     * @param states the states before the step
     * @param nextStates takes those after it; must not overlap the states
     */
    void forward(int rows, Rows gates, Rows states, Rows nextStates);

    /**
     * Computes the backward pass of a step.
     *
     * @param rows how many rows
     * @param gates the gates; replaced by derivatives
     * @param states the states before the step
     * @param dOutputs the derivatives of the loss with respect to the outputs h
     * @param dStates those with respect to the states after the step, but for what comes through the outputs; replaced
     *     by those with respect to the states before it
     */
    void backward(int rows, Rows gates, Rows states, Rows dOutputs, Rows dStates);
}
