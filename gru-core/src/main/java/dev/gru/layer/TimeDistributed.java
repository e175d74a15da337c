package dev.gru.layer;

import java.util.Objects;

/**
 * A dense layer applied to every step of a sequence. It computes what {@link Dense} alone computes, but needs a
 * sequence.
 *
 * @param name the name of the layer in its model
 * @param layer the layer that is applied
 */
public record TimeDistributed(String name, Dense layer) implements Layer {
    /** Checks that nothing is null. */
    public TimeDistributed {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(layer, "layer");
    }

    @Override
    public long parameterCount() {
        return layer.parameterCount();
    }

    @Override
    public long matrixWeightCount() {
        return layer.matrixWeightCount();
    }
}
