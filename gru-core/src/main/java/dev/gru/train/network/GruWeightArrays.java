package dev.gru.train.network;

import java.util.List;

import dev.gru.kernel.training.GruTrainingCell;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.GruLayer;
import dev.gru.train.math.Parameters;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * The weights of a GRU layer in training. What the inputs give to the gates is laid out as n, r, z, what the state
 * gives to them as r, z, n: so r and z lie side by side with either n, as a {@link GruTrainingCell} has them in common.
 */
final class GruWeightArrays {
    final GruVariant variant;
    final int inputs;
    final int units;
    /** Units and padding. */
    final int padded;
    /** What a row of states takes: h, and behind it c if there is a cell. */
    final int stateStride;
    /** What a row of gates takes. */
    final int gatesStride;
    final WeightArray ofInput;
    final WeightArray ofState;
    private final GruActivations activations;

    /**
     * Makes weights of 0.
     *
     * @param prefix how the names of the arrays begin
     * @param layer has the variant and the sizes
     */
    GruWeightArrays(String prefix, GruLayer layer) {
        GruWeights shape = layer.weights();
        // weight_ih, weight_hh, bias_ih, bias_hh
        List<String> names = Parameters.names(prefix, layer);
        variant = shape.variant();
        inputs = shape.inputSize();
        units = shape.hiddenSize();
        padded = TrainingKernel.padded(units);
        activations = shape.activations();
        gatesStride = Math.multiplyExact(GruTrainingCell.parts(activations), padded);
        stateStride = variant.stateSize(padded);
        ofInput = WeightArray.matrix(names.get(0), names.get(2), inputs,
                columns(1, 2, 0), Gate.COUNT * padded);
        ofState = WeightArray.matrix(names.get(1), names.get(3), units,
                columns(0, 1, 2), Gate.COUNT * padded);
    }

    /** Returns a view of the weights that act on the state. */
    GruTrainingCell.Weights cellWeights() {
        return new GruTrainingCell.Weights(variant, activations, units, padded, ofState.weights(), ofState.bias(),
                ofState.transposed());
    }

    /** Returns where the outputs are, in the order of {@link Gate}, given which place each gate has. */
    private int[] columns(int reset, int update, int candidate) {
        int[] places = new int[Gate.COUNT];
        places[Gate.RESET.index()] = reset;
        places[Gate.UPDATE.index()] = update;
        places[Gate.NEW.index()] = candidate;
        int[] columns = new int[Gate.COUNT * units];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = places[i / units] * padded + i % units;
        }
        return columns;
    }
}
