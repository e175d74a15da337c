package dev.gru.train;

import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.train.math.FiniteFloats;

/**
 * When a training ends before its last epoch: when a value has not become better for some epochs. Keras's
 * {@code EarlyStopping}. It has no state: what it says follows from the history.
 *
 * @param monitor which value
 * @param patience epochs without improvement after which the training ends, at least 1
 * @param minDelta what a value must be better by to be an improvement, at least 0
 * @param restoreBest whether the training's result has the weights of the epoch of the last improvement, and not those
 *     of the last epoch; also if the training ends because all epochs are done
 */
public record EarlyStopping(Metric monitor, int patience, double minDelta, boolean restoreBest) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public EarlyStopping {
        Objects.requireNonNull(monitor, "monitor");
        Shapes.requirePositive("patience", patience);
        FiniteFloats.requireFrom0("minDelta", minDelta, Double.POSITIVE_INFINITY);
    }

    /** Returns whether the training ends after the epochs so far. */
    boolean stops(History history) {
        return history.epochs().size() - 1 - history.lastImprovement(monitor, minDelta) >= patience;
    }

    /** Returns whether the last epoch was an improvement. */
    boolean isBest(History history) {
        return history.lastImprovement(monitor, minDelta) == history.epochs().size() - 1;
    }
}
