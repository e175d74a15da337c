package dev.gru.train.math;

/**
 * The sums that the loss and the metrics of {@code dev.gru.train.LossSums} are made of.
 *
 * @param lossSum Σ w ℓ over the unmasked steps, with the terms of {@link LossFunction}
 * @param counted how many steps count: those that neither the model's own mask nor that of the targets leaves out
 * @param correct the sum over the unmasked steps of the share of a step's outputs that is right
 * @param steps how many steps there are, of padding too
 * @param allCorrect the same as {@code correct} over all of them
 */
public record LossSums(double lossSum, long counted, double correct, long steps, double allCorrect) {
    /** The sums over no steps. */
    public static final LossSums NONE = new LossSums(0, 0, 0, 0, 0);

    /** Returns the sums of these and other steps. */
    public LossSums plus(LossSums other) {
        return new LossSums(lossSum + other.lossSum, counted + other.counted, correct + other.correct,
                steps + other.steps, allCorrect + other.allCorrect);
    }
}
