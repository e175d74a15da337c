package dev.gru.train.reference;

import java.util.Arrays;

/**
 * Dropout in training, as in Keras: each feature of each step is kept with probability 1 − rate, independently and anew
 * in every pass, and then divided by that, so that its expectation is unchanged.
 */
final class ScalarDropout implements ScalarLayer {
    private final double rate;
    /** What each feature was multiplied by: 0 or 1 / (1 − rate). */
    private double[] factor;

    ScalarDropout(double rate) {
        this.rate = rate;
    }

    /** y = factor ⊙ x. */
    @Override
    public ScalarFeatures forward(ScalarFeatures x, Pass pass) {
        factor = new double[x.values.length];
        if (pass.random() == null || rate == 0) {
            Arrays.fill(factor, 1);
        } else {
            for (int i = 0; i < factor.length; i++) {
                factor[i] = pass.random().nextDouble() < rate ? 0 : 1 / (1 - rate);
            }
        }
        return x.with(x.size, product(x.values));
    }

    /** dx = factor ⊙ dy. */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        return product(dy);
    }

    private double[] product(double[] v) {
        double[] product = new double[v.length];
        for (int i = 0; i < v.length; i++) {
            product[i] = factor[i] * v[i];
        }
        return product;
    }
}
