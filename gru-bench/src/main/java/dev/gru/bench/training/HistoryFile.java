package dev.gru.bench.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.gru.format.file.FileReplacement;
import dev.gru.train.History;
import dev.gru.train.Metric;
import dev.gru.train.TrainingCallback;

/**
 * Writes the history of a training as CSV, one line per epoch; the whole file is replaced after every epoch. Accuracies
 * are over the steps that are not masked.
 *
 * @param file the file
 */
public record HistoryFile(Path file) implements TrainingCallback {
    @Override
    public void onBegin(TrainingCallback.Progress progress) throws IOException {
        write(progress.history(), progress.hasValidation());
    }

    @Override
    public void onEpoch(TrainingCallback.Progress progress) throws IOException {
        write(progress.history(), progress.hasValidation());
    }

    private void write(History history, boolean validation) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("epoch,steps,learning_rate,loss,accuracy" + (validation ? ",val_loss,val_accuracy" : ""));
        for (History.Epoch epoch : history.epochs()) {
            String line = epoch.epoch() + "," + epoch.steps() + "," + epoch.learningRate() + ","
                    + epoch.value(Metric.LOSS) + "," + epoch.value(Metric.MASKED_ACCURACY);
            lines.add(validation
                    ? line + "," + epoch.value(Metric.VAL_LOSS) + "," + epoch.value(Metric.VAL_MASKED_ACCURACY)
                    : line);
        }
        lines.add("");
        FileReplacement.write(file, out -> out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
    }
}
