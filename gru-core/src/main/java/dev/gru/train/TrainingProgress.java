package dev.gru.train;

import dev.gru.layer.Sequential;

/**
 * Where a training is: what a {@link TrainingCallback} sees of it. To be used only by the thread that called back, and only
 * until it returns.
 */
public interface TrainingProgress {
    /** Returns the number of the epoch, from 1 on: the one that is on, or has just ended. */
    int epoch();

    /** Returns how many epochs there are to be. */
    int epochs();

    /** Returns how many batches of the epoch are done. */
    int batch();

    /** Returns how many batches an epoch has. */
    int batches();

    /** Returns how many steps the optimizer has made since the training began. */
    long steps();

    /** Returns what came of the last batch; {@link BatchResult#NONE} before the first one since it began or was resumed. */
    BatchResult lastBatch();

    /** Returns the sums over the batches of the epoch so far. */
    BatchResult running();

    /** Returns the learning rate of the last step, or, if there was none yet, of the first. */
    double learningRate();

    /** Returns what came of the epochs that have ended. */
    History history();

    /** Returns whether there is validation data. */
    boolean hasValidation();

    /** Returns a model with the weights as they are now: a copy. */
    Sequential model();

    /** Returns whether nothing is left to be done: all epochs are, or {@link EarlyStopping} has ended the training. */
    boolean isComplete();

    /** Lets the training end after this batch or epoch, with a checkpoint, if it has one. */
    void stop();
}
