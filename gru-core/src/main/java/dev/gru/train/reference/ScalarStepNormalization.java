package dev.gru.train.reference;

import java.util.Arrays;

import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.UnitNormalization;
import dev.gru.layer.Normalization;
import dev.gru.train.math.Parameters;

/**
 * A layer in training that normalises the features of each step by themselves:
 *
 * <pre>
 * LayerNormalization   y = gamma ⊙ x̂ + beta, x̂ = (x − mean) / s, s = √(variance + ε)
 * UnitNormalization    y = x̂, x̂ = x / s, s = max(√Σ x², 10⁻⁶)
 * </pre>
 */
final class ScalarStepNormalization implements ScalarLayer {
    private static final double LEAST_NORM = 1e-6;

    /** Null for unit normalization. */
    private final LayerNormalization layer;
    private ScalarFeatures x;
    private double[] normalized;
    /** s of each step. */
    private double[] deviations;
    private double[] gamma;

    ScalarStepNormalization(Normalization layer) {
        this.layer = switch (layer) {
            case LayerNormalization learnt -> learnt;
            case UnitNormalization _ -> null;
            default -> throw new AssertionError(layer);
        };
    }

    private boolean scales() {
        return layer != null && layer.learnt().scales();
    }

    private boolean centers() {
        return layer != null && layer.learnt().centers();
    }

    private String name(String array) {
        return layer.name() + "/" + array;
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        gamma = new double[x.size];
        Arrays.fill(gamma, 1);
        gamma = scales() ? pass.parameters().get(name("gamma")) : gamma;
        double[] beta = centers() ? pass.parameters().get(name("beta")) : new double[x.size];
        normalized = new double[x.values.length];
        deviations = new double[x.count()];
        double[] y = new double[x.values.length];
        for (int step = 0; step < x.count(); step++) {
            double mean = layer == null ? 0 : mean(x.values, step);
            double squares = 0;
            for (int j = step * x.size; j < (step + 1) * x.size; j++) {
                squares += (x.values[j] - mean) * (x.values[j] - mean);
            }
            deviations[step] = layer == null
                    ? Math.max(Math.sqrt(squares), LEAST_NORM)
                    : Math.sqrt(squares / x.size + layer.epsilon());
            for (int i = 0; i < x.size; i++) {
                int j = step * x.size + i;
                normalized[j] = (x.values[j] - mean) / deviations[step];
                y[j] = gamma[i] * normalized[j] + beta[i];
            }
        }
        return x.with(x.size, y);
    }

    private double mean(double[] v, int step) {
        double sum = 0;
        for (int j = step * x.size; j < (step + 1) * x.size; j++) {
            sum += v[j];
        }
        return sum / x.size;
    }

    /**
     * dgamma += dy ⊙ x̂, dbeta += dy, and with dx̂ = dy ⊙ gamma
     *
     * <pre>
     * LayerNormalization   dx = (dx̂ − mean(dx̂) − x̂ mean(dx̂ ⊙ x̂)) / s
     * UnitNormalization    dx = (dx̂ − x̂ Σ dx̂ ⊙ x̂) / s, or dx̂ / s where s is 10⁻⁶
     * </pre>
     */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[dy.length];
        for (int step = 0; step < x.count(); step++) {
            double sum = 0;
            double sumOfProducts = 0;
            for (int i = 0; i < x.size; i++) {
                int j = step * x.size + i;
                dx[j] = dy[j] * gamma[i];
                sum += dx[j];
                sumOfProducts += dx[j] * normalized[j];
                if (scales()) {
                    gradients.get(name("gamma"))[i] += dy[j] * normalized[j];
                }
                if (centers()) {
                    gradients.get(name("beta"))[i] += dy[j];
                }
            }
            double ofAll = layer == null ? 0 : sum / x.size;
            double ofNormalized = layer == null
                    ? deviations[step] > LEAST_NORM ? sumOfProducts : 0
                    : sumOfProducts / x.size;
            for (int j = step * x.size; j < (step + 1) * x.size; j++) {
                dx[j] = (dx[j] - ofAll - normalized[j] * ofNormalized) / deviations[step];
            }
        }
        return dx;
    }
}
