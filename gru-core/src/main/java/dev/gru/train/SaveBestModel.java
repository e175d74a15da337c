package dev.gru.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

import dev.gru.format.ModelFile;
import dev.gru.weights.Precision;

/**
 * Writes the model after every epoch whose value is the best so far: Keras's {@code ModelCheckpoint} with
 * {@code save_best_only}. The file is a {@link ModelFile} in full precision, and is replaced as a whole.
 *
 * @param file where the model is to be
 * @param monitor which value
 */
public record SaveBestModel(Path file, Metric monitor) implements TrainingCallback {
    /** Checks that nothing is null. */
    public SaveBestModel {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(monitor, "monitor");
    }

    @Override
    public void onBegin(TrainingProgress progress) {
        if (monitor.ofValidation() && !progress.hasValidation()) {
            throw new IllegalArgumentException(
                    "monitor " + monitor.key() + " needs validation data, and there is none");
        }
    }

    @Override
    public void onEpoch(TrainingProgress progress) throws IOException {
        if (progress.history().best(monitor).orElseThrow().epoch() == progress.epoch()) {
            Uninterrupted.run(() -> ModelFile.write(progress.model(), file, Precision.FP32));
        }
    }
}
