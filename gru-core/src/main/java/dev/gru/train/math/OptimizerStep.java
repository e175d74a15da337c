package dev.gru.train.math;

import dev.gru.kernel.training.TrainingKernel;

/**
 * An {@link OptimizerFormula} with the numbers of one step, for arrays of doubles and of floats. It changes every
 * element by itself, so the results do not depend on how arrays are cut into ranges.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public interface OptimizerStep {
    /** More than what rounding to floats makes of the few operations of a step. */
    double ROUNDING = 1 + 0x1p-16;

    /**
     * Changes an array.
     *
     * @param p the parameters
     * @param g their gradients
     * @param squares stands for the squares of the gradients, if {@link OptimizerFormula#usesSquaresOfTerms}, or is
     *     null for the squares themselves
     * @param kept the values that are kept of them
     */
    void update(double[] p, double[] g, double[] squares, double[][] kept);

    /**
     * Changes some elements.
     *
     * @param kernel the arithmetic
     * @param count how many elements, a multiple of {@link TrainingKernel#PADDING}
     * @param p the parameters
     * @param kept the values that are kept of them
     * @param at the first of both
     * @param g the gradients
     * @param squares as for doubles
     * @param from the first gradient
     * @param scale factor of the gradients, and twice of what stands for their squares
     * @return the largest size among the new parameters and values that are kept; NaN if one of them is
     */
    float update(TrainingKernel kernel, int count, float[] p, float[][] kept, int at, float[] g, float[] squares,
            int from, float scale);

    /** Does the same, bit for bit, where all gradients are 0, without reading them. */
    float updateWithoutGradient(TrainingKernel kernel, int count, float[] p, float[][] kept, int at);

    /**
     * Returns how far from 0 a parameter, and whatever is computed on the way, is at most after a step without a
     * gradient; what is kept of it does not grow in such a step.
     *
     * @param p how far it was at most
     * @param kept how far what is kept of it is at most, none of which stands for a square and is negative
     */
    double reach(double p, double kept);
}
