package dev.gru.bench.tagging;

import java.util.Locale;

/**
 * The number of tokens with the correct class.
 *
 * @param correct tokens with the correct class
 * @param tokens all compared tokens
 */
public record Accuracy(long correct, long tokens) {

    /** Returns the share of correct tokens, such as {@code 90.5 %}, or {@code -} if there are no tokens. */
    @Override
    public String toString() {
        return tokens == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * correct / tokens);
    }
}
