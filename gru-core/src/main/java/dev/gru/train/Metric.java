package dev.gru.train;

import java.util.Locale;

/** A number by which an epoch is judged, of the data that the model is trained with or of that for validation. */
public enum Metric {
    /** The loss of the training data; of every batch with the weights before its step, and with dropout. */
    LOSS(false),
    /** The share of all steps of the training data whose output is right. */
    ACCURACY(false),
    /** The share of the unmasked steps, of the training data, whose output is right. */
    MASKED_ACCURACY(false),
    /** The loss of the validation data after the epoch. */
    VAL_LOSS(true),
    /** The share of all steps of the validation data whose output is right after the epoch. */
    VAL_ACCURACY(true),
    /** The share of the unmasked steps, of the validation data, whose output is right after the epoch. */
    VAL_MASKED_ACCURACY(true);

    private final boolean ofValidation;

    Metric(boolean ofValidation) {
        this.ofValidation = ofValidation;
    }

    /** Returns whether it is of the validation data. */
    public boolean ofValidation() {
        return ofValidation;
    }

    /** Returns whether less is better. */
    public boolean isLoss() {
        return this == LOSS || this == VAL_LOSS;
    }

    /** Returns the name that Keras gives it, such as {@code val_loss}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the value of a result. */
    double of(BatchResult result) {
        return switch (this) {
            case LOSS, VAL_LOSS -> result.loss();
            case ACCURACY, VAL_ACCURACY -> result.accuracy();
            case MASKED_ACCURACY, VAL_MASKED_ACCURACY -> result.maskedAccuracy();
        };
    }

    /** Returns whether a value is better than another one by more than a difference; any number is better than NaN. */
    boolean isBetter(double value, double than, double minDelta) {
        return Double.isNaN(than)
                ? !Double.isNaN(value)
                : isLoss() ? value < than - minDelta : value > than + minDelta;
    }

    /**
     * Checks that a training has such values.
     *
     * @throws IllegalArgumentException if it has not
     */
    void requireIn(Loss loss, boolean validation) {
        if (ofValidation && !validation) {
            throw new IllegalArgumentException("monitor " + key() + " needs validation data, and there is none");
        }
        if (!isLoss() && loss == Loss.MEAN_SQUARED_ERROR) {
            throw new IllegalArgumentException(
                    "monitor " + key() + " needs a loss whose outputs are right or wrong, was " + loss);
        }
    }
}
