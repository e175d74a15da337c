package dev.gru.bench.tagging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The labels that a model gives, in the order of its outputs.
 *
 * <p>In a file it is one label a line. Immutable and safe for use by any number of threads.
 */
public final class LabelSet {
    private final List<String> names;
    private final Map<String, Integer> indexes = new HashMap<>();

    /**
     * Makes a set of labels.
     *
     * @param names the labels
     * @throws IllegalArgumentException if there is none, one is empty, or one comes twice
     */
    public LabelSet(List<String> names) {
        this.names = List.copyOf(names);
        if (names.isEmpty()) {
            throw new IllegalArgumentException("labels must be at least one, were none");
        }
        for (String name : names) {
            if (name.isBlank()) {
                throw new IllegalArgumentException("labels must not be blank, number " + indexes.size() + " was");
            }
            if (indexes.put(name, indexes.size()) != null) {
                throw new IllegalArgumentException("the label " + name + " is there twice");
            }
        }
    }

    /**
     * Reads labels.
     *
     * @throws IOException if they cannot be read, or are none; the message names the file
     */
    public static LabelSet read(Path file) throws IOException {
        try (LineReader reader = LineReader.open(file)) {
            return read(file.toString(), reader);
        }
    }

    /**
     * Reads labels.
     *
     * @param name what errors call the stream
     * @param in the lines
     * @throws IOException if they cannot be read, or are none; the message has the name
     */
    public static LabelSet read(String name, InputStream in) throws IOException {
        return read(name, new LineReader(name, in));
    }

    private static LabelSet read(String name, LineReader reader) throws IOException {
        try {
            return new LabelSet(reader.rest());
        } catch (IllegalArgumentException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    /** Returns the labels in order: the lines of a file that {@link #read} reads. */
    public List<String> names() {
        return names;
    }

    /** Returns how many there are. */
    public int size() {
        return names.size();
    }

    /** Returns whether there is such a label. */
    public boolean contains(String name) {
        return indexes.containsKey(name);
    }

    /**
     * Returns the place of a label, from 0 on.
     *
     * @throws IllegalArgumentException if there is no such label
     */
    public int index(String name) {
        Integer index = indexes.get(name);
        if (index == null) {
            throw new IllegalArgumentException("label must be one of " + names + ", was " + name);
        }
        return index;
    }

    @Override
    public String toString() {
        return names.toString();
    }
}
