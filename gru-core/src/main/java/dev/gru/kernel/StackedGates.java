package dev.gru.kernel;

import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;

/**
 * The weights of a GRU layer in the order of {@link PortableGru}'s matrices: the units of one gate after those of the
 * other. Immutable, safe for use by any number of threads.
 */
final class StackedGates implements PortableMatrix.Source {
    private final GruWeights weights;
    /** Whether these are the weights from the states, rather than from the inputs. */
    private final boolean ofStates;
    private final Gate[] gates;

    private StackedGates(GruWeights weights, boolean ofStates, Gate... gates) {
        this.weights = weights;
        this.ofStates = ofStates;
        this.gates = gates;
    }

    /** Returns the weights from the inputs to all gates: r, z, n. */
    static StackedGates fromInput(GruWeights weights) {
        return new StackedGates(weights, false, Gate.RESET, Gate.UPDATE, Gate.NEW);
    }

    /** Returns the weights from the states to some gates, in this order. */
    static StackedGates fromState(GruWeights weights, Gate... gates) {
        return new StackedGates(weights, true, gates);
    }

    @Override
    public float bias(int output) {
        return ofStates ? weights.biasHh(gate(output), unit(output)) : weights.biasIh(gate(output), unit(output));
    }

    @Override
    public float weight(int output, int input) {
        return ofStates
                ? weights.weightHh(gate(output), unit(output), input)
                : weights.weightIh(gate(output), unit(output), input);
    }

    private Gate gate(int output) {
        return gates[output / weights.hiddenSize()];
    }

    private int unit(int output) {
        return output % weights.hiddenSize();
    }
}
