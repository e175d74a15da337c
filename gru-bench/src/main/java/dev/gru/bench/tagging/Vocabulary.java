package dev.gru.bench.tagging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The ids of the texts of tokens in a model.
 *
 * <p>A file has one text per line; the number of the line, from 0 on, is its id. Immutable and safe for use by any
 * number of threads.
 */
public final class Vocabulary {
    /** The id of padding. */
    public static final int PADDING = 0;

    /** The id of all texts that are not in the vocabulary. */
    public static final int UNKNOWN = 1;

    private static final List<String> RESERVED = List.of("<pad>", "<unk>");

    private final List<String> lines;
    private final Map<String, Integer> ids = new HashMap<>();

    /**
     * Creates a vocabulary.
     *
     * @param lines the texts in the order of their ids; the first two stand for padding and unknown texts
     * @throws IllegalArgumentException if there are fewer than two, or two are equal
     */
    public Vocabulary(List<String> lines) {
        this.lines = List.copyOf(lines);
        if (lines.size() < RESERVED.size()) {
            throw new IllegalArgumentException("a vocabulary must have at least 2 lines, had " + lines.size());
        }
        for (int id = RESERVED.size(); id < lines.size(); id++) {
            if (ids.put(lines.get(id), id) != null) {
                throw new IllegalArgumentException("the vocabulary has " + lines.get(id) + " twice");
            }
        }
    }

    /**
     * Creates a vocabulary of the most frequent texts, equally frequent ones in alphabetical order.
     *
     * @param sequences the sequences with the texts
     * @param limit the largest number of ids, including those of padding and unknown texts
     * @throws IllegalArgumentException if the limit is below 3
     */
    public static Vocabulary of(List<TaggedSequence> sequences, int limit) {
        if (limit <= RESERVED.size()) {
            throw new IllegalArgumentException("a vocabulary must have at least 3 ids, for padding, unknown texts and a"
                    + " token, was to have " + limit);
        }
        Map<String, Integer> counts = new HashMap<>();
        for (TaggedSequence sequence : sequences) {
            sequence.tokens().forEach(token -> counts.merge(token, 1, Integer::sum));
        }
        Comparator<Map.Entry<String, Integer>> byCount = Map.Entry.comparingByValue(Comparator.reverseOrder());
        List<String> lines = new ArrayList<>(RESERVED);
        counts.entrySet().stream().sorted(byCount.thenComparing(Map.Entry.comparingByKey()))
                .limit(limit - RESERVED.size()).map(Map.Entry::getKey).forEach(lines::add);
        return new Vocabulary(lines);
    }

    /**
     * Reads a vocabulary.
     *
     * @throws IOException if it cannot be read or is no vocabulary; the message names the file
     */
    public static Vocabulary read(Path file) throws IOException {
        try (LineReader reader = LineReader.open(file)) {
            return read(file.toString(), reader);
        }
    }

    /**
     * Reads a vocabulary.
     *
     * @param name the name of the stream in error messages
     * @param in its lines
     * @throws IOException if it cannot be read or is no vocabulary; the message has the name
     */
    public static Vocabulary read(String name, InputStream in) throws IOException {
        return read(name, new LineReader(name, in));
    }

    private static Vocabulary read(String name, LineReader reader) throws IOException {
        try {
            return new Vocabulary(reader.rest());
        } catch (IllegalArgumentException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    /** Returns the texts in the order of their ids, as the lines of a file have them. */
    public List<String> lines() {
        return lines;
    }

    /** Returns the number of ids, which start at 0. */
    public int size() {
        return lines.size();
    }

    /** Returns the id of a text, or {@link #UNKNOWN}. */
    public int id(String text) {
        return ids.getOrDefault(text, UNKNOWN);
    }

    /** Returns the ids of texts. */
    public int[] ids(List<String> texts) {
        return texts.stream().mapToInt(this::id).toArray();
    }
}
