package dev.gru.train;

import java.util.List;

/**
 * The formula of an {@link Optimizer} with the numbers of one step, for arrays of doubles and of floats. It acts on every
 * element by itself, so what is computed does not depend on how arrays are cut into ranges.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
interface OptimizerStep {
    /** Returns the numbers of step {@code number}, from 1 on. */
    static OptimizerStep of(Optimizer optimizer, double learningRate, long number) {
        return switch (optimizer) {
            case Adam adam -> new Adam.Step(adam, learningRate, number);
            case Sgd sgd -> new Sgd.Step(sgd, learningRate);
        };
    }

    /** Returns whether tables need the squares of the terms of their gradients. */
    static boolean wantsSquares(Optimizer optimizer) {
        return optimizer instanceof Adam adam && adam.squaresOfTerms();
    }

    /** Returns what an optimizer keeps for every parameter, in the order of the steps' arguments. It is 0 at first. */
    static List<String> kept(Optimizer optimizer) {
        return switch (optimizer) {
            case Adam _ -> List.of("m", "v");
            case Sgd _ -> List.of("m");
        };
    }

    /**
     * Changes an array.
     *
     * @param p the parameters
     * @param g their gradients
     * @param squares what stands for their squares, if {@link #wantsSquares}, or null for the squares themselves
     * @param kept what is kept of them
     */
    void update(double[] p, double[] g, double[] squares, double[][] kept);

    /**
     * Changes a range of an array.
     *
     * @param p the parameters
     * @param g their gradients
     * @param scale what gradients are multiplied by before anything else
     * @param kept what is kept of them
     * @param from first element of the range
     * @param to the one behind the last
     */
    void update(float[] p, float[] g, float scale, float[][] kept, int from, int to);

    /** Does the same with other numbers instead of the squares of the gradients; those are multiplied by the scale twice. */
    void update(float[] p, float[] g, float[] squares, float scale, float[][] kept, int from, int to);

    /** Does the same, bit for bit, where all gradients are 0, without reading them. */
    void updateWithoutGradient(float[] p, float[][] kept, int from, int to);
}
