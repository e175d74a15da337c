package dev.gru.layer;

import java.util.Objects;

import dev.gru.weights.Activation;

/**
 * A function applied to every feature of every step, or, in the case of softmax, to the features of each step.
 *
 * @param name the name of the layer in its model
 * @param activation the function
 */
public record ActivationLayer(String name, Activation activation) implements Layer {
    /** Checks that nothing is null. */
    public ActivationLayer {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(activation, "activation");
    }
}
