package dev.gru.train;

/**
 * What a network did on a batch, or on several: sums, so that those of batches can be added.
 *
 * @param lossSum the sum of w ℓ over the steps that count
 * @param counted steps that no mask leaves out
 * @param correct those of them whose largest output is at the label
 * @param steps all steps
 * @param allCorrect those of them whose largest output is at the label
 */
public record BatchResult(double lossSum, long counted, long correct, long steps, long allCorrect) {
    /** Returns the mean loss of the steps that count. */
    public double loss() {
        return counted == 0 ? 0 : lossSum / counted;
    }

    /** Returns the share of the steps that count whose largest output is at the label. */
    public double maskedAccuracy() {
        return counted == 0 ? 0 : (double) correct / counted;
    }

    /** Returns the share of all steps whose largest output is at the label. */
    public double accuracy() {
        return steps == 0 ? 0 : (double) allCorrect / steps;
    }

    /** Returns the sums of this and another result. */
    public BatchResult plus(BatchResult other) {
        return new BatchResult(lossSum + other.lossSum, counted + other.counted, correct + other.correct,
                steps + other.steps, allCorrect + other.allCorrect);
    }
}
