package dev.gru.bench.tagging;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * How often each label was given where each was right, and what follows from it.
 *
 * <p>With T the tokens whose label is and should be c: precision is T / tokens labelled c, recall is T / tokens that
 * should be (the support of c), and F1 is the harmonic mean of both, 2T / (tokens labelled c + support of c). What would
 * be divided by 0 is nothing. Not safe for use by two threads at once.
 */
public final class ConfusionMatrix {
    private final LabelSet labels;
    private final long[][] counts;

    /** Makes a matrix of zeros. */
    public ConfusionMatrix(LabelSet labels) {
        this.labels = labels;
        counts = new long[labels.size()][labels.size()];
    }

    /**
     * Counts a token.
     *
     * @param truth the place of the label that is right
     * @param given the place of the one that was given
     */
    public void add(int truth, int given) {
        counts[truth][given]++;
    }

    /** Returns the labels, in the order of rows and columns. */
    public LabelSet labels() {
        return labels;
    }

    /** Returns how many tokens got the label {@code given} where {@code truth} was right. */
    public long count(int truth, int given) {
        return counts[truth][given];
    }

    /** Returns how many tokens got the right label. */
    public Accuracy accuracy() {
        return new Accuracy(IntStream.range(0, counts.length).mapToLong(i -> counts[i][i]).sum(),
                Arrays.stream(counts).flatMapToLong(Arrays::stream).sum());
    }

    /** Returns how many tokens should have a label. */
    public long support(int label) {
        return Arrays.stream(counts[label]).sum();
    }

    /** Returns how many tokens got a label. */
    private long given(int label) {
        return Arrays.stream(counts).mapToLong(row -> row[label]).sum();
    }

    /** Returns the share of right ones among the tokens that got a label; nothing if none did. */
    public OptionalDouble precision(int label) {
        return ratio(counts[label][label], given(label));
    }

    /** Returns the share of those that got it among the tokens that should have a label; nothing if there is none. */
    public OptionalDouble recall(int label) {
        return ratio(counts[label][label], support(label));
    }

    /** Returns the harmonic mean of precision and recall; nothing if the label neither was given nor was right. */
    public OptionalDouble f1(int label) {
        return ratio(2 * counts[label][label], given(label) + support(label));
    }

    private static OptionalDouble ratio(long part, long whole) {
        return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
    }

    /**
     * Returns the mean of a figure over the labels that are right for some token, each with the same weight; where there
     * is no figure it counts as 0.
     *
     * @param figure such as {@code matrix::f1}
     */
    public OptionalDouble macro(IntFunction<OptionalDouble> figure) {
        return IntStream.range(0, counts.length).filter(label -> support(label) > 0)
                .mapToDouble(label -> figure.apply(label).orElse(0)).average();
    }
}
