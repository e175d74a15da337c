package dev.gru.train;

import java.util.Objects;

import dev.gru.train.math.LossSums;

/**
 * What a loss and the metrics are made of, of one batch or several: sums, so that they can be added up.
 *
 * @param lossSum Σ w ℓ over the unmasked steps, with the terms of {@link Loss}
 * @param counted how many steps count: those that neither the model's own mask nor that of the targets leaves out
 * @param correct the sum over the unmasked steps of what part of a step's outputs is right: with classes 1 if the
 *     largest output, the first of several, is that of the target; with yes-or-no questions the share of those whose
 *     probability is above ½ if and only if the target is; with other numbers 0
 * @param steps how many steps there are, of padding too
 * @param allCorrect the same as {@code correct} over all of them; a step that the mask of the targets leaves out is not
 *     correct
 */
public record BatchResult(double lossSum, long counted, double correct, long steps, double allCorrect) {
    /** The result of no batch. */
    public static final BatchResult NONE = new BatchResult(0, 0, 0, 0, 0);

    static BatchResult of(LossSums sums) {
        return new BatchResult(sums.lossSum(), sums.counted(), sums.correct(), sums.steps(), sums.allCorrect());
    }

    /** Returns the loss, as {@link Loss} takes the mean; 0 if no step counts. */
    public double loss() {
        return mean(lossSum, counted);
    }

    /** Returns the accuracy over all steps, of padding too: Keras's metric {@code accuracy} of a model with a mask. */
    public double accuracy() {
        return mean(allCorrect, steps);
    }

    /** Returns the accuracy over the unmasked steps. */
    public double maskedAccuracy() {
        return mean(correct, counted);
    }

    private static double mean(double sum, long count) {
        return count == 0 ? 0 : sum / count;
    }

    /** Returns the sums of these and other batches. */
    public BatchResult plus(BatchResult other) {
        Objects.requireNonNull(other, "other");
        return new BatchResult(lossSum + other.lossSum, counted + other.counted, correct + other.correct,
                steps + other.steps, allCorrect + other.allCorrect);
    }
}
