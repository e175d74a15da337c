package dev.gru.bench.tagging;

import java.util.List;

/**
 * A sequence of tokens, each with its label.
 *
 * @param tokens the texts of the tokens, at least one
 * @param labels the label of each
 */
public record TaggedSequence(List<String> tokens, List<String> labels) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there are no tokens, or not as many labels
     */
    public TaggedSequence {
        tokens = List.copyOf(tokens);
        labels = List.copyOf(labels);
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException("tokens must be at least one, were none");
        }
        if (labels.size() != tokens.size()) {
            throw new IllegalArgumentException(
                    "labels must be one for each of " + tokens.size() + " tokens, were " + labels.size());
        }
    }
}
