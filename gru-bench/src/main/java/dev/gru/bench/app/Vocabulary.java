package dev.gru.bench.app;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The ids by which a model knows the texts of tokens.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
final class Vocabulary {
    /** The id of every text that is not in the vocabulary; 0 is padding. */
    static final int UNKNOWN = 1;

    private final Map<String, Integer> ids = new HashMap<>();

    /**
     * Makes a vocabulary.
     *
     * @param lines the texts, each at the index that is its id; the first two stand for padding and the unknown
     * @throws IllegalArgumentException if there are fewer than two, or a text comes twice
     */
    Vocabulary(List<String> lines) {
        if (lines.size() <= UNKNOWN) {
            throw new IllegalArgumentException("a vocabulary must have at least 2 lines, had " + lines.size());
        }
        for (int id = UNKNOWN + 1; id < lines.size(); id++) {
            if (ids.put(lines.get(id), id) != null) {
                throw new IllegalArgumentException("the vocabulary has " + lines.get(id) + " twice");
            }
        }
    }

    /** Returns the id of a text, or {@link #UNKNOWN}. */
    int id(String text) {
        return ids.getOrDefault(text, UNKNOWN);
    }

    /** Returns the ids of the texts of tokens. */
    int[] ids(List<JavaToken> tokens) {
        return tokens.stream().mapToInt(token -> id(token.text())).toArray();
    }
}
