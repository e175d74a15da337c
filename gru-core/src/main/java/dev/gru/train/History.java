package dev.gru.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.gru.internal.Shapes;

/**
 * The results of the epochs of a training, the first to the last. Immutable and safe for use by any number of threads.
 *
 * @param epochs one result for each
 */
public record History(List<Epoch> epochs) {
    /** The history of no epochs. */
    public static final History EMPTY = new History(List.of());

    /** Copies the list. */
    public History {
        epochs = Shapes.copyOf("epochs", epochs);
    }

    /** Returns this and one more epoch. */
    History plus(Epoch result) {
        List<Epoch> more = new ArrayList<>(epochs);
        more.add(result);
        return new History(more);
    }

    /**
     * Returns the values of all epochs.
     *
     * @throws IllegalArgumentException if they are of validation data, and there is none
     */
    public double[] values(Metric metric) {
        Objects.requireNonNull(metric, "metric");
        return epochs.stream().mapToDouble(result -> result.value(metric)).toArray();
    }

    /**
     * Returns the epoch with the best value, the first of several, or nothing if there are no epochs.
     *
     * @throws IllegalArgumentException if the values are of validation data, and there is none
     */
    public Optional<Epoch> best(Metric metric) {
        int best = lastImprovement(metric, 0);
        return best < 0 ? Optional.empty() : Optional.of(epochs.get(best));
    }

    /** Returns the index of the last epoch that improved a value, or −1. */
    int lastImprovement(Metric metric, double minDelta) {
        return improvements(metric, minDelta).lastIndexOf(true);
    }

    /**
     * Returns of every epoch whether its value is better, by more than a difference, than that of the last such before
     * it.
     */
    List<Boolean> improvements(Metric metric, double minDelta) {
        List<Boolean> improved = new ArrayList<>();
        double best = Double.NaN;
        for (double value : values(metric)) {
            boolean better = metric.isBetter(value, best, minDelta);
            improved.add(better);
            best = better ? value : best;
        }
        return improved;
    }

    /**
     * The result of one epoch.
     *
     * @param epoch its number, from 1 on
     * @param steps steps of the optimizer until its end, those of the epochs before among them
     * @param learningRate that of its last step
     * @param training the sums over its batches, each with the weights before its step
     * @param validation the sums over the validation data with the weights at its end, or nothing if there is none
     */
    public record Epoch(int epoch, long steps, double learningRate, BatchResult training,
            Optional<BatchResult> validation) {
        /** Checks that nothing is null. */
        public Epoch {
            Objects.requireNonNull(training, "training");
            Objects.requireNonNull(validation, "validation");
        }

        /**
         * Returns a value.
         *
         * @throws IllegalArgumentException if it is of validation data, and there is none
         */
        public double value(Metric metric) {
            return Objects.requireNonNull(metric, "metric").of(metric.ofValidation()
                    ? validation.orElseThrow(() -> new IllegalArgumentException(
                            "metric must be one of the training data, as there is no other, was " + metric.key()))
                    : training);
        }
    }
}
