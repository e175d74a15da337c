package dev.gru.bench.app;

import java.util.List;
import java.util.Locale;

/**
 * How many tokens got the class that javac gives them.
 *
 * @param correct tokens with the same class
 * @param tokens tokens that were compared
 */
record Accuracy(long correct, long tokens) {

    /** Compares the predictions of a run with the classes of those files that javac could parse. */
    static Accuracy of(TaggerRun run, List<SourceFile> files) {
        long correct = 0;
        long tokens = 0;
        for (int i = 0; i < files.size(); i++) {
            List<TokenClass> truth = files.get(i).truth().orElse(List.of());
            List<TokenClass> predicted = run.predicted(i);
            int common = Math.min(truth.size(), predicted.size());
            for (int t = 0; t < common; t++) {
                if (predicted.get(t) == truth.get(t)) {
                    correct++;
                }
            }
            tokens += common;
        }
        return new Accuracy(correct, tokens);
    }

    /** Returns the share of correct tokens, such as {@code 90.5 %}, or {@code -} if there was no token. */
    @Override
    public String toString() {
        return tokens == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * correct / tokens);
    }
}
