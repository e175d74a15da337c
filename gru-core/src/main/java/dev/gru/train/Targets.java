package dev.gru.train;

import java.util.Objects;

/**
 * What a model should put out, step by step, and how much each step matters. If the model returns its last output only,
 * there is one step per row.
 *
 * <p>Immutable, but arrays are not copied: whoever passes one must not change it while it is in use. Whether they fit a
 * model is checked when they are given to one.
 */
public final class Targets {
    private final int[] labels;
    private final double[] values;
    private final double[] weights;
    private final boolean[] mask;

    private Targets(int[] labels, double[] values, double[] weights, boolean[] mask) {
        this.labels = labels;
        this.values = values;
        this.weights = weights;
        this.mask = mask;
    }

    /**
     * Returns targets that are classes.
     *
     * @param labels (batch, steps), each from 0 to below the model's output size, except where a mask leaves the step out
     */
    public static Targets labels(int[] labels) {
        return new Targets(Objects.requireNonNull(labels, "labels"), null, null, null);
    }

    /**
     * Returns targets that are numbers: values, probabilities, or classes one-hot.
     *
     * @param values (batch, steps, outputSize), row-major
     */
    public static Targets values(double[] values) {
        return new Targets(null, Objects.requireNonNull(values, "values"), null, null);
    }

    /**
     * Returns these targets with weights, by which the losses of steps are multiplied before the mean is taken.
     *
     * @param ofSteps (batch, steps)
     */
    public Targets withWeights(double[] ofSteps) {
        return new Targets(labels, values, Objects.requireNonNull(ofSteps, "weights"), mask);
    }

    /**
     * Returns these targets with a mask: the loss of a step that it leaves out is not computed, and the mean is over the
     * others.
     *
     * @param counts (batch, steps)
     */
    public Targets withMask(boolean[] counts) {
        return new Targets(labels, values, weights, Objects.requireNonNull(counts, "mask"));
    }

    boolean counts(int step) {
        return mask == null || mask[step];
    }

    double weight(int step) {
        return weights == null ? 1 : weights[step];
    }

    /** Returns the target of output {@code i} of a step; of a class, 1 at its place and 0 elsewhere. */
    double value(int step, int i, int size) {
        if (labels != null) {
            return labels[step] == i ? 1 : 0;
        }
        return values[step * size + i];
    }

    /**
     * Returns without doing anything if these are targets for a loss and some outputs.
     *
     * @throws IllegalArgumentException if they are not
     */
    void requireFits(Loss loss, int steps, int size) {
        if (labels == null) {
            TrainingInput.requireLength("values", values.length, (long) steps * size);
        } else {
            if (loss != Loss.CATEGORICAL_CROSS_ENTROPY) {
                throw new IllegalArgumentException("targets must be values for the loss " + loss + ", were labels");
            }
            TrainingInput.requireLength("labels", labels.length, steps);
        }
        if (weights != null) {
            TrainingInput.requireLength("weights", weights.length, steps);
        }
        if (mask != null) {
            TrainingInput.requireLength("mask", mask.length, steps);
        }
        for (int step = 0; step < steps && labels != null; step++) {
            if (counts(step) && (labels[step] < 0 || labels[step] >= size)) {
                throw new IllegalArgumentException("labels[" + step + "] must be from 0 to " + (size - 1)
                        + ", was " + labels[step]);
            }
        }
    }
}
