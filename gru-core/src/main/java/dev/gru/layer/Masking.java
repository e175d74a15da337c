package dev.gru.layer;

import java.util.Objects;

/**
 * Leaves out the steps all of whose features are one value: from here on they do not count. Keras's {@code Masking}. A
 * mask that came from before is replaced, but for the lengths of rows, and the features of steps that are left out become
 * 0.
 *
 * @param name the name of the layer in its model
 * @param maskValue the value, usually 0
 */
public record Masking(String name, float maskValue) implements Layer {
    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException if it is not finite
     */
    public Masking {
        Objects.requireNonNull(name, "name");
        if (!Float.isFinite(maskValue)) {
            throw new IllegalArgumentException("maskValue must be finite, was " + maskValue);
        }
    }
}
