package dev.gru.train.reference;

/**
 * ScalarFeatures on their way through the layers, and which of their steps count. Of a last output there is one step.
 */
final class ScalarFeatures {
    final int rows;
    final int steps;
    final int size;
    /** (rows, steps, size). */
    final double[] values;
    /** Which steps count, (rows, steps), or null if all do. */
    final boolean[] mask;

    ScalarFeatures(int rows, int steps, int size, double[] values, boolean[] mask) {
        this.rows = rows;
        this.steps = steps;
        this.size = size;
        this.values = values;
        this.mask = mask;
    }

    /** Returns other features of the same steps. */
    ScalarFeatures with(int otherSize, double[] otherValues) {
        return new ScalarFeatures(rows, steps, otherSize, otherValues, mask);
    }

    /** Returns whether a step counts, which is the index of its row · steps + its own. */
    boolean counts(int step) {
        return mask == null || mask[step];
    }
}
