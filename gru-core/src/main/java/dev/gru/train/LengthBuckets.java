package dev.gru.train;

import java.util.Arrays;

import dev.gru.train.math.RandomStream;

/** Orders of rows in which those of a batch have like lengths. */
final class LengthBuckets {
    /**
     * How many batches are sorted together: so many that lengths in a batch differ by about a fiftieth of the
     * lengths that there are, so few that long data sets make other batches in every epoch. Hugging Face's
     * {@code group_by_length} has the same number.
     */
    private static final int BATCHES = 50;

    private LengthBuckets() {
    }

    /**
     * Returns the rows of an epoch. They are shuffled and cut into windows of {@value #BATCHES} batches; the rows of a
     * window are sorted by length, equal ones in their shuffled order, and cut into batches; and all batches are
     * shuffled. Rows that do not fill a batch are taken out after the first shuffle, and come last.
     *
     * @param lengths the length of each row
     * @param batchSize rows of a batch
     * @param random what the order is drawn from
     */
    static int[] shuffled(int[] lengths, int batchSize, RandomStream random) {
        int[] rows = random.permutation(lengths.length);
        int batches = rows.length / batchSize;
        int whole = batches * batchSize;
        long window = (long) BATCHES * batchSize;
        for (long from = 0; from < whole; from += window) {
            sort(rows, (int) from, (int) Math.min(from + window, whole), lengths);
        }
        int[] order = rows.clone();
        int[] ofBatches = random.permutation(batches);
        for (int batch = 0; batch < batches; batch++) {
            System.arraycopy(rows, ofBatches[batch] * batchSize, order, batch * batchSize, batchSize);
        }
        return order;
    }

    /**
     * Sorts a range of rows by length, those of the same length in the order in which they are.
     *
     * @param rows numbers of rows
     * @param from index of the first that is sorted
     * @param to that behind the last
     * @param lengths the length of each row, by its number
     */
    static void sort(int[] rows, int from, int to, int[] lengths) {
        long[] keys = new long[to - from];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) lengths[rows[from + i]] << Integer.SIZE | i;
        }
        Arrays.sort(keys);
        int[] before = Arrays.copyOfRange(rows, from, to);
        for (int i = 0; i < keys.length; i++) {
            rows[from + i] = before[(int) keys[i]];
        }
    }
}
