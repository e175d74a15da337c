package dev.gru.bench.tagging;

import java.nio.file.Path;

/**
 * The files beside the file of a tagger's model: for {@code model.safetensors}, the history and the checkpoint of its
 * training, {@code model.history.csv} and {@code model.checkpoint.safetensors}; and, if the model's file does not
 * contain them itself as {@link TaggerNotes}, the vocabulary {@code model.vocab.txt} and the labels
 * {@code model.labels.txt}.
 *
 * @param vocabulary the file of the {@link Vocabulary}
 * @param labels the file of the {@link LabelSet}
 * @param history the history of the epochs
 * @param checkpoint a {@link dev.gru.format.CheckpointFile}
 */
public record TaggerFiles(Path vocabulary, Path labels, Path history, Path checkpoint) {

    /** Returns the files beside a model's file. */
    public static TaggerFiles of(Path model) {
        return new TaggerFiles(beside(model, ".vocab.txt"), beside(model, ".labels.txt"),
                beside(model, ".history.csv"), beside(model, ".checkpoint.safetensors"));
    }

    private static Path beside(Path model, String suffix) {
        String name = model.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return model.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + suffix);
    }
}
