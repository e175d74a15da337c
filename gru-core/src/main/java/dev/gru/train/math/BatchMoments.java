package dev.gru.train.math;

/** What Keras's batch normalization divides by. */
public final class BatchMoments {
    /** What Keras adds to the number of steps where there is a mask, so that none of them make no NaN. */
    private static final double EPSILON = 1e-7;

    private BatchMoments() {
    }

    /**
     * Returns the divisor of the mean and the variance of a batch.
     *
     * @param count steps that count
     * @param masked whether there is a mask, even if it leaves no step out
     */
    public static double divisor(long count, boolean masked) {
        return masked ? count + EPSILON : count;
    }
}
