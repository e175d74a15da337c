package dev.gru.train.math;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Graph;
import dev.gru.weights.Activation;

/**
 * The arithmetic of {@code dev.gru.train.LossFunction}: the loss ℓ of each step, its derivatives, and the mean over N
 * steps that no mask leaves out, with their weights w:
 *
 * <pre>
 * L = Σ w ℓ / N
 * </pre>
 *
 * which is 0 if N is. The cross entropies are computed together with the function that the model ends with, from the
 * sums v that go into it.
 */
public enum LossFunction {
    /**
     * Of a class, for a model that ends with softmax, p = softmax(v): ℓ = −Σ_i t_i log p_i = Σ_i t_i (log Σ_j e^v_j −
     * v_i). TargetValues are labels, or probabilities of the classes, such as one-hot ones.
     */
    CATEGORICAL_CROSS_ENTROPY(Activation.Function.SOFTMAX) {
        @Override
        double ofStep(double[] v, int from, int size, TargetValues targets, int step, double[] d) {
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

        @Override
        public double ofRow(TrainingKernel kernel, float[] v, int from, int size, TargetValues targets, int step,
                double weight,
                float[] d, int to) {
            System.arraycopy(v, from, d, to, size);
            double logSum = Softmax.apply(kernel, size, d, to);
            double loss = 0;
            double total = 0;
            for (int i = 0; i < size; i++) {
                double t = targets.value(step, i, size);
                total += t;
                loss += t == 0 ? 0 : t * (logSum - v[from + i]);
            }
            for (int i = 0; i < size; i++) {
                d[to + i] = (float) ((d[to + i] * total - targets.value(step, i, size)) * weight);
            }
            // The exponentials of the padding.
            Arrays.fill(d, to + size, to + TrainingKernel.padded(size), 0);
            return loss;
        }

        @Override
        public double correct(float[] v, int from, int size, TargetValues targets, int step) {
            int largest = 0;
            int target = 0;
            for (int i = 1; i < size; i++) {
                largest = v[from + i] > v[from + largest] ? i : largest;
                target = targets.value(step, i, size) > targets.value(step, target, size) ? i : target;
            }
            return largest == target ? 1 : 0;
        }
    },

    /**
     * Of yes-or-no questions, for a model that ends with σ, p = σ(v): the mean over the outputs of
     * −t log p − (1 − t) log(1 − p) = max(v, 0) − v t + log(1 + e^−|v|). TargetValues are values from 0 to 1.
     */
    BINARY_CROSS_ENTROPY(Activation.Function.SIGMOID) {
        @Override
        double ofStep(double[] v, int from, int size, TargetValues targets, int step, double[] d) {
            double sum = 0;
            for (int i = from; i < from + size; i++) {
                double t = targets.value(step, i - from, size);
                // max(v, 0) − v t + log(1 + e^−|v|); dv = (σ(v) − t) / size
                sum += Math.max(v[i], 0) - v[i] * t + StrictMath.log1p(StrictMath.exp(-Math.abs(v[i])));
                d[i] = (ScalarFunctions.apply(Activation.SIGMOID, v[i]) - t) / size;
            }
            return sum / size;
        }

        @Override
        public double correct(float[] v, int from, int size, TargetValues targets, int step) {
            int right = 0;
            for (int i = 0; i < size; i++) {
                right += v[from + i] > 0 == targets.value(step, i, size) > 0.5 ? 1 : 0;
            }
            return (double) right / size;
        }
    },

    /** The mean over the outputs of (y − t)². TargetValues are values. */
    MEAN_SQUARED_ERROR(null) {
        @Override
        double ofStep(double[] v, int from, int size, TargetValues targets, int step, double[] d) {
            double sum = 0;
            for (int i = from; i < from + size; i++) {
                // (y − t)²; dy = 2 (y − t) / size
                double difference = v[i] - targets.value(step, i - from, size);
                sum += difference * difference;
                d[i] = 2 * difference / size;
            }
            return sum / size;
        }
    };

    private final Activation.Function function;

    LossFunction(Activation.Function function) {
        this.function = function;
    }

    /**
     * Checks targets against this loss and the outputs of a model.
     *
     * @param targets the targets
     * @param steps how many steps the outputs have
     * @param size outputs of a step
     * @throws IllegalArgumentException if they do not fit
     */
    public void requireFits(TargetValues targets, long steps, int size) {
        if (targets.labels() != null && this != CATEGORICAL_CROSS_ENTROPY) {
            throw new IllegalArgumentException("targets must be values for the loss " + this + ", were labels");
        }
        targets.requireFits(steps, size);
    }

    /**
     * Checks targets against this loss and a model.
     *
     * @param targets those of each output
     * @param model the model
     * @param batch rows
     * @param steps the steps of the model's inputs
     * @throws IllegalArgumentException if they do not fit
     */
    public void requireFits(List<TargetValues> targets, Graph model, int batch, List<Integer> steps) {
        int outputs = model.outputs().size();
        if (targets.size() != outputs) {
            throw new IllegalArgumentException("targets must be of " + outputs + " outputs, were of " + targets.size());
        }
        List<Integer> ofValues = model.steps(steps);
        for (int i = 0; i < outputs; i++) {
            int output = model.outputs().get(i);
            requireFits(targets.get(i), (long) batch * ofValues.get(output), model.shape(output).features());
        }
    }

    /**
     * Checks that an output is as this loss needs it.
     *
     * @param ends whether it is that of {@link #function}
     * @param model the model
     * @param output which of its outputs
     * @throws IllegalArgumentException if this loss needs a function and the output is not of it
     */
    public void requireFunction(boolean ends, Graph model, int output) {
        if (function != null && !ends) {
            int node = model.outputs().get(output) - model.inputs().size();
            throw new IllegalArgumentException("loss " + this + " needs a model whose last layer applies " + function
                    + ", the last layer was " + (node < 0 ? "an input" : model.nodes().get(node).layer()));
        }
    }

    /** Returns the function that a model must end with, or nothing if it may be any. */
    public Optional<Activation.Function> function() {
        return Optional.ofNullable(function);
    }

    /**
     * Returns the loss of one step.
     *
     * @param v the outputs of steps, or the sums that go into the model's last function
     * @param from where those of the step begin
     * @param size outputs of a step
     * @param targets what they should be
     * @param step which of the targets is that of the step
     * @param d where the derivatives go, at the same places
     */
    abstract double ofStep(double[] v, int from, int size, TargetValues targets, int step, double[] d);

    /**
     * Returns the loss of one step in floats: that of {@link #ofStep}, if a loss does not have it faster.
     *
     * @param kernel the arithmetic
     * @param v holds the outputs of the step, or the sums that go into the model's last function
     * @param from where they begin
     * @param size how many they are, without padding
     * @param targets what they should be
     * @param step which of the targets is that of the step
     * @param weight what the derivatives are multiplied by
     * @param d takes them, from {@code to} on, where there is room for padding
     * @param to where
     */
    public double ofRow(TrainingKernel kernel, float[] v, int from, int size, TargetValues targets, int step,
            double weight, float[] d, int to) {
        double[] row = new double[size];
        for (int i = 0; i < size; i++) {
            row[i] = v[from + i];
        }
        double[] derivatives = new double[size];
        double loss = ofStep(row, 0, size, targets, step, derivatives);
        for (int i = 0; i < size; i++) {
            d[to + i] = (float) (derivatives[i] * weight);
        }
        return loss;
    }

    /**
     * Returns what part of a step's outputs is right, as {@link LossSums#correct} has it; arguments as for
     * {@link #ofRow}.
     */
    public double correct(float[] v, int from, int size, TargetValues targets, int step) {
        return 0;
    }

    /** Returns the mean over all steps. L = Σ w ℓ / N, dv = w / N · dℓ/dv. */
    public double mean(double[] v, int size, TargetValues targets, double[] d) {
        int steps = v.length / size;
        int counted = 0;
        for (int step = 0; step < steps; step++) {
            counted += targets.counts(step) ? 1 : 0;
        }
        double sum = 0;
        for (int step = 0; step < steps; step++) {
            if (targets.counts(step)) {
                double weight = targets.weight(step) / counted;
                sum += weight * ofStep(v, step * size, size, targets, step, d);
                for (int i = step * size; i < (step + 1) * size; i++) {
                    d[i] *= weight;
                }
            }
        }
        return sum;
    }
}
