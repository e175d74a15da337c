package dev.gru.train;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.gru.format.CheckpointFile;
import dev.gru.layer.Graph;

/**
 * Trains models:
 *
 * <pre>{@code
 * TrainingOptions options = TrainingOptions.builder(Loss.CATEGORICAL_CROSS_ENTROPY)
 *         .epochs(10)
 *         .validationSplit(0.2)
 *         .checkpoint(Path.of("tagger.checkpoint.safetensors"))
 *         .build();
 * Graph model = Initializer.KERAS.initialize(untrained, 7);
 * TrainingResult result = new Trainer(options).fit(model, new TrainingData(tokens, labels));
 * }</pre>
 *
 * <p><b>Same bits.</b> With the same model, data and options, the weights and the history are the same, bit for bit, on
 * any number of threads, and whether the training was interrupted, stopped or killed and {@linkplain #resume resumed},
 * or not; on every kernel but the scalar reference they are the same too. (What {@link TrainingCallback callbacks}
 * decide is their own matter.)
 *
 * <p><b>The order of rows.</b> In every epoch rows go through in an order that is drawn from the seed and the number of
 * the epoch alone, by the method of Fisher and Yates with numbers of SplitMix64: there is nothing to be saved of it.
 * Rows for validation are set apart before, and are not shuffled. {@link TrainingOptions.BatchOrder} has the orders.
 *
 * <p><b>Padding.</b> Steps at the ends of all rows of a batch are not computed if the masks of the {@link Targets}
 * leave them out, and nothing before them depends on them: layers read forward; or they skip masked steps, and these
 * are masked in the input by their lengths, an embedding or a {@code Masking} layer. That changes neither losses nor
 * gradients, so it is always done.
 *
 * <p><b>What is in a loss.</b> That of a batch is what {@link Loss} says. That of an epoch, and of validation data, is
 * the mean over all unmasked steps of all batches; a batch with fewer of them has less weight in it.
 *
 * <p><b>Finite.</b> Every result of a step is checked before it is used: weights that are infinite or NaN
 * are in no result, no checkpoint and nothing that a callback sees, and neither is such a loss. A training that comes
 * to one ends with a {@link TrainingDivergedException}.
 *
 * <p>One training at a time; {@link #interrupt} may be called by any thread.
 */
public final class Trainer {
    private final TrainingOptions options;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean interrupted;

    /** Takes options. */
    public Trainer(TrainingOptions options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * Trains a model; if there is a {@link TrainingOptions#validationSplit}, with the first rows of the data, and
     * validates with the others.
     *
     * @param model its layers and first weights; it stays as it is
     * @param data what to train with
     * @return the trained model and the results of the epochs
     * @throws IllegalArgumentException if the model, the data and the options do not fit each other; then nothing has
     *     been changed
     * @throws TrainingDivergedException if a loss, a gradient, a weight or what the optimizer keeps becomes infinite or
     *     NaN; the last checkpoint, of finite ones, stays as it is
     * @throws IllegalStateException if this trainer is training
     * @throws java.nio.file.FileAlreadyExistsException if a checkpoint is there already, and the options do not say
     *     that it may be overwritten; then nothing has been done
     * @throws java.nio.file.FileSystemException if another training is writing its checkpoints there; then nothing has
     *     been done
     * @throws IOException if a checkpoint cannot be written, or a callback cannot write something
     */
    public TrainingResult fit(Graph model, TrainingData data) throws IOException {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(data, "data");
        return alone(() -> run(model, data, null));
    }

    /**
     * Trains a model and validates it with other data; otherwise the same as {@link #fit(Sequential, TrainingData)}.
     *
     * @param validation what to validate with after every epoch
     */
    public TrainingResult fit(Graph model, TrainingData data, TrainingData validation) throws IOException {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(validation, "validation");
        return alone(() -> run(model, data, validation));
    }

    /**
     * Goes on with a training from its newest whole checkpoint, to the same bits as if it had not ended. If it was
     * completed, there is nothing to be done, unless there are more epochs now.
     *
     * @param data what it was begun with
     * @throws IllegalArgumentException if the options or the data are not those that the training was begun with, but
     *     for the number of epochs, callbacks, how often there are checkpoints, kernel and threads; then nothing has
     *     been done
     * @throws IllegalStateException if the options have no checkpoint, or this trainer is at work
     * @throws dev.gru.format.file.ModelFormatException if there is no whole checkpoint
     * @throws TrainingDivergedException as for {@link #fit(Sequential, TrainingData)}
     * @throws IOException if there is no checkpoint at all, it cannot be read, another training is writing there, or as
     *     for {@link #fit(Sequential, TrainingData)}
     */
    public TrainingResult resume(TrainingData data) throws IOException {
        Objects.requireNonNull(data, "data");
        return alone(() -> resumed(data, null));
    }

    /**
     * Goes on with a training that has validation data; otherwise the same as {@link #resume(TrainingData)}.
     *
     * @param validation what it was begun with
     */
    public TrainingResult resume(TrainingData data, TrainingData validation) throws IOException {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(validation, "validation");
        return alone(() -> resumed(data, validation));
    }

    /**
     * Asks the training to end after the batch that it is at, with a checkpoint, if it has one. If there is no
     * training, the next one ends after its first batch. To interrupt its thread does the same.
     */
    public void interrupt() {
        interrupted = true;
    }

    private interface Work {
        TrainingResult run() throws IOException;
    }

    private TrainingResult alone(Work work) throws IOException {
        if (!running.compareAndSet(false, true)) {
            throw new IllegalStateException("a trainer trains one model at a time");
        }
        try {
            return work.run();
        } finally {
            interrupted = false;
            running.set(false);
        }
    }

    private boolean isInterrupted() {
        return interrupted || Thread.currentThread().isInterrupted();
    }

    private TrainingResult run(Graph model, TrainingData data, TrainingData validation) throws IOException {
        try (TrainingRun run = new TrainingRun(options, model, data, validation, this::isInterrupted);
                CheckpointLock _ = lock()) {
            requireNoCheckpoint();
            return run.run(false);
        }
    }

    /** Returns the lock of the checkpoint, or null if there are to be none. */
    private CheckpointLock lock() throws IOException {
        CheckpointLock[] lock = new CheckpointLock[1];
        if (options.checkpoint().isPresent()) {
            Uninterrupted.run(() -> lock[0] = CheckpointLock.of(options.checkpoint().get()));
        }
        return lock[0];
    }

    private void requireNoCheckpoint() throws FileAlreadyExistsException {
        if (options.checkpoint().isEmpty() || options.overwritesCheckpoint()) {
            return;
        }
        CheckpointFile file = new CheckpointFile(options.checkpoint().get());
        for (Path path : List.of(file.file(), file.previous())) {
            if (Files.exists(path)) {
                throw new FileAlreadyExistsException(path.toString(), null, "is there already; resume goes on with the"
                        + " training that it is of, and the option overwriteCheckpoint begins anew");
            }
        }
    }

    private TrainingResult resumed(TrainingData data, TrainingData validation) throws IOException {
        Path file = options.checkpoint()
                .orElseThrow(() -> new IllegalStateException("only a training with checkpoints can be resumed"));
        try (CheckpointLock _ = lock()) {
            Checkpoint[] checkpoint = new Checkpoint[1];
            Uninterrupted.run(() -> checkpoint[0] = Checkpoint.read(new CheckpointFile(file)));
            try (TrainingRun run = new TrainingRun(options, checkpoint[0].model(), data, validation,
                    this::isInterrupted)) {
                run.restore(checkpoint[0]);
                return run.run(true);
            }
        }
    }
}
