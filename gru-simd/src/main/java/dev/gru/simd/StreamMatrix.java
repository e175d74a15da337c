package dev.gru.simd;

import dev.gru.internal.Shapes;
import dev.gru.simd.loops.Lanes;
import dev.gru.simd.loops.streams.StreamSums;
import dev.gru.simd.loops.streams.StreamTiles;
import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * Weights of some gates for products with columns of streams, in the order in which loops read them: for each part of
 * the outputs the biases, and then for each input a weight of each output. A part is the gates of a unit, or, of one
 * gate alone, the units of a tile.
 *
 * <p>Weights in bfloat16 are floats here: they are few, and a shift for each would cost more than they save.
 *
 * <p>Immutable, safe for use by any number of threads.
 */
final class StreamMatrix {
    private static final int[] HEIGHTS = StreamTiles.outputs();

    private final int gates;
    private final int inputs;
    private final int outputs;
    private final float[] weights;

    /**
     * Packs the weights of some gates.
     *
     * @param from the layer
     * @param ofStates whether from the states, rather than from the inputs
     * @param precision to which weights are rounded
     * @param gates in the order of the outputs
     */
    StreamMatrix(GruWeights from, boolean ofStates, Precision precision, Gate... gates) {
        this.gates = gates.length;
        inputs = ofStates ? from.hiddenSize() : from.inputSize();
        outputs = gates.length * from.hiddenSize();
        weights = new float[Shapes.requireArray("weights", outputs, Math.addExact(inputs, 1))];
        int at = 0;
        for (int first = 0, height; first < outputs; first += height) {
            height = height(outputs - first);
            for (int k = -1; k < inputs; k++) {
                for (int output = first; output < first + height; output++) {
                    Gate gate = gates[output % gates.length];
                    int unit = output / gates.length;
                    if (k < 0) {
                        weights[at++] = ofStates ? from.biasHh(gate, unit) : from.biasIh(gate, unit);
                    } else {
                        weights[at++] = precision.round(
                                ofStates ? from.weightHh(gate, unit, k) : from.weightIh(gate, unit, k));
                    }
                }
            }
        }
    }

    /** Returns the outputs of the part that comes first where so many are left. */
    private int height(int left) {
        if (gates > 1) {
            return gates;
        }
        int i = 0;
        while (HEIGHTS[i] > left) {
            i++;
        }
        return HEIGHTS[i];
    }

    /**
     * Writes, for as many streams as some vectors hold, the sums of all units: for r and z the product of
     * {@code ofInput} with the inputs plus that of {@code ofState} with the states, for n each by itself.
     *
     * @param vectors how many, one of {@link StreamTiles#vectors}
     * @param x a column for each input
     * @param h a column for each unit
     * @param sums takes a column for each unit: all of r, all of z, and those of n
     */
    static void sums(int vectors, StreamMatrix ofInput, StreamMatrix ofState, float[] x, float[] h, float[] sums) {
        int column = vectors * Lanes.COUNT;
        int units = ofState.inputs;
        assert ofInput.inputs * column <= x.length && units * column <= h.length;
        assert (1 + ofState.gates) * units * column <= sums.length;
        for (int unit = 0; unit < units; unit++) {
            StreamSums.unit(vectors, ofState.gates, ofInput.weights, unit * ofInput.gates * (ofInput.inputs + 1),
                    ofInput.inputs, x, ofState.weights, unit * ofState.gates * (units + 1), units, h, sums,
                    unit * column, units * column);
        }
    }

    /**
     * Computes y = b + W x, of one gate, for as many streams as some vectors hold.
     *
     * @param vectors how many, one of {@link StreamTiles#vectors}
     * @param x a column for each input
     * @param y takes a column for each output
     */
    void multiply(int vectors, float[] x, float[] y) {
        int column = vectors * Lanes.COUNT;
        assert inputs * column <= x.length && outputs * column <= y.length;
        int at = 0;
        for (int first = 0, height; first < outputs; first += height) {
            height = height(outputs - first);
            StreamTiles.tile(height, vectors, weights, at, inputs, x, 0, y, first * column);
            at += height * (inputs + 1);
        }
    }
}
