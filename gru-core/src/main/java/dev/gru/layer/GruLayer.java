package dev.gru.layer;

import java.util.Objects;

import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;

/**
 * A GRU layer.
 *
 * @param name the name of the layer in its model
 * @param weights the recurrence and its weights
 * @param returnSequences whether the layer's output is that of every step, (batch, steps, hiddenSize), or that of the
 *     last step that it reads only, (batch, hiddenSize)
 * @param direction from which end it reads
 * @param zeroOutputForMask whether the output of a step that does not count is 0; otherwise it repeats the output of the
 *     step read before, or, if there was none, the state that the layer began with. Of no consequence unless the layer
 *     returns sequences
 */
public record GruLayer(String name, GruWeights weights, boolean returnSequences, Direction direction,
        boolean zeroOutputForMask) implements Layer {

    /** From which end a layer reads a sequence, and where it puts its outputs. */
    public enum Direction {
        /** From the first step to the last. */
        FORWARD,
        /**
         * From the last step to the first, the output of each step at the place of the step: ONNX's {@code reverse}, and
         * the backward layer of a {@link Bidirectional}.
         */
        BACKWARD,
        /**
         * From the last step to the first, the outputs in the order in which they are made, that of the last step first:
         * Keras's {@code go_backwards}. A mask stays in the order of the input.
         */
        BACKWARD_AS_READ
    }

    /** Checks that nothing is null. */
    public GruLayer {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(weights, "weights");
        Objects.requireNonNull(direction, "direction");
    }

    /** Returns the number of floats that the layer carries from step to step. */
    public int stateSize() {
        return weights.variant().stateSize(weights.hiddenSize());
    }

    /** Describes a layer that reads forward and repeats its output where a step does not count. */
    public GruLayer(String name, GruWeights weights, boolean returnSequences) {
        this(name, weights, returnSequences, Direction.FORWARD, false);
    }

    @Override
    public long parameterCount() {
        return matrixWeightCount() + 2L * Gate.COUNT * weights.hiddenSize();
    }

    @Override
    public long matrixWeightCount() {
        return (long) Gate.COUNT * weights.hiddenSize() * (weights.inputSize() + weights.hiddenSize());
    }

    /** Returns what the layer is; options that are as usual are left out. */
    @Override
    public String toString() {
        return "GruLayer[name=" + name + ", weights=" + weights + ", returnSequences=" + returnSequences
                + (direction == Direction.FORWARD ? "" : ", direction=" + direction)
                + (zeroOutputForMask ? ", zeroOutputForMask]" : "]");
    }
}
