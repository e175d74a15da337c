package dev.gru.train.math;

import java.util.Objects;

/**
 * The arrays of {@code dev.gru.train.TargetValues}: the targets of each step, and how much the step matters. They are
 * not copied.
 *
 * @param labels classes, (steps), or null
 * @param values numbers, (steps, size), if there are no labels
 * @param weights factors of the losses of steps, (steps), or null for 1
 * @param mask which steps are in the mean, (steps), or null for all
 */
@SuppressWarnings("ArrayRecordComponent") // a view of the user's arrays, compared by nobody
public record TargetValues(int[] labels, double[] values, double[] weights, boolean[] mask) {
    /** Returns targets that are classes. */
    public static TargetValues ofLabels(int[] labels) {
        return new TargetValues(Objects.requireNonNull(labels, "labels"), null, null, null);
    }

    /** Returns targets that are numbers. */
    public static TargetValues ofValues(double[] values) {
        return new TargetValues(null, Objects.requireNonNull(values, "values"), null, null);
    }

    /** Returns these targets with other weights. */
    public TargetValues withWeights(double[] ofSteps) {
        return new TargetValues(labels, values, Objects.requireNonNull(ofSteps, "weights"), mask);
    }

    /** Returns these targets with another mask. */
    public TargetValues withMask(boolean[] counts) {
        return new TargetValues(labels, values, weights, Objects.requireNonNull(counts, "mask"));
    }

    /** Returns whether the mask leaves a step in. */
    public boolean counts(int step) {
        return mask == null || mask[step];
    }

    /** Returns the factor of a step's loss. */
    public double weight(int step) {
        return weights == null ? 1 : weights[step];
    }

    /** Returns the target of output {@code i} of a step; of a class, 1 at its place and 0 elsewhere. */
    public double value(int step, int i, int size) {
        if (labels != null) {
            return labels[step] == i ? 1 : 0;
        }
        return values[step * size + i];
    }

    /**
     * Checks that all values and weights are finite as floats.
     *
     * @throws IllegalArgumentException if one is not
     */
    public void requireFinite() {
        FiniteFloats.require("values", values);
        FiniteFloats.require("weights", weights);
    }

    /**
     * Checks these targets against the outputs of a model.
     *
     * @param steps how many steps the outputs have
     * @param size outputs of a step
     * @throws IllegalArgumentException if they do not fit
     */
    void requireFits(long steps, int size) {
        if (labels == null) {
            requireLength("values", values.length, steps * size);
        } else {
            requireLength("labels", labels.length, steps);
        }
        if (weights != null) {
            requireLength("weights", weights.length, steps);
        }
        if (mask != null) {
            requireLength("mask", mask.length, steps);
        }
        for (int step = 0; step < steps && labels != null; step++) {
            if (counts(step) && (labels[step] < 0 || labels[step] >= size)) {
                throw new IllegalArgumentException("labels[" + step + "] must be from 0 to " + (size - 1)
                        + ", was " + labels[step]);
            }
        }
    }

    /**
     * Checks the length of an array.
     *
     * @throws IllegalArgumentException if it is another
     */
    public static void requireLength(String name, int length, long expected) {
        if (length != expected) {
            throw new IllegalArgumentException(name + " must have " + expected + " elements, had " + length);
        }
    }
}
