package dev.gru.train;

import java.util.Optional;

import dev.gru.kernel.ScalarFunctions;
import dev.gru.kernel.Activation;

/**
 * How far outputs are from {@link Targets}: a number for each step, and its mean over steps. With the loss ℓ of a step, its
 * weight w, and N steps that no mask leaves out, it is
 *
 * <pre>
 * L = Σ w ℓ / N
 * </pre>
 *
 * which is 0 if N is. That is Keras's {@code sum_over_batch_size}: weights do not change what is divided by, and padded
 * steps are in the mean unless the targets have a mask that leaves them out.
 *
 * <p>The cross entropies are computed together with the function that the model ends with, from the sums v that go into it:
 * they are exact where a probability would be rounded to 0 or 1. (Keras, where it has probabilities only, cuts them at
 * 1e-7.)
 */
public enum Loss {
    /**
     * Of a class, for a model that ends with softmax, p = softmax(v): ℓ = −Σ_i t_i log p_i = Σ_i t_i (log Σ_j e^v_j − v_i).
     * Targets are labels, or probabilities of the classes, such as one-hot ones.
     */
    CATEGORICAL_CROSS_ENTROPY(Activation.Function.SOFTMAX) {
        @Override
        double ofStep(double[] v, int step, int size, Targets targets, double[] d) {
            int from = step * size;
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < size; i++) {
                max = Math.max(max, v[from + i]);
            }
            double sum = 0;
            for (int i = 0; i < size; i++) {
                sum += StrictMath.exp(v[from + i] - max);
            }
            double logSum = max + StrictMath.log(sum);
            // ℓ = Σ_i t_i (log Σ_j e^v_j − v_i)
            double loss = 0;
            double total = 0;
            for (int i = 0; i < size; i++) {
                double t = targets.value(step, i, size);
                total += t;
                loss += t == 0 ? 0 : t * (logSum - v[from + i]);
            }
            // dv_i = p_i Σ_j t_j − t_i
            ScalarFunctions.softmax(v, from, size, d);
            for (int i = 0; i < size; i++) {
                d[from + i] = d[from + i] * total - targets.value(step, i, size);
            }
            return loss;
        }
    },

    /**
     * Of yes-or-no questions, for a model that ends with σ, p = σ(v): the mean over the outputs of
     * −t log p − (1 − t) log(1 − p) = max(v, 0) − v t + log(1 + e^−|v|). Targets are values from 0 to 1.
     */
    BINARY_CROSS_ENTROPY(Activation.Function.SIGMOID) {
        @Override
        double ofStep(double[] v, int step, int size, Targets targets, double[] d) {
            double sum = 0;
            for (int i = step * size; i < (step + 1) * size; i++) {
                double t = targets.value(step, i - step * size, size);
                // max(v, 0) − v t + log(1 + e^−|v|); dv = (σ(v) − t) / size
                sum += Math.max(v[i], 0) - v[i] * t + StrictMath.log1p(StrictMath.exp(-Math.abs(v[i])));
                d[i] = (ScalarFunctions.apply(Activation.SIGMOID, v[i]) - t) / size;
            }
            return sum / size;
        }
    },

    /** The mean over the outputs of (y − t)². Targets are values. */
    MEAN_SQUARED_ERROR(null) {
        @Override
        double ofStep(double[] v, int step, int size, Targets targets, double[] d) {
            double sum = 0;
            for (int i = step * size; i < (step + 1) * size; i++) {
                // (y − t)²; dy = 2 (y − t) / size
                double difference = v[i] - targets.value(step, i - step * size, size);
                sum += difference * difference;
                d[i] = 2 * difference / size;
            }
            return sum / size;
        }
    };

    private final Activation.Function function;

    Loss(Activation.Function function) {
        this.function = function;
    }

    /** Returns the function that a model must end with, or nothing if it may be any. */
    public Optional<Activation.Function> function() {
        return Optional.ofNullable(function);
    }

    /**
     * Returns the loss of one step.
     *
     * @param v what all steps put out, or the sums that go into the model's last function
     * @param step which one
     * @param size outputs of a step
     * @param targets what they should be
     * @param d where the derivatives with respect to the step's part of {@code v} go
     */
    abstract double ofStep(double[] v, int step, int size, Targets targets, double[] d);

    /** Returns the mean over all steps; the arguments are those of {@link #ofStep}. L = Σ w ℓ / N, dv = w / N · dℓ/dv. */
    double mean(double[] v, int size, Targets targets, double[] d) {
        int steps = v.length / size;
        int counted = 0;
        for (int step = 0; step < steps; step++) {
            counted += targets.counts(step) ? 1 : 0;
        }
        double sum = 0;
        for (int step = 0; step < steps; step++) {
            if (targets.counts(step)) {
                double weight = targets.weight(step) / counted;
                sum += weight * ofStep(v, step, size, targets, d);
                for (int i = step * size; i < (step + 1) * size; i++) {
                    d[i] *= weight;
                }
            }
        }
        return sum;
    }
}
