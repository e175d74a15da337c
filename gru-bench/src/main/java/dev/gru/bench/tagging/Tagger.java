package dev.gru.bench.tagging;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

import dev.gru.GruModel;

/**
 * A model that labels tokens, with the vocabulary and the labels that belong to it.
 *
 * <p>Immutable and safe for use by any number of threads, as the model is. Closing it closes the model.
 *
 * @param model takes token ids, and has an output for each label at every step; the label with the largest is predicted
 * @param vocabulary the ids of its embedding
 * @param labels the labels of its outputs
 */
public record Tagger(GruModel model, Vocabulary vocabulary, LabelSet labels) implements AutoCloseable {
    /** Rows per call of the model. */
    private static final int BATCH = 64;

    /**
     * Checks that the parts fit together.
     *
     * @throws IllegalArgumentException if they do not
     */
    public Tagger {
        if (!model.takesTokens() || !model.returnsSequences()) {
            throw new IllegalArgumentException("model must take token ids and have an output for each, is " + model);
        }
        int table = model.layers().embedding().orElseThrow().vocabularySize();
        if (vocabulary.size() != table) {
            throw new IllegalArgumentException("vocabulary must have " + table + " lines, as many as the model's table"
                    + " has rows, had " + vocabulary.size());
        }
        if (labels.size() != model.outputSize()) {
            throw new IllegalArgumentException("labels must be " + model.outputSize() + ", as many as the model has"
                    + " outputs, were " + labels.size());
        }
    }

    /**
     * Creates a tagger; closes the model if the parts do not fit together.
     *
     * @throws IllegalArgumentException if they do not
     */
    public static Tagger of(GruModel model, Vocabulary vocabulary, LabelSet labels) {
        try {
            return new Tagger(model, vocabulary, labels);
        } catch (IllegalArgumentException e) {
            model.close();
            throw e;
        }
    }

    /**
     * Labels data and compares the labels with its own.
     *
     * @param data labelled sequences
     * @param length the number of tokens after which the state is reset, at least 1, or 0 for whole sequences
     * @throws IOException if the data has a label that the model does not have
     * @throws IllegalArgumentException if the length is negative
     */
    public ConfusionMatrix evaluate(TaggedData data, int length) throws IOException {
        if (length < 0) {
            throw new IllegalArgumentException("length must be at least 0, was " + length);
        }
        data.requireLabels(labels);
        ConfusionMatrix matrix = new ConfusionMatrix(labels);
        if (length > 0) {
            evaluate(data.sequences(), length, matrix);
        } else {
            data.sequences().forEach(sequence -> evaluate(List.of(sequence), sequence.tokens().size(), matrix));
        }
        return matrix;
    }

    private void evaluate(List<TaggedSequence> sequences, int length, ConfusionMatrix matrix) {
        TokenChunks chunks = TokenChunks.of(sequences, vocabulary, labels, length);
        for (int row = 0; row < chunks.rows(); row += BATCH) {
            int batch = Math.min(BATCH, chunks.rows() - row);
            int from = row * length;
            float[] y = model.predict(batch, length, Arrays.copyOfRange(chunks.tokens(), from, from + batch * length));
            for (int i = 0; i < batch * length; i++) {
                int truth = chunks.labels()[from + i];
                if (truth != TokenChunks.NO_LABEL) {
                    matrix.add(truth, indexOfLargest(y, i * labels.size(), labels.size()));
                }
            }
        }
    }

    /**
     * Returns the index of the largest of some numbers, the first if several are equal.
     *
     * @param y contains them
     * @param from the index of the first
     * @param size the number of them
     * @return the index, counted from {@code from}
     */
    public static int indexOfLargest(float[] y, int from, int size) {
        int largest = 0;
        for (int i = 1; i < size; i++) {
            if (y[from + i] > y[from + largest]) {
                largest = i;
            }
        }
        return largest;
    }

    @Override
    public void close() {
        model.close();
    }
}
