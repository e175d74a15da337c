package dev.gru.train.network;

import dev.gru.kernel.training.Rows;

/**
 * Features of some rows on their way through the layers, step by step and row by row in a step, and which of their
 * steps count. Of a last output there is one step. Rows are padded, with anything.
 */
final class Features {
    final int rows;
    final int steps;
    final int size;
    final Rows values;
    /** Which steps count, (steps, rows), or null if all do. */
    final boolean[] mask;

    Features(int rows, int steps, int size, Rows values, boolean[] mask) {
        this.rows = rows;
        this.steps = steps;
        this.size = size;
        this.values = values;
        this.mask = mask;
    }

    /** Returns how many rows of values there are: steps · rows. */
    int count() {
        return steps * rows;
    }

    /** Returns other features of the same steps. */
    Features with(int otherSize, Rows otherValues) {
        return new Features(rows, steps, otherSize, otherValues, mask);
    }

    /** Returns whether a step of a row counts, which is the index of the step · rows + that of the row. */
    boolean counts(int index) {
        return mask == null || mask[index];
    }
}
