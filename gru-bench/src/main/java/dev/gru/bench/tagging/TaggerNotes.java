package dev.gru.bench.tagging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The vocabulary and the labels of a tagger as notes in its {@linkplain dev.gru.format.ModelFile model file}, one entry
 * per line, as in files of their own: they are replaced together with the model or not at all.
 */
public final class TaggerNotes {
    private static final String VOCABULARY = "tagger.vocabulary";
    private static final String LABELS = "tagger.labels";

    private TaggerNotes() {
    }

    /**
     * Returns the notes.
     *
     * @throws IllegalArgumentException if a text contains a line feed
     */
    public static Map<String, String> of(Vocabulary vocabulary, LabelSet labels) {
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put(VOCABULARY, lines(vocabulary.lines()));
        notes.put(LABELS, lines(labels.names()));
        return notes;
    }

    private static String lines(List<String> texts) {
        for (String text : texts) {
            if (text.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("texts of a vocabulary and labels must not contain a line feed");
            }
        }
        return String.join("\n", texts);
    }

    private static List<String> texts(String lines) {
        return List.of(lines.split("\n", -1));
    }

    /**
     * Returns the vocabulary in some notes; empty if there is none.
     *
     * @param model the file of the notes, for messages
     * @throws IOException if the note is no vocabulary
     */
    public static Optional<Vocabulary> vocabulary(Path model, Map<String, String> notes) throws IOException {
        try {
            return Optional.ofNullable(notes.get(VOCABULARY)).map(note -> new Vocabulary(texts(note)));
        } catch (IllegalArgumentException e) {
            throw new IOException(model + ": note " + VOCABULARY + ": " + e.getMessage(), e);
        }
    }

    /**
     * Returns the labels in some notes; empty if there are none.
     *
     * @param model the file of the notes, for messages
     * @throws IOException if the note contains no labels
     */
    public static Optional<LabelSet> labels(Path model, Map<String, String> notes) throws IOException {
        try {
            return Optional.ofNullable(notes.get(LABELS)).map(note -> new LabelSet(texts(note)));
        } catch (IllegalArgumentException e) {
            throw new IOException(model + ": note " + LABELS + ": " + e.getMessage(), e);
        }
    }
}
