package dev.gru.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

import dev.gru.format.ModelFile;
import dev.gru.layer.Graph;
import dev.gru.weights.Precision;

/**
 * What is called in the course of a training, on its thread. What it throws ends the training; the last checkpoint
 * stays as it is.
 *
 * <p>A training that was killed is resumed from its last checkpoint, and calls again for what it had done since: a
 * callback that writes something must write it again then, and not twice.
 */
public interface TrainingCallback {
    /**
     * The training begins, or goes on from a checkpoint.
     *
     * @param progress where it is
     * @throws IOException if something cannot be written
     * @throws IllegalArgumentException if this callback does not fit the training
     */
    default void onBegin(Progress progress) throws IOException {
    }

    /**
     * A batch is done.
     *
     * @param progress where the training is
     * @throws IOException if something cannot be written
     */
    default void onBatch(Progress progress) throws IOException {
    }

    /**
     * An epoch is done, and is the last in the history; the checkpoint of its end is not written yet.
     *
     * @param progress where the training is
     * @throws IOException if something cannot be written
     */
    default void onEpoch(Progress progress) throws IOException {
    }

    /**
     * Where a training is: what a {@link TrainingCallback} sees of it. To be used only by the thread that called back,
     * and only until it returns.
     */
    interface Progress {
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

        /**
         * Returns the result of the last batch; {@link BatchResult#NONE} before the first one since it began or was
         * resumed.
         */
        BatchResult lastBatch();

        /** Returns the sums over the batches of the epoch so far. */
        BatchResult running();

        /** Returns the learning rate of the last step, or, if there was none yet, of the first. */
        double learningRate();

        /** Returns the results of the epochs that have ended. */
        History history();

        /** Returns whether there is validation data. */
        boolean hasValidation();

        /** Returns a model with the weights as they are now: a copy. */
        Graph model();

        /**
         * Returns whether nothing is left to be done: all epochs are, or {@link EarlyStopping} has ended the training.
         */
        boolean isComplete();

        /** Lets the training end after this batch or epoch, with a checkpoint, if it has one. */
        void stop();
    }

    /**
     * Writes the model after every epoch whose value is the best so far: Keras's {@code ModelCheckpoint} with
     * {@code save_best_only}. The file is a {@link ModelFile} in full precision, and is replaced as a whole.
     *
     * @param file where the model is to be
     * @param monitor which value
     */
    record SaveBest(Path file, Metric monitor) implements TrainingCallback {
        /** Checks that nothing is null. */
        public SaveBest {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(monitor, "monitor");
        }

        @Override
        public void onBegin(Progress progress) {
            if (monitor.ofValidation() && !progress.hasValidation()) {
                throw new IllegalArgumentException(
                        "monitor " + monitor.key() + " needs validation data, and there is none");
            }
        }

        @Override
        public void onEpoch(Progress progress) throws IOException {
            if (progress.history().best(monitor).orElseThrow().epoch() == progress.epoch()) {
                Uninterrupted.run(() -> ModelFile.write(progress.model(), file, Precision.FP32));
            }
        }
    }
}
