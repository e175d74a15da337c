package dev.gru.train;

import java.util.Objects;
import java.util.Optional;

/**
 * What came of one epoch.
 *
 * @param epoch its number, from 1 on
 * @param steps steps of the optimizer until its end, those of the epochs before among them
 * @param learningRate that of its last step
 * @param training the sums over its batches, each with the weights before its step
 * @param validation the sums over the validation data with the weights at its end, or nothing if there is none
 */
public record EpochResult(int epoch, long steps, double learningRate, BatchResult training,
        Optional<BatchResult> validation) {
    /** Checks that nothing is null. */
    public EpochResult {
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
