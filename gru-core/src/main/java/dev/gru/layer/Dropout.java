package dev.gru.layer;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.layer.LayerOptions.Option;

/**
 * Dropout: the identity when a model runs; in training, each input is zeroed with probability {@code rate}.
 *
 * @param name the name of the layer in its model
 * @param rate the probability, at least 0 and below 1
 */
public record Dropout(String name, double rate) implements Layer {
    private static final Option<Double> RATE = Option.probability("rate");
    static final List<Option<?>> OPTIONS = List.of(RATE);

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

    static Dropout make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new Dropout(name, options.get(RATE));
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.DROPOUT;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(RATE, rate);
    }

    @Override
    public Shape outputShape(Shape input) {
        return Objects.requireNonNull(input, "input");
    }

    @Override
    public Time time() {
        return Time.PER_STEP;
    }

    @Override
    public Mask mask() {
        return Mask.HANDS_ON;
    }

    @Override
    public boolean isIdentity() {
        return true;
    }
}
