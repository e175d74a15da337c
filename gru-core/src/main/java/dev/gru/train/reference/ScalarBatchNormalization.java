package dev.gru.train.reference;

import java.util.Arrays;

import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.train.math.BatchMoments;
import dev.gru.train.math.Parameters;

/**
 * A {@link BatchNormalization} layer in training. In a pass that draws, mean and variance are those of the steps of the
 * batch that are not masked; in others, the moving averages:
 *
 * <pre>
 * x̂ = (x − mean) / √(variance + ε)
 * y = gamma ⊙ x̂ + beta
 * </pre>
 */
final class ScalarBatchNormalization implements ScalarLayer {
    private final BatchNormalization layer;
    private final int size;
    private ScalarFeatures x;
    private double[] normalized;
    private double[] gamma;
    private boolean training;
    private double[] mean;
    private double[] variance;
    /** What the steps that count are divided by in means, which Keras makes a little more where there is a mask. */
    private double divisor;

    ScalarBatchNormalization(BatchNormalization layer) {
        this.layer = layer;
        size = layer.size();
    }

    private String name(String array) {
        return layer.name() + "/" + array;
    }

    private double[] parameter(Parameters parameters, String array, boolean there, double otherwise) {
        if (there) {
            return parameters.get(name(array));
        }
        double[] same = new double[size];
        Arrays.fill(same, otherwise);
        return same;
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        training = pass.random() != null;
        gamma = parameter(pass.parameters(), "gamma", layer.learnt().scales(), 1);
        double[] beta = parameter(pass.parameters(), "beta", layer.learnt().centers(), 0);
        if (training) {
            findMoments();
        } else {
            mean = pass.parameters().get(name("moving_mean"));
            variance = pass.parameters().get(name("moving_variance"));
        }
        normalized = new double[x.values.length];
        double[] y = new double[x.values.length];
        for (int j = 0; j < y.length; j++) {
            int i = j % size;
            normalized[j] = (x.values[j] - mean[i]) / Math.sqrt(variance[i] + layer.epsilon());
            y[j] = gamma[i] * normalized[j] + beta[i];
        }
        return x.with(size, y);
    }

    private void findMoments() {
        int count = 0;
        for (int step = 0; step < x.count(); step++) {
            count += x.counts(step) ? 1 : 0;
        }
        divisor = BatchMoments.divisor(count, x.mask != null);
        mean = new double[size];
        variance = new double[size];
        for (int j = 0; j < x.values.length; j++) {
            mean[j % size] += x.counts(j / size) ? x.values[j] / divisor : 0;
        }
        for (int j = 0; j < x.values.length; j++) {
            double difference = x.values[j] - mean[j % size];
            variance[j % size] += x.counts(j / size) ? difference * difference / divisor : 0;
        }
    }

    /**
     * dgamma += dy ⊙ x̂, dbeta += dy, and with dx̂ = dy ⊙ gamma and D the divisor of the means
     *
     * <pre>
     * dx = dx̂ / √(variance + ε) + (dvariance · 2 (x − mean) + dmean) / D      the latter for steps that count
     * dvariance = −½ Σ dx̂ ⊙ x̂ / (variance + ε)
     * dmean = −Σ dx̂ / √(variance + ε) − dvariance · 2 / D · Σ (x − mean)      the last sum over steps that count
     * </pre>
     */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[dy.length];
        for (int i = 0; i < size; i++) {
            double deviation = Math.sqrt(variance[i] + layer.epsilon());
            double sum = 0;
            double sumOfProducts = 0;
            double sumOfDifferences = 0;
            for (int j = i; j < dy.length; j += size) {
                sum += dy[j];
                sumOfProducts += dy[j] * normalized[j];
                sumOfDifferences += x.counts(j / size) ? x.values[j] - mean[i] : 0;
            }
            if (layer.learnt().scales()) {
                gradients.get(name("gamma"))[i] += sumOfProducts;
            }
            if (layer.learnt().centers()) {
                gradients.get(name("beta"))[i] += sum;
            }
            double dVariance = -0.5 * gamma[i] * sumOfProducts / (deviation * deviation);
            double dMean = -gamma[i] * sum / deviation - dVariance * 2 / divisor * sumOfDifferences;
            for (int j = i; j < dy.length; j += size) {
                dx[j] = dy[j] * gamma[i] / deviation;
                if (training && x.counts(j / size)) {
                    dx[j] += (dVariance * 2 * (x.values[j] - mean[i]) + dMean) / divisor;
                }
            }
        }
        return dx;
    }

    /** moving = moving · momentum + batch · (1 − momentum), with the moments of the last pass, if one in training. */
    void moveAverages(Parameters parameters) {
        if (training) {
            move(parameters.get(name("moving_mean")), mean);
            move(parameters.get(name("moving_variance")), variance);
        }
    }

    private void move(double[] moving, double[] batch) {
        for (int i = 0; i < size; i++) {
            moving[i] = moving[i] * layer.momentum() + batch[i] * (1.0 - layer.momentum());
        }
    }
}
