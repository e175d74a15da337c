package dev.gru.layer;

import java.util.Objects;

/**
 * Dropout: the identity when a model runs; in training, each input is zeroed with probability {@code rate}.
 *
 * @param name the name of the layer in its model
 * @param rate the probability, at least 0 and below 1
 */
public record Dropout(String name, double rate) implements Layer {
    /**
     * Checks the rate.
     *
     * @throws IllegalArgumentException if the rate is not at least 0 and below 1
     */
    public Dropout {
        Objects.requireNonNull(name, "name");
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("rate must be at least 0 and below 1, was " + rate);
        }
    }
}
