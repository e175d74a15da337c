package dev.gru.bench.tagging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The vocabulary and the labels of a tagger as notes in its {@linkplain dev.gru.format.ModelFile model file}, each one entry a
 * line, as they are in files of their own: so they are replaced together with the model, or not at all.
 */
public final class TaggerNotes {
    private static final String VOCABULARY = "tagger.vocabulary";
    private static final String LABELS = "tagger.labels";

    private TaggerNotes() {
    }

    /**
     * Returns notes.
     *
     * @throws IllegalArgumentException if a text has a line feed in it
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
                throw new IllegalArgumentException("texts of a vocabulary or labels must not have a line feed in them");
            }
        }
        return String.join("\n", texts);
    }

    private static List<String> texts(String lines) {
        return List.of(lines.split("\n", -1));
    }

    /**
     * Returns the vocabulary among some notes, or nothing if there is none.
     *
     * @param model the file that they are from, for messages
     * @throws IOException if it is not one
     */
    public static Optional<Vocabulary> vocabulary(Path model, Map<String, String> notes) throws IOException {
        try {
            return Optional.ofNullable(notes.get(VOCABULARY)).map(note -> new Vocabulary(texts(note)));
        } catch (IllegalArgumentException e) {
            throw new IOException(model + ": note " + VOCABULARY + ": " + e.getMessage(), e);
        }
    }

    /**
     * Returns the labels among some notes, or nothing if there are none.
     *
     * @param model the file that they are from, for messages
     * @throws IOException if they are not such
     */
    public static Optional<LabelSet> labels(Path model, Map<String, String> notes) throws IOException {
        try {
            return Optional.ofNullable(notes.get(LABELS)).map(note -> new LabelSet(texts(note)));
        } catch (IllegalArgumentException e) {
            throw new IOException(model + ": note " + LABELS + ": " + e.getMessage(), e);
        }
    }
}
