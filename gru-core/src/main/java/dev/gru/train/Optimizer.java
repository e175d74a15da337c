package dev.gru.train;

/**
 * How parameters are changed along their gradients: a formula and its numbers. Immutable and safe for use by any number of
 * threads; what an optimizer keeps from step to step is elsewhere, in {@link ScalarOptimizerState} for the reference.
 */
public sealed interface Optimizer permits Adam, Sgd {
    /** Returns lr, the learning rate that steps have unless something else is asked for. */
    double learningRate();
}
