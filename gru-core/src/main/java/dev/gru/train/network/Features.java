package dev.gru.train.network;

import dev.gru.kernel.training.Rows;

/**
 * Features of some rows on their way through the layers, step by step and row by row in a step, or the token ids that
 * go into a model, and which of their steps count. Of a vector there is one step. Rows are padded, with anything.
 */
final class Features {
    final int rows;
    final int steps;
    final int size;
    /** Nothing if there are token ids. */
    final Rows values;
    /** Which steps count, (steps, rows), or null if all do. */
    final boolean[] mask;
    /** Which steps are within the lengths of their rows, (steps, rows), or null if all are. */
    final boolean[] within;
    /** Token ids, (steps, rows), or null if there are features. */
    final int[] tokens;

    private Features(int rows, int steps, int size, Rows values, boolean[] mask, boolean[] within, int[] tokens) {
        this.rows = rows;
        this.steps = steps;
        this.size = size;
        this.values = values;
        this.mask = mask;
        this.within = within;
        this.tokens = tokens;
    }

    /** Takes features of which all steps count that are within the lengths of their rows. */
    static Features of(int rows, int steps, int size, Rows values, boolean[] within) {
        return new Features(rows, steps, size, values, within, within, null);
    }

    /** Takes token ids of which all steps count that are within the lengths of their rows. */
    static Features ofTokens(int rows, int steps, int[] tokens, boolean[] within) {
        return new Features(rows, steps, 1, new Rows(), within, within, tokens);
    }

    /** Returns how many rows of values there are: steps · rows. */
    int count() {
        return steps * rows;
    }

    /** Returns other features of the same steps. */
    Features with(int otherSize, Rows otherValues) {
        return with(otherSize, otherValues, mask);
    }

    /** Returns other features of the same steps, of which others count. */
    Features with(int otherSize, Rows otherValues, boolean[] otherMask) {
        return with(otherSize, otherValues, otherMask, within);
    }

    /** Returns other features of the same steps, of which others count and are within the lengths. */
    Features with(int otherSize, Rows otherValues, boolean[] otherMask, boolean[] otherWithin) {
        return new Features(rows, steps, otherSize, otherValues, otherMask, otherWithin, null);
    }

    /** Returns features of other steps, all of which count. */
    Features ofSteps(int otherSteps, int otherSize, Rows otherValues) {
        return new Features(rows, otherSteps, otherSize, otherValues, null, null, null);
    }

    /** Returns a feature of a step of a row, which is the index of the step · rows + that of the row. */
    float get(int index, int feature) {
        return values.values()[values.place(index) + feature];
    }

    /** Returns whether a step of a row counts, which is the index of the step · rows + that of the row. */
    boolean counts(int index) {
        return mask == null || mask[index];
    }

    /** Returns whether there is a step that does not count. */
    boolean isMasked() {
        int i = 0;
        while (mask != null && i < count() && mask[i]) {
            i++;
        }
        return mask != null && i < count();
    }
}
