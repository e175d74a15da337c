package dev.gru.bench.tagging;

import java.util.Arrays;
import java.util.List;

import dev.gru.layer.ModelInput;
import dev.gru.train.Targets;
import dev.gru.train.TrainingData;

/**
 * Sequences split into rows of equal length for a model; the last row of a sequence is padded.
 *
 * <p>Immutable; the arrays are not copied and must not be changed.
 */
public final class TokenChunks {
    /** The label of padding. */
    public static final int NO_LABEL = -1;

    private final int rows;
    private final int length;
    private final int[] tokens;
    private final int[] labels;

    private TokenChunks(int rows, int length, int[] tokens, int[] labels) {
        this.rows = rows;
        this.length = length;
        this.tokens = tokens;
        this.labels = labels;
    }

    /**
     * Splits sequences.
     *
     * @param sequences sequences whose labels are all in {@code labels}
     * @param length tokens in a row, at least 1
     * @throws IllegalArgumentException if it is less, or the rows do not fit into an array
     */
    public static TokenChunks of(List<TaggedSequence> sequences, Vocabulary vocabulary, LabelSet labels, int length) {
        if (length < 1) {
            throw new IllegalArgumentException("length must be at least 1, was " + length);
        }
        long rows = sequences.stream().mapToLong(sequence -> Math.ceilDiv(sequence.tokens().size(), length)).sum();
        if (rows * length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(rows + " rows of length " + length + " are more than an array holds");
        }
        int[] ids = new int[(int) rows * length];
        int[] classes = new int[(int) rows * length];
        Arrays.fill(ids, Vocabulary.PADDING);
        Arrays.fill(classes, NO_LABEL);
        int row = 0;
        for (TaggedSequence sequence : sequences) {
            int tokens = sequence.tokens().size();
            int[] of = vocabulary.ids(sequence.tokens());
            System.arraycopy(of, 0, ids, row * length, tokens);
            for (int i = 0; i < tokens; i++) {
                classes[row * length + i] = labels.index(sequence.labels().get(i));
            }
            row += Math.ceilDiv(tokens, length);
        }
        return new TokenChunks((int) rows, length, ids, classes);
    }

    /** Returns the number of rows. */
    public int rows() {
        return rows;
    }

    /** Returns the ids of the tokens, (rows, length); {@link Vocabulary#PADDING} for padding. */
    public int[] tokens() {
        return tokens;
    }

    /** Returns the indices of the labels, (rows, length); {@link #NO_LABEL} for padding. */
    public int[] labels() {
        return labels;
    }

    /** Returns the rows as training data, with the padding masked. */
    public TrainingData trainingData() {
        boolean[] counts = new boolean[labels.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = labels[i] != NO_LABEL;
        }
        return new TrainingData(ModelInput.tokens(rows, length, tokens), Targets.labels(labels).withMask(counts));
    }
}
