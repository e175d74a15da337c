package dev.gru.train.math;

/**
 * The numbers of alpha dropout (Klambauer et al. 2017), which keeps the mean 0 and the variance 1 of what {@code selu}
 * returns: with probability p a value becomes α' = −α λ, the least value of selu, and then all become a v + b, where
 *
 * <pre>
 * a = 1 / √((1 − p) (1 + p α'²)),   b = −a p α'
 * </pre>
 *
 * @param p the probability
 */
public record AlphaDropout(double p) {
    /** α' = −α λ. */
    private static final double DROPPED = -1.6732632423543772 * 1.0507009873554805;

    /** Returns a, which values that are kept are multiplied by. */
    public double factor() {
        return 1 / Math.sqrt((1 - p) * (1 + p * DROPPED * DROPPED));
    }

    /** Returns b, which is added to them. */
    public double summand() {
        return -factor() * p * DROPPED;
    }

    /** Returns what values that are dropped become: a α' + b. */
    public double summandOfDropped() {
        return factor() * DROPPED + summand();
    }
}
