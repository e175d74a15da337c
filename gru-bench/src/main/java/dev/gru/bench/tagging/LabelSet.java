package dev.gru.bench.tagging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The labels of a model, in the order of its outputs.
 *
 * <p>A file of labels has one per line. Immutable and safe for use by any number of threads.
 */
public final class LabelSet {
    private final List<String> names;
    private final Map<String, Integer> indexes = new HashMap<>();

    /**
     * Creates a set of labels.
     *
     * @param names the labels
     * @throws IllegalArgumentException if there are none, one is blank, or two are equal
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
     * @throws IOException if the file cannot be read or does not contain labels; the message names it
     */
    public static LabelSet read(Path file) throws IOException {
        try (LineReader reader = LineReader.open(file)) {
            return read(file.toString(), reader);
        }
    }

    /**
     * Reads labels.
     *
     * @param name the name of the stream in error messages
     * @param in the lines
     * @throws IOException if the stream cannot be read or does not contain labels; the message has the name
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

    /** Returns the labels in order, as the lines of a file have them. */
    public List<String> names() {
        return names;
    }

    /** Returns the number of labels. */
    public int size() {
        return names.size();
    }

    /** Returns whether the set contains a label. */
    public boolean contains(String name) {
        return indexes.containsKey(name);
    }

    /**
     * Returns the index of a label, from 0 on.
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
