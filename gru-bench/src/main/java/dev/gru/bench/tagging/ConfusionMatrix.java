package dev.gru.bench.tagging;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The counts of predicted labels by true labels, and the figures computed from them.
 *
 * <p>With T the tokens that are correctly labelled c: precision is T / tokens labelled c, recall is T / tokens whose
 * true label is c (the support of c), and F1 is the harmonic mean of both, 2T / (tokens labelled c + support of c). A
 * figure whose divisor is 0 is empty. For use by one thread.
 */
public final class ConfusionMatrix {
    private final LabelSet labels;
    private final long[][] counts;

    /** Creates a matrix of zeros. */
    public ConfusionMatrix(LabelSet labels) {
        this.labels = labels;
        counts = new long[labels.size()][labels.size()];
    }

    /**
     * Counts a token.
     *
     * @param truth the index of the true label
     * @param given the index of the predicted label
     */
    public void add(int truth, int given) {
        counts[truth][given]++;
    }

    /** Returns the labels, in the order of rows and columns. */
    public LabelSet labels() {
        return labels;
    }

    /** Returns the number of tokens with the true label {@code truth} and the predicted label {@code given}. */
    public long count(int truth, int given) {
        return counts[truth][given];
    }

    /** Returns the accuracy over all tokens. */
    public Accuracy accuracy() {
        return new Accuracy(IntStream.range(0, counts.length).mapToLong(i -> counts[i][i]).sum(),
                Arrays.stream(counts).flatMapToLong(Arrays::stream).sum());
    }

    /** Returns the number of tokens whose true label is this one. */
    public long support(int label) {
        return Arrays.stream(counts[label]).sum();
    }

    /** Returns the number of tokens whose predicted label is this one. */
    private long given(int label) {
        return Arrays.stream(counts).mapToLong(row -> row[label]).sum();
    }

    /** Returns the share of correct ones among the tokens with this predicted label; empty if there are none. */
    public OptionalDouble precision(int label) {
        return ratio(counts[label][label], given(label));
    }

    /** Returns the share of correct ones among the tokens with this true label; empty if there are none. */
    public OptionalDouble recall(int label) {
        return ratio(counts[label][label], support(label));
    }

    /** Returns the harmonic mean of precision and recall; empty if no token has this label, true or predicted. */
    public OptionalDouble f1(int label) {
        return ratio(2 * counts[label][label], given(label) + support(label));
    }

    private static OptionalDouble ratio(long part, long whole) {
        return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
    }

    /**
     * Returns the unweighted mean of a figure over the labels that are the true label of any token; an empty figure
     * counts as 0.
     *
     * @param figure such as {@code matrix::f1}
     */
    public OptionalDouble macro(IntFunction<OptionalDouble> figure) {
        return IntStream.range(0, counts.length).filter(label -> support(label) > 0)
                .mapToDouble(label -> figure.apply(label).orElse(0)).average();
    }
}
