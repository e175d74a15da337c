package dev.gru.train.math;

/**
 * An {@link OptimizerFormula} with the numbers of one step, for arrays of doubles and of floats. It changes every
 * element by itself, so the results do not depend on how arrays are cut into ranges.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public interface OptimizerStep {
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
     * Changes a range of an array.
     *
     * @param p the parameters
     * @param g their gradients
     * @param scale factor of the gradients
     * @param kept the values that are kept of them
     * @param from first element of the range
     * @param to the one behind the last
     */
    void update(float[] p, float[] g, float scale, float[][] kept, int from, int to);

    /**
     * Does the same with other numbers instead of the squares of the gradients; these are multiplied by the scale
     * twice.
     */
    void update(float[] p, float[] g, float[] squares, float scale, float[][] kept, int from, int to);

    /** Does the same, bit for bit, where all gradients are 0, without reading them. */
    void updateWithoutGradient(float[] p, float[][] kept, int from, int to);
}
