package dev.gru.train;

import java.util.Objects;

import dev.gru.internal.Shapes;

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
     * Returns these targets with a weight for each row, by which those of its steps are multiplied.
     *
     * @param ofRows (batch)
     * @param steps targets of each row: the number of steps, or 1 if the model returns its last output only
     * @throws IllegalArgumentException if {@code steps} is below 1, or there are weights of steps already and their number
     *     is another
     */
    public Targets withRowWeights(double[] ofRows, int steps) {
        Objects.requireNonNull(ofRows, "weights");
        double[] ofSteps = new double[Shapes.requireArray("weights of steps", ofRows.length,
                Shapes.requirePositive("steps", steps))];
        if (weights != null) {
            TrainingInput.requireLength("weights", ofSteps.length, weights.length);
        }
        for (int i = 0; i < ofSteps.length; i++) {
            ofSteps[i] = ofRows[i / steps] * weight(i);
        }
        return withWeights(ofSteps);
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

    /**
     * Returns the targets of some rows.
     *
     * @param count how many rows there are
     * @param rows which ones
     * @param from index in {@code rows} of the first
     * @param to that behind the last
     */
    Targets rows(int count, int[] rows, int from, int to) {
        return new Targets(RowCopies.of(labels, count, rows, from, to), RowCopies.of(values, count, rows, from, to),
                RowCopies.of(weights, count, rows, from, to), RowCopies.of(mask, count, rows, from, to));
    }

    /** Adds all there is to a checksum. */
    void fingerprint(Fingerprint to) {
        to.add(labels);
        to.add(values);
        to.add(weights);
        to.add(mask);
    }

    /**
     * Returns without doing anything if all values and weights are finite as floats.
     *
     * @throws IllegalArgumentException if one is not
     */
    void requireFinite() {
        FiniteFloats.require("values", values);
        FiniteFloats.require("weights", weights);
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
    void requireFits(Loss loss, long steps, int size) {
        if (labels == null) {
            TrainingInput.requireLength("values", values.length, steps * size);
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
