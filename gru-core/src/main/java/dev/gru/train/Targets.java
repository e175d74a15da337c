package dev.gru.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.gru.train.math.BatchSlice;
import dev.gru.train.math.TargetValues;

/**
 * The wanted outputs of a model, step by step, and how much each step matters. If an output has no steps, there is one
 * step per row. Those of a model with several outputs are joined by {@link #and}.
 *
 * <p>Immutable, but arrays are not copied: whoever passes one must not change it while it is in use. Whether they fit a
 * model is checked when they are given to one.
 */
public final class Targets {
    private final List<TargetValues> ofOutputs;

    private Targets(List<TargetValues> ofOutputs) {
        this.ofOutputs = ofOutputs;
    }

    /**
     * Returns targets that are classes.
     *
     * @param labels (batch, steps), each from 0 to below the model's output size, except where a mask leaves the step
     *     out
     */
    public static Targets labels(int[] labels) {
        return new Targets(List.of(TargetValues.ofLabels(labels)));
    }

    /**
     * Returns targets that are numbers: values, probabilities, or classes one-hot.
     *
     * @param values (batch, steps, outputSize), row-major
     */
    public static Targets values(double[] values) {
        return new Targets(List.of(TargetValues.ofValues(values)));
    }

    /**
     * Returns these targets and those of the model's next output. The loss is the sum of those of the outputs, each the
     * mean over its steps; metrics are those of the first output.
     *
     * @param next the targets of an output, or of several
     */
    public Targets and(Targets next) {
        Objects.requireNonNull(next, "next");
        List<TargetValues> all = new ArrayList<>(ofOutputs);
        all.addAll(next.ofOutputs);
        return new Targets(List.copyOf(all));
    }

    /**
     * Returns these targets with weights, by which the losses of steps are multiplied before the mean is taken.
     *
     * @param ofSteps (batch, steps)
     * @throws IllegalStateException if these are targets of several outputs: weights come before {@link #and}
     */
    public Targets withWeights(double[] ofSteps) {
        return new Targets(List.of(single().withWeights(ofSteps)));
    }

    /**
     * Returns these targets with a mask: the loss of a step that it leaves out is not computed, and the mean is over
     * the others.
     *
     * @param counts (batch, steps)
     * @throws IllegalStateException if these are targets of several outputs: masks come before {@link #and}
     */
    public Targets withMask(boolean[] counts) {
        return new Targets(List.of(single().withMask(counts)));
    }

    private TargetValues single() {
        if (ofOutputs.size() > 1) {
            throw new IllegalStateException("weights and masks must be given to the targets of each output, before they"
                    + " are joined");
        }
        return ofOutputs.getFirst();
    }

    /** Returns the targets of each output. */
    List<TargetValues> arrays() {
        return ofOutputs;
    }

    /** Returns the targets of some rows, whole ones. */
    Targets slice(BatchSlice rows) {
        return new Targets(ofOutputs.stream().map(arrays -> rows.of(arrays, 1)).toList());
    }

    /** Adds all arrays to a checksum. */
    void fingerprint(Fingerprint to) {
        for (TargetValues arrays : ofOutputs) {
            to.add(arrays.labels());
            to.add(arrays.values());
            to.add(arrays.weights());
            to.add(arrays.mask());
        }
    }
}
