package dev.gru.format.keras;

import java.util.Arrays;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.keras.variables.Variables;
import dev.gru.format.shared.GateOrder;
import dev.gru.internal.OwnedFloats;
import dev.gru.layer.Conv1D;
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
    /** Three arrays for each gate. */
    static final int GRU_OF_KERAS_1 = 9;
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
     * Reads the weights of a GRU of Keras 1, which has three arrays for each gate: z, r and h, of each W, U and b.
     *
     * @param layer the layer
     * @param path where in the layer they are
     */
    static GruWeights gruOfKeras1(Variables.Layer layer, String path, GruActivations activations, int inputSize,
            int units) throws ModelFormatException {
        Variables.Part variables = layer.part(path, GRU_OF_KERAS_1);
        float[] weightIh = new float[0];
        float[] weightHh = new float[0];
        float[] bias = new float[0];
        for (int gate : new int[]{1, 0, 2}) {
            weightIh = joined(weightIh, transposed(variables.read(3 * gate, inputSize, units), inputSize, units));
            weightHh = joined(weightHh, transposed(variables.read(3 * gate + 1, units, units), units, units));
            bias = joined(bias, variables.read(3 * gate + 2, units));
        }
        return GruWeights.owning(GruVariant.RESET_BEFORE, activations, inputSize, units, OwnedFloats.of(weightIh),
                OwnedFloats.of(weightHh), OwnedFloats.of(bias), OwnedFloats.of(new float[Gate.COUNT * units]));
    }

    private static float[] joined(float[] first, float[] second) {
        float[] both = Arrays.copyOf(first, Math.addExact(first.length, second.length));
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Returns the transpose of a matrix of so many rows and columns. */
    private static float[] transposed(float[] matrix, int rows, int columns) {
        float[] transposed = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }

    /** Makes the weights of a layer whose kernel has an input in each row and an output in each column. */
    static DenseWeights transposed(float[] kernel, int inputs, int outputs, float[] bias, Activation activation) {
        return DenseWeights.owning(inputs, outputs, activation, OwnedFloats.of(transposed(kernel, inputs, outputs)),
                OwnedFloats.of(bias));
    }

    /**
     * Reads the weights of a convolution: its kernel is (steps of a window, channels of a group, filters), in Keras 1
     * with another dimension of size 1 after the steps.
     */
    static DenseWeights convolution(Entry entry, int kernelSize, int channels, int filters, boolean useBias,
            Activation activation, Dialect dialect) throws ModelFormatException {
        Variables.Part variables = entry.variables(useBias ? DENSE_WITHOUT_BIAS + 1 : DENSE_WITHOUT_BIAS);
        float[] kernel = dialect.major() == 1
                ? variables.read(0, kernelSize, 1, channels, filters)
                : variables.read(0, kernelSize, channels, filters);
        float[] bias = useBias ? variables.read(1, filters) : new float[filters];
        return transposed(kernel, Math.multiplyExact(kernelSize, channels), filters, bias, activation);
    }

    /** Reads the weights and biases of a convolution, in the layout of its own. */
    static List<float[]> convolution(Variables.Layer layer, Conv1D conv) throws ModelFormatException {
        boolean useBias = layer.count("") != DENSE_WITHOUT_BIAS;
        Variables.Part variables = layer.part("", useBias ? DENSE_WITHOUT_BIAS + 1 : DENSE_WITHOUT_BIAS);
        int channels = conv.inputSize() / conv.groups();
        float[] kernel = variables.read(0, conv.kernelSize(), channels, conv.filters());
        return List.of(transposed(kernel, conv.kernelSize() * channels, conv.filters()),
                useBias ? variables.read(1, conv.filters()) : new float[conv.filters()]);
    }

    /**
     * Reads the weights of a convolution of each channel by itself, whose kernel is (steps of a window, channels,
     * filters of each).
     */
    static DenseWeights depthwise(Variables.Part variables, int kernelSize, int channels, int multiplier,
            boolean useBias, Activation activation) throws ModelFormatException {
        float[] kernel = variables.read(0, kernelSize, channels, multiplier);
        int filters = Math.multiplyExact(channels, multiplier);
        float[] bias = useBias ? variables.read(1, filters) : new float[filters];
        return transposed(kernel, kernelSize, filters, bias, activation);
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
        return transposed(kernel, inputSize, units, bias, activation);
    }

    /** Reads the table of an embedding. */
    static float[] table(Variables.Layer layer, int vocabularySize, int outputSize) throws ModelFormatException {
        return layer.part("", 1).read(0, vocabularySize, outputSize);
    }
}
