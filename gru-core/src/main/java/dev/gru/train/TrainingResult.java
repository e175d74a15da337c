package dev.gru.train;

import java.util.Objects;

import dev.gru.layer.Graph;

/**
 * The result of a training.
 *
 * @param model the model with its weights at the end; if that is asked for, those of the best epoch, unless the
 *     training was stopped or interrupted
 * @param history its epochs
 * @param ending why it ended
 */
public record TrainingResult(Graph model, History history, Ending ending) {
    /** Why a training ended. */
    public enum Ending {
        /** All epochs are done. */
        COMPLETED,
        /** {@link EarlyStopping}. */
        STOPPED_EARLY,
        /** A callback has asked for it. */
        STOPPED,
        /** Its thread was interrupted, or {@link Trainer#interrupt}. */
        INTERRUPTED
    }

    /** Checks that nothing is null. */
    public TrainingResult {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(history, "history");
        Objects.requireNonNull(ending, "ending");
    }
}
