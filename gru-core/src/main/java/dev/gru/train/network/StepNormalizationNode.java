package dev.gru.train.network;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.UnitNormalization;
import dev.gru.layer.Normalization;

/**
 * A layer in training that normalises the features of each step by themselves:
 *
 * <pre>
 * LayerNormalization   y = gamma ⊙ x̂ + beta, x̂ = (x − mean) / s, s = √(variance + ε)
 * UnitNormalization    y = x̂, x̂ = x / s, s = max(√Σ x², 10⁻⁶)
 * </pre>
 */
final class StepNormalizationNode extends Node {
    private static final double LEAST_NORM = 1e-6;

    /** Null for unit normalization. */
    private final LayerNormalization layer;
    /** Null if there is none. */
    private final WeightArray gamma;
    private final WeightArray beta;

    StepNormalizationNode(Normalization layer) {
        this.layer = switch (layer) {
            case LayerNormalization learnt -> learnt;
            case UnitNormalization _ -> null;
            default -> throw new AssertionError(layer);
        };
        gamma = this.layer != null && this.layer.learnt().scales() ? array("gamma") : null;
        beta = this.layer != null && this.layer.learnt().centers() ? array("beta") : null;
    }

    private WeightArray array(String array) {
        return WeightArray.vectors(layer.name() + "/" + array, 1, layer.size());
    }

    @Override
    List<WeightArray> arrays() {
        return Stream.of(gamma, beta).filter(array -> array != null).toList();
    }

    @Override
    Pass newPass() {
        return new StepPass();
    }

    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        if (gamma != null || beta != null) {
            addProducts(passes.stream().map(pass -> ((StepPass) pass).products()).toList(), kernel, tasks);
        }
    }

    private final class StepPass extends Pass {
        private Features x;
        private int stride;
        private float[] normalized;
        private double[] deviations = new double[0];
        private float[] y;
        private Rows d;
        private float[] dProducts;
        private float[] dx;

        @Override
        Features forward(Features in, Context context) {
            x = in;
            stride = TrainingKernel.padded(x.size);
            normalized = room(normalized, (long) x.count() * stride);
            y = room(y, (long) x.count() * stride);
            deviations = deviations.length < x.count() ? new double[x.count()] : deviations;
            for (int index = 0; index < x.count(); index++) {
                double mean = layer == null ? 0 : mean(index);
                double squares = 0;
                for (int i = 0; i < x.size; i++) {
                    double difference = x.get(index, i) - mean;
                    squares += difference * difference;
                }
                deviations[index] = layer == null
                        ? Math.max(Math.sqrt(squares), LEAST_NORM)
                        : Math.sqrt(squares / x.size + layer.epsilon());
                for (int i = 0; i < x.size; i++) {
                    int at = index * stride + i;
                    normalized[at] = (float) ((x.get(index, i) - mean) / deviations[index]);
                    y[at] = (gamma == null ? normalized[at] : gamma.values()[i] * normalized[at])
                            + (beta == null ? 0 : beta.values()[i]);
                }
            }
            return x.with(x.size, new Rows(y, 0, stride));
        }

        private double mean(int index) {
            double sum = 0;
            for (int i = 0; i < x.size; i++) {
                sum += x.get(index, i);
            }
            return sum / x.size;
        }

        /**
         * With dx̂ = dy ⊙ gamma
         *
         * <pre>
         * LayerNormalization   dx = (dx̂ − mean(dx̂) − x̂ mean(dx̂ ⊙ x̂)) / s
         * UnitNormalization    dx = (dx̂ − x̂ Σ dx̂ ⊙ x̂) / s, or dx̂ / s where s is 10⁻⁶
         * </pre>
         */
        @Override
        Rows backward(Rows dy, boolean wanted) {
            d = dy;
            dProducts = zeros(dProducts, gamma == null ? 0 : (long) x.count() * stride);
            dx = room(dx, (long) x.count() * stride);
            for (int index = 0; index < x.count(); index++) {
                double sum = 0;
                double products = 0;
                for (int i = 0; i < x.size; i++) {
                    int at = index * stride + i;
                    float ofY = dy.values()[dy.place(index) + i];
                    if (gamma != null) {
                        dProducts[at] = ofY * normalized[at];
                    }
                    dx[at] = gamma == null ? ofY : ofY * gamma.values()[i];
                    sum += dx[at];
                    products += (double) dx[at] * normalized[at];
                }
                double ofAll = layer == null ? 0 : sum / x.size;
                double ofNormalized = layer == null
                        ? deviations[index] > LEAST_NORM ? products : 0
                        : products / x.size;
                for (int at = index * stride; at < index * stride + x.size; at++) {
                    dx[at] = (float) ((dx[at] - ofAll - normalized[at] * ofNormalized) / deviations[index]);
                }
            }
            return wanted ? new Rows(dx, 0, stride) : null;
        }

        /** dgamma += dy ⊙ x̂, dbeta += dy. */
        private List<Product> products() {
            List<Product> products = new ArrayList<>();
            if (gamma != null) {
                products.add(Product.sum(x.count(), new Rows(dProducts, 0, stride), stride, gamma.weightGradient()));
            }
            if (beta != null) {
                products.add(Product.sum(x.count(), d, stride, beta.weightGradient()));
            }
            return products;
        }
    }
}
