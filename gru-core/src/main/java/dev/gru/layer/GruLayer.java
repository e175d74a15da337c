package dev.gru.layer;

import java.util.Objects;

import dev.gru.kernel.GruWeights;

/**
 * A GRU layer that runs from a zero state: forward in time, unless it is the backward layer of a {@link Bidirectional}.
 *
 * @param name the name of the layer in its model
 * @param weights the recurrence and its weights
 * @param returnSequences whether the layer's output is that of every step, (batch, steps, hiddenSize), or that of the
 *     last step only, (batch, hiddenSize)
 */
public record GruLayer(String name, GruWeights weights, boolean returnSequences) implements Layer {
    /** Checks that nothing is null. */
    public GruLayer {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(weights, "weights");
    }
}
