package dev.gru.bench.tagging;

import java.util.Arrays;
import java.util.List;

import dev.gru.layer.ModelInput;
import dev.gru.train.Targets;
import dev.gru.train.TrainingData;

/**
 * Sequences as a model takes them: cut into rows of equal length, the last row of a sequence padded.
 *
 * <p>Immutable; arrays are handed out as they are and must not be changed.
 */
public final class TokenChunks {
    /** The label of what is no token. */
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
     * Cuts sequences.
     *
     * @param sequences sequences, all of whose labels are in {@code labels}
     * @param length tokens in a row, at least 1
     * @throws IllegalArgumentException if it is less, or all rows together are more than an array holds
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

    /** Returns the number of tokens in each row. */
    public int length() {
        return length;
    }

    /** Returns ids, (rows, length), {@link Vocabulary#PADDING} where there is no token. */
    public int[] tokens() {
        return tokens;
    }

    /** Returns places of labels, (rows, length), {@link #NO_LABEL} where there is no token. */
    public int[] labels() {
        return labels;
    }

    /** Returns the rows as a model is trained with them: what is no token does not count. */
    public TrainingData trainingData() {
        boolean[] counts = new boolean[labels.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = labels[i] != NO_LABEL;
        }
        return new TrainingData(ModelInput.tokens(rows, length, tokens), Targets.labels(labels).withMask(counts));
    }
}
