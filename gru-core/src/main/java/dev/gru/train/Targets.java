package dev.gru.train;

import dev.gru.train.math.TargetValues;

/**
 * The wanted outputs of a model, step by step, and how much each step matters. If the model returns its last output
 * only, there is one step per row.
 *
 * <p>Immutable, but arrays are not copied: whoever passes one must not change it while it is in use. Whether they fit a
 * model is checked when they are given to one.
 */
public final class Targets {
    private final TargetValues arrays;

    private Targets(TargetValues arrays) {
        this.arrays = arrays;
    }

    /**
     * Returns targets that are classes.
     *
     * @param labels (batch, steps), each from 0 to below the model's output size, except where a mask leaves the step
     *     out
     */
    public static Targets labels(int[] labels) {
        return new Targets(TargetValues.ofLabels(labels));
    }

    /**
     * Returns targets that are numbers: values, probabilities, or classes one-hot.
     *
     * @param values (batch, steps, outputSize), row-major
     */
    public static Targets values(double[] values) {
        return new Targets(TargetValues.ofValues(values));
    }

    /**
     * Returns these targets with weights, by which the losses of steps are multiplied before the mean is taken.
     *
     * @param ofSteps (batch, steps)
     */
    public Targets withWeights(double[] ofSteps) {
        return new Targets(arrays.withWeights(ofSteps));
    }

    /**
     * Returns these targets with a mask: the loss of a step that it leaves out is not computed, and the mean is over
     * the others.
     *
     * @param counts (batch, steps)
     */
    public Targets withMask(boolean[] counts) {
        return new Targets(arrays.withMask(counts));
    }

    TargetValues arrays() {
        return arrays;
    }

    /**
     * Returns the targets of some rows.
     *
     * @param count how many rows there are
     * @param rows which ones
     * @param from index in {@code rows} of the first
     * @param to that behind the last
     */
    Targets rows(int count, int[] rows, int from, int to) {
        return new Targets(new TargetValues(RowCopies.of(arrays.labels(), count, rows, from, to),
                RowCopies.of(arrays.values(), count, rows, from, to),
                RowCopies.of(arrays.weights(), count, rows, from, to),
                RowCopies.of(arrays.mask(), count, rows, from, to)));
    }

    /** Adds all arrays to a checksum. */
    void fingerprint(Fingerprint to) {
        to.add(arrays.labels());
        to.add(arrays.values());
        to.add(arrays.weights());
        to.add(arrays.mask());
    }
}
