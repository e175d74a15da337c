package dev.gru.train;

import java.util.Arrays;

import dev.gru.internal.Shapes;
import dev.gru.layer.Graph;
import dev.gru.train.TrainingOptions.BatchOrder;
import dev.gru.train.math.RandomStream;
import dev.gru.train.math.TrailingPadding;

/** The rows that a training uses: those of each of its batches, and those for validation. */
final class DataSplit {
    /** Of the seed, for the order of rows; those of weights are not negative. */
    private static final long ORDER = -1;

    private final TrainingOptions options;
    private final TrainingData data;
    /** Rows to train with, the first ones of the data. */
    private final int rows;
    private final TrainingData validation;
    /** Rows for validation, or null if there are none. */
    private final int[] validationRows;
    /** The lengths of the rows to train with, or null if they do not matter. */
    private final int[] lengths;

    /**
     * Splits the data, if the options say so.
     *
     * @param options how to train
     * @param model the model to be trained
     * @param data the data to train with
     * @param validationData the data to validate with, or null
     * @throws IllegalArgumentException if these do not fit each other
     */
    DataSplit(TrainingOptions options, Graph model, TrainingData data, TrainingData validationData) {
        this.options = options;
        this.data = data;
        data.requireFits(model, options.loss());
        if (validationData != null) {
            validationData.requireFits(model, options.loss());
            if (options.validationSplit() > 0) {
                throw new IllegalArgumentException("validationSplit must be 0 if there is validation data, was "
                        + options.validationSplit());
            }
        }
        rows = options.trainingRows(data.rows());
        if (rows == 0 || (rows == data.rows() && options.validationSplit() > 0)) {
            throw new IllegalArgumentException("validationSplit must leave rows on both sides, was "
                    + options.validationSplit() + " of " + data.rows() + " rows");
        }
        boolean split = rows < data.rows();
        validation = split ? data : validationData;
        validationRows = validation == null ? null : inOrder(split ? rows : 0, validation.rows());
        boolean bucketed = options.batchOrder() == BatchOrder.BUCKETED_BY_LENGTH;
        TrailingPadding padding = new TrailingPadding(model);
        lengths = bucketed ? Arrays.copyOf(lengths(padding, data), rows) : null;
        if (bucketed && validation != null) {
            LengthBuckets.sort(validationRows, 0, validationRows.length, lengths(padding, validation));
        }
    }

    private static int[] lengths(TrailingPadding padding, TrainingData data) {
        return padding.lengths(data.input(), data.targets().arrays());
    }

    private static int[] inOrder(int from, int to) {
        int[] rows = new int[to - from];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = from + i;
        }
        return rows;
    }

    /** Returns how many batches an epoch has. */
    int batches() {
        return Math.ceilDiv(rows, options.batchSize());
    }

    /** Returns the order of the rows in an epoch. */
    int[] order(int epoch) {
        RandomStream random = RandomStream.of(RandomStream.seed(options.seed(), ORDER), epoch);
        return switch (options.batchOrder()) {
            case AS_GIVEN -> inOrder(0, rows);
            case SHUFFLED -> random.permutation(rows);
            case BUCKETED_BY_LENGTH -> LengthBuckets.shuffled(lengths, options.batchSize(), random);
        };
    }

    /**
     * Returns the rows of a batch.
     *
     * @param order the order of the rows in the epoch
     * @param batch the number of the batch in the epoch, from 0
     */
    TrainingData batch(int[] order, int batch) {
        int from = batch * options.batchSize();
        return data.rows(order, from, Shapes.chunkEnd(from, options.batchSize(), rows));
    }

    /** Returns whether there is validation data. */
    boolean hasValidation() {
        return validation != null;
    }

    /** Returns how many batches the validation data has; 0 if there is none. */
    int validationBatches() {
        return validation == null ? 0 : Math.ceilDiv(validationRows.length, options.batchSize());
    }

    /** Returns the rows of a batch of the validation data, whose number is from 0. */
    TrainingData validationBatch(int batch) {
        int from = batch * options.batchSize();
        return validation.rows(validationRows, from,
                Shapes.chunkEnd(from, options.batchSize(), validationRows.length));
    }
}
