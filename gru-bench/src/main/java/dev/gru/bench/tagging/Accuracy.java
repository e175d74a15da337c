package dev.gru.bench.tagging;

import java.util.Locale;

/**
 * How many tokens got the class that is right.
 *
 * @param correct tokens that did
 * @param tokens tokens that were compared
 */
public record Accuracy(long correct, long tokens) {

    /** Returns the share of correct tokens, such as {@code 90.5 %}, or {@code -} if there was no token. */
    @Override
    public String toString() {
        return tokens == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * correct / tokens);
    }
}
