package dev.gru.bench.model;

import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Weights with their gates in the order update, reset, new: z, r, h in ONNX, u, r, o in oneDNN. */
public final class UpdateFirstWeights {
    private static final Gate[] ORDER = {Gate.UPDATE, Gate.RESET, Gate.NEW};

    /** (3, hiddenSize, inputSize). */
    public final float[] weightIh;
    /** (3, hiddenSize, hiddenSize). */
    public final float[] weightHh;
    /** (3, hiddenSize). */
    public final float[] biasIh;
    /** (3, hiddenSize). */
    public final float[] biasHh;

    /**
     * Reorders the gates of a layer for a library that has one recurrence only.
     *
     * @throws IllegalArgumentException if the layer is not {@link GruVariant#RESET_AFTER}
     */
    public static UpdateFirstWeights ofResetAfter(GruWeights weights) {
        if (weights.variant() != GruVariant.RESET_AFTER) {
            throw new IllegalArgumentException("weights must be of RESET_AFTER, were " + weights);
        }
        return new UpdateFirstWeights(weights);
    }

    /** Reorders the gates of a layer. */
    public UpdateFirstWeights(GruWeights weights) {
        int inputs = weights.inputSize();
        int units = weights.hiddenSize();
        int rows = ORDER.length * units;
        weightIh = new float[rows * inputs];
        weightHh = new float[rows * units];
        biasIh = new float[rows];
        biasHh = new float[rows];
        for (int row = 0; row < rows; row++) {
            Gate gate = ORDER[row / units];
            int unit = row % units;
            for (int k = 0; k < inputs; k++) {
                weightIh[row * inputs + k] = weights.weightIh(gate, unit, k);
            }
            for (int k = 0; k < units; k++) {
                weightHh[row * units + k] = weights.weightHh(gate, unit, k);
            }
            biasIh[row] = weights.biasIh(gate, unit);
            biasHh[row] = weights.biasHh(gate, unit);
        }
    }
}
