package dev.gru.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

import dev.gru.format.CheckpointFile;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;

/** A process that trains, and is killed: {@link KillTest}. */
final class KilledTraining {
    /** Long enough for a process to be killed in it, many times. */
    private static final long NANOS_PER_BATCH = 1_000_000;

    private KilledTraining() {
    }

    /** So many batches, at a millisecond each, that no life of the process is long enough for them. */
    static TrainingOptions options(Path file) {
        return TrainerCase.options().batchSize(2).epochs(400).validationSplit(0.2).maxGradientNorm(1)
                .earlyStopping(new EarlyStopping(Metric.LOSS, 1000, 0, true)).checkpoint(file, 2).build();
    }

    static Graph model() {
        return Initializer.KERAS.initialize(
                Sequential.builder().embedding(TrainerCase.VOCABULARY, 3).maskZero().gru(2).returnSequences()
                        .dropout(0.2).dense(TrainerCase.CLASSES, Activation.SOFTMAX).build(),
                1);
    }

    /**
     * Begins the training, or goes on with it; prints its steps so far when it does, and after every batch.
     *
     * @param args where the checkpoint is
     */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        Trainer trainer = new Trainer(TrainerCase.copy(options(file)).callback(new TrainingCallback() {
            @Override
            public void onBegin(TrainingCallback.Progress progress) {
                System.out.println(progress.steps());
            }

            @Override
            public void onBatch(TrainingCallback.Progress progress) {
                System.out.println(progress.steps());
                LockSupport.parkNanos(NANOS_PER_BATCH);
            }
        }).build());
        // Between two moves there is the one before only.
        if (Files.exists(file) || Files.exists(new CheckpointFile(file).previous())) {
            trainer.resume(TrainerCase.data());
        } else {
            trainer.fit(model(), TrainerCase.data());
        }
    }
}
