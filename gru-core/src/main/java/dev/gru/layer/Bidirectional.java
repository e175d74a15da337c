package dev.gru.layer;

import java.util.Objects;

/**
 * Two GRU layers that read the same sequence, one from its beginning and one from its end. What the two put out for a
 * step is merged, so every output depends on the whole sequence.
 *
 * <p>If both return sequences, the output of a step that a mask leaves out is 0, whatever the two layers say of that. If both return their last output, that
 * of the backward layer is the one after the first step of the sequence. This is Keras's {@code Bidirectional}.
 *
 * @param name the name of the layer in its model
 * @param forward reads from the first step to the last
 * @param backward reads from the last step to the first, whatever its own direction says
 * @param merge how the outputs of the two become one
 */
public record Bidirectional(String name, GruLayer forward, GruLayer backward, MergeMode merge) implements Layer {

    /** How the outputs of two layers become one. */
    public enum MergeMode {
        /** Those of the forward layer, then those of the backward layer. */
        CONCAT,
        /** The sums, unit by unit. */
        SUM,
        /** The products, unit by unit. */
        MUL,
        /** The means, unit by unit. */
        AVE
    }

    /**
     * Checks that the two layers go together.
     *
     * @throws IllegalArgumentException if the forward layer is marked as one that reads backward, if they take inputs of different sizes, if one returns sequences and the other does
     *     not, or if they have different numbers of units and are not concatenated
     */
    public Bidirectional {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(forward, "forward");
        Objects.requireNonNull(backward, "backward");
        Objects.requireNonNull(merge, "merge");
        if (forward.direction() != GruLayer.Direction.FORWARD) {
            throw new IllegalArgumentException("forward must have the direction FORWARD, had " + forward.direction());
        }
        requireSame("input size,", forward.weights().inputSize(), backward.weights().inputSize());
        requireSame("returnSequences,", forward.returnSequences(), backward.returnSequences());
        if (merge != MergeMode.CONCAT) {
            requireSame("hidden size, which " + merge + " needs,", forward.weights().hiddenSize(),
                    backward.weights().hiddenSize());
        }
    }

    private static void requireSame(String what, Object ofForward, Object ofBackward) {
        if (!ofForward.equals(ofBackward)) {
            throw new IllegalArgumentException("forward and backward must have the same " + what + " had " + ofForward
                    + " and " + ofBackward);
        }
    }

    /** Returns the number of features in. */
    public int inputSize() {
        return forward.weights().inputSize();
    }

    /** Returns the number of features out. */
    public int outputSize() {
        int units = forward.weights().hiddenSize();
        return merge == MergeMode.CONCAT ? units + backward.weights().hiddenSize() : units;
    }

    /** Returns whether the output is that of every step, or that of the last one only. */
    public boolean returnSequences() {
        return forward.returnSequences();
    }

    @Override
    public long parameterCount() {
        return forward.parameterCount() + backward.parameterCount();
    }

    @Override
    public long matrixWeightCount() {
        return forward.matrixWeightCount() + backward.matrixWeightCount();
    }
}
