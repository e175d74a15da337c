package dev.gru.format.keras;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.shared.GateOrder;
import dev.gru.internal.OwnedFloats;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Makes canonical weights of Keras's variables, which come in the order in which a layer creates them. */
public final class Weights {
    /** A kernel, a recurrent kernel and perhaps biases. */
    static final int GRU_WITHOUT_BIAS = 2;
    /** A kernel and perhaps biases. */
    static final int DENSE_WITHOUT_BIAS = 1;

    private Weights() {
    }

    /**
     * Reads the weights of a GRU cell.
     *
     * @param layer the layer that the cell is in
     * @param path where in the layer it is
     * @param useBias whether it has biases; Keras has two rows of them if the reset gate is applied after the product,
     *     else one
     */
    static GruWeights gru(Variables.Layer layer, String path, GruVariant variant, GruActivations activations,
            int inputSize, int units, boolean useBias) throws ModelFormatException {
        Variables.Part variables = layer.part(path, useBias ? GRU_WITHOUT_BIAS + 1 : GRU_WITHOUT_BIAS);
        long columns = (long) Gate.COUNT * units;
        GateOrder order = GateOrder.UPDATE_RESET_NEW;
        float[] weightIh = order.canonicalFromColumns(variables.read(0, inputSize, columns), inputSize, units);
        float[] weightHh = order.canonicalFromColumns(variables.read(1, units, columns), units, units);
        float[] biasIh = new float[Gate.COUNT * units];
        float[] biasHh = new float[Gate.COUNT * units];
        if (useBias && variant == GruVariant.RESET_AFTER) {
            float[] both = variables.read(2, 2, columns);
            biasIh = order.canonicalBias(both, 0, units);
            biasHh = order.canonicalBias(both, both.length / 2, units);
        } else if (useBias) {
            biasIh = order.canonicalBias(variables.read(2, columns), 0, units);
        }
        return GruWeights.owning(variant, activations, inputSize, units, OwnedFloats.of(weightIh),
                OwnedFloats.of(weightHh), OwnedFloats.of(biasIh), OwnedFloats.of(biasHh));
    }

    /**
     * Reads the weights of a dense layer.
     *
     * @param layer the layer that it is or is in
     * @param path where in the layer it is
     * @param useBias whether it has biases
     */
    static DenseWeights dense(Variables.Layer layer, String path, Activation activation, int inputSize, int units,
            boolean useBias) throws ModelFormatException {
        Variables.Part variables = layer.part(path, useBias ? DENSE_WITHOUT_BIAS + 1 : DENSE_WITHOUT_BIAS);
        float[] kernel = variables.read(0, inputSize, units);
        float[] bias = useBias ? variables.read(1, units) : new float[units];
        float[] weight = new float[kernel.length];
        for (int input = 0; input < inputSize; input++) {
            for (int unit = 0; unit < units; unit++) {
                weight[unit * inputSize + input] = kernel[input * units + unit];
            }
        }
        return DenseWeights.owning(inputSize, units, activation, OwnedFloats.of(weight), OwnedFloats.of(bias));
    }

    /** Reads the table of an embedding. */
    static float[] table(Variables.Layer layer, int vocabularySize, int outputSize) throws ModelFormatException {
        return layer.part("", 1).read(0, vocabularySize, outputSize);
    }
}
