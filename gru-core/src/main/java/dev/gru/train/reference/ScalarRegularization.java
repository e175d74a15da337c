package dev.gru.train.reference;

import java.util.random.RandomGenerator;

import dev.gru.layer.Regularization;
import dev.gru.train.math.AlphaDropout;

/**
 * A {@link Regularization} layer that draws in training, as in Keras, y = factor ⊙ x + summand, with p its amount and N
 * a normal number:
 *
 * <pre>
 * SPATIAL_DROPOUT1D   factor 0 with probability p, else 1 / (1 − p), the same in all steps of a row
 * GAUSSIAN_NOISE      summand p N
 * GAUSSIAN_DROPOUT    factor 1 + √(p / (1 − p)) N
 * ALPHA_DROPOUT       with probability p, x is replaced by α', and a x + b of that, as {@link AlphaDropout} has them
 * </pre>
 */
final class ScalarRegularization implements ScalarLayer {
    private final Regularization layer;
    private double[] factor;

    ScalarRegularization(Regularization layer) {
        this.layer = layer;
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures x, Pass pass) {
        factor = new double[x.values.length];
        double[] y = new double[x.values.length];
        double[] ofRow = new double[x.size];
        for (int j = 0; j < y.length; j++) {
            double summand = 0;
            factor[j] = 1;
            RandomGenerator random = pass.random();
            double p = layer.amount();
            if (random != null) {
                switch (layer.kind()) {
                    case SPATIAL_DROPOUT1D -> {
                        if (j / x.size % x.steps == 0) {
                            ofRow[j % x.size] = random.nextDouble() < p ? 0 : 1 / (1 - p);
                        }
                        factor[j] = ofRow[j % x.size];
                    }
                    case GAUSSIAN_NOISE -> summand = p * random.nextGaussian();
                    case GAUSSIAN_DROPOUT -> factor[j] = 1 + Math.sqrt(p / (1 - p)) * random.nextGaussian();
                    case ALPHA_DROPOUT -> {
                        AlphaDropout alpha = new AlphaDropout(p);
                        boolean dropped = random.nextDouble() < p;
                        factor[j] = dropped ? 0 : alpha.factor();
                        summand = dropped ? alpha.summandOfDropped() : alpha.summand();
                    }
                    case ACTIVITY_REGULARIZATION -> throw new AssertionError("draws nothing");
                }
            }
            y[j] = factor[j] * x.values[j] + summand;
        }
        return x.with(x.size, y);
    }

    /** dx = factor ⊙ dy. */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[dy.length];
        for (int j = 0; j < dx.length; j++) {
            dx[j] = factor[j] * dy[j];
        }
        return dx;
    }
}
