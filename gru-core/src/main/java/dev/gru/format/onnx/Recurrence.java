package dev.gru.format.onnx;

import java.util.List;

import dev.gru.layer.GruLayer.Direction;
import dev.gru.weights.GruWeights;

/**
 * A GRU that nodes of an ONNX graph are, and how its arrays are laid out.
 *
 * @param weights those of each direction
 * @param direction from which end its only direction reads, or the first of two
 * @param batchDim the dimension of the batch in the input, 0 or 1; the other one is that of the steps
 * @param layout how outputs and states are laid out
 */
record Recurrence(List<GruWeights> weights, Direction direction, int batchDim, Layout layout) {
    /** How outputs and states are laid out. */
    enum Layout {
        /** Outputs (steps, directions, batch, units), states (directions, batch, units). */
        STEPS_FIRST,
        /** Outputs (batch, steps, directions, units), states (batch, directions, units). */
        BATCH_FIRST,
        /** Outputs (steps, batch, units), states (batch, units). */
        NO_DIRECTIONS
    }

    /** Copies the list. */
    Recurrence {
        weights = List.copyOf(weights);
    }

    /** Returns what a {@code Loop} is. */
    static Recurrence loop(GruWeights weights, Direction direction, int stepDim) {
        return new Recurrence(List.of(weights), direction, 1 - stepDim, Layout.NO_DIRECTIONS);
    }

    /** Returns the number of directions. */
    int directions() {
        return weights.size();
    }

    /** Returns the features of the input. */
    int inputs() {
        return weights.getFirst().inputSize();
    }

    /** Returns the units of each direction. */
    int units() {
        return weights.getFirst().hiddenSize();
    }
}
