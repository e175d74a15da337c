package dev.gru.train.reference;

/**
 * Features on their way through the layers, or the token ids that go into a model, and which of their steps count. Of a
 * vector there is one step.
 */
final class ScalarFeatures {
    final int rows;
    final int steps;
    final int size;
    /** (rows, steps, size); empty if there are token ids. */
    final double[] values;
    /** Which steps count, (rows, steps), or null if all do. */
    final boolean[] mask;
    /** Which steps are within the lengths of their rows, (rows, steps), or null if all are. */
    final boolean[] within;
    /** Token ids, (rows, steps), or null if there are features. */
    final int[] tokens;

    ScalarFeatures(int rows, int steps, int size, double[] values, boolean[] mask) {
        this(rows, steps, size, values, mask, null, null);
    }

    ScalarFeatures(int rows, int steps, int size, double[] values, boolean[] mask, boolean[] within, int[] tokens) {
        this.rows = rows;
        this.steps = steps;
        this.size = size;
        this.values = values;
        this.mask = mask;
        this.within = within;
        this.tokens = tokens;
    }

    /** Returns other features of the same steps. */
    ScalarFeatures with(int otherSize, double[] otherValues) {
        return with(otherSize, otherValues, mask);
    }

    /** Returns other features of the same steps, of which others count. */
    ScalarFeatures with(int otherSize, double[] otherValues, boolean[] otherMask) {
        return new ScalarFeatures(rows, steps, otherSize, otherValues, otherMask, within, null);
    }

    /** Returns features of other steps, all of which count. */
    ScalarFeatures ofSteps(int otherSteps, int otherSize, double[] otherValues) {
        return new ScalarFeatures(rows, otherSteps, otherSize, otherValues, null);
    }

    /** Returns whether a step counts, which is the index of its row · steps + its own. */
    boolean counts(int step) {
        return mask == null || mask[step];
    }

    /** Returns how many steps all rows have together. */
    int count() {
        return rows * steps;
    }
}
