package dev.gru.layer;

import java.util.Objects;

import dev.gru.weights.DenseWeights;

/**
 * A dense (fully connected) layer; on a sequence it acts on every step by itself.
 *
 * @param name the name of the layer in its model
 * @param weights the weights and the activation
 */
public record Dense(String name, DenseWeights weights) implements Layer {
    /** Checks that nothing is null. */
    public Dense {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(weights, "weights");
    }

    @Override
    public long parameterCount() {
        return matrixWeightCount() + weights.outputSize();
    }

    @Override
    public long matrixWeightCount() {
        return (long) weights.inputSize() * weights.outputSize();
    }
}
