package dev.gru.simd;

import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;

/**
 * The weights of a GRU layer in the order of the outputs of products: for each block of as many units as a vector has
 * lanes, a vector of each gate. The rest of the last block is padding, all zeros.
 *
 * <p>Immutable, safe for use by any number of threads.
 */
final class InterleavedGates implements PackedMatrix.Source {
    private final GruWeights weights;
    /** Whether these are the weights from the states, rather than from the inputs. */
    private final boolean ofStates;
    private final Gate[] gates;

    private InterleavedGates(GruWeights weights, boolean ofStates, Gate... gates) {
        this.weights = weights;
        this.ofStates = ofStates;
        this.gates = gates;
    }

    /** Returns the weights from the inputs to all gates: r, z, n. */
    static InterleavedGates fromInput(GruWeights weights) {
        return new InterleavedGates(weights, false, Gate.RESET, Gate.UPDATE, Gate.NEW);
    }

    /** Returns the weights from the states to some gates, in this order. */
    static InterleavedGates fromState(GruWeights weights, Gate... gates) {
        return new InterleavedGates(weights, true, gates);
    }

    @Override
    public float bias(int output) {
        int unit = unit(output);
        if (unit >= weights.hiddenSize()) {
            return 0;
        }
        return ofStates ? weights.biasHh(gate(output), unit) : weights.biasIh(gate(output), unit);
    }

    @Override
    public float weight(int output, int input) {
        int unit = unit(output);
        if (unit >= weights.hiddenSize()) {
            return 0;
        }
        return ofStates ? weights.weightHh(gate(output), unit, input) : weights.weightIh(gate(output), unit, input);
    }

    private Gate gate(int output) {
        return gates[output / Lanes.COUNT % gates.length];
    }

    private int unit(int output) {
        return output / Lanes.COUNT / gates.length * Lanes.COUNT + output % Lanes.COUNT;
    }
}
