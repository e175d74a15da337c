package dev.gru.train.math;

import java.util.List;

/** The formula of an optimizer with its numbers. Immutable and safe for use by any number of threads. */
public sealed interface OptimizerFormula permits AdamFormula, SgdFormula {
    /**
     * Returns the names of the values that it keeps for every parameter, in the order of the steps' arguments. All
     * begin at 0.
     */
    List<String> kept();

    /** Returns whether, for the tables of embeddings, it takes the squares of the terms that gradients are sums of. */
    boolean usesSquaresOfTerms();

    /**
     * Returns the formula with the numbers of one step.
     *
     * @param learningRate lr
     * @param number which step, from 1 on
     */
    OptimizerStep step(double learningRate, long number);
}
