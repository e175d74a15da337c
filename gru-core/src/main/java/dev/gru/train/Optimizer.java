package dev.gru.train;

/**
 * Changes parameters along their gradients.
 *
 * <p>An optimizer belongs to the parameters that it was first given, of which it keeps averages. Not safe for use by two
 * threads at once.
 */
public sealed interface Optimizer permits Adam, Sgd {
    /**
     * Makes one step.
     *
     * @param parameters what is changed
     * @param gradients the derivatives of the loss, which are not changed
     * @throws IllegalArgumentException if the gradients are not of such parameters, or the parameters have other arrays than
     *     those of the step before; then nothing is changed
     */
    void step(Parameters parameters, Gradients gradients);
}
