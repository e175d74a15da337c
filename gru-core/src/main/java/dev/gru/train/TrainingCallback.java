package dev.gru.train;

import java.io.IOException;

/**
 * What is called in the course of a training, on its thread. What it throws ends the training; the last checkpoint stays as
 * it is.
 *
 * <p>A training that was killed is resumed from its last checkpoint, and calls again for what it had done since: a callback
 * that writes something must write it again then, and not twice.
 */
public interface TrainingCallback {
    /**
     * The training begins, or goes on from a checkpoint.
     *
     * @param progress where it is
     * @throws IOException if something cannot be written
     * @throws IllegalArgumentException if this callback does not go with the training
     */
    default void onBegin(TrainingProgress progress) throws IOException {
    }

    /**
     * A batch is done.
     *
     * @param progress where the training is
     * @throws IOException if something cannot be written
     */
    default void onBatch(TrainingProgress progress) throws IOException {
    }

    /**
     * An epoch is done, and is the last in the history; the checkpoint of its end is not written yet.
     *
     * @param progress where the training is
     * @throws IOException if something cannot be written
     */
    default void onEpoch(TrainingProgress progress) throws IOException {
    }
}
