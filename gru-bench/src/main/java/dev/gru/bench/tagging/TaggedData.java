package dev.gru.bench.tagging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The labelled sequences of a file.
 *
 * @param file the file
 * @param sequences the sequences in the order of the file, at least one
 * @param labelLines the labels in order of appearance, and the number of the first line of each
 */
public record TaggedData(Path file, List<TaggedSequence> sequences, Map<String, Long> labelLines) {

    /** Copies the list and the map. */
    public TaggedData {
        sequences = List.copyOf(sequences);
        labelLines = Collections.unmodifiableMap(new LinkedHashMap<>(labelLines));
    }

    /** Returns the number of tokens. */
    public long tokens() {
        return sequences.stream().mapToLong(sequence -> sequence.tokens().size()).sum();
    }

    /** Returns the labels in alphabetical order. */
    public LabelSet labels() {
        return new LabelSet(labelLines.keySet().stream().sorted().toList());
    }

    /**
     * Requires that all labels are among those of a model.
     *
     * @throws IOException if one is not; the message names the first line that has it
     */
    public void requireLabels(LabelSet labels) throws IOException {
        for (Map.Entry<String, Long> label : labelLines.entrySet()) {
            if (!labels.contains(label.getKey())) {
                throw new IOException(file + ": line " + label.getValue() + ": the label " + label.getKey()
                        + " is none of " + labels);
            }
        }
    }
}
