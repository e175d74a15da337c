package dev.gru.layer;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.layer.LayerOptions.Option;

/**
 * A layer that regularises training and is the identity when a model runs, beside {@link Dropout}.
 *
 * @param name the name of the layer in its model
 * @param kind what it does in training
 * @param amount how much of it: a probability from 0 to below 1, a standard deviation or a factor of at least 0
 * @param amount2 the factor of squares of {@link Kind#ACTIVITY_REGULARIZATION}; otherwise 0
 */
public record Regularization(String name, Kind kind, float amount, float amount2) implements Layer {
    private static final Option<Kind> KIND = Option.choice("kind", Kind.class);
    private static final Option<Float> AMOUNT = Option.number("amount");
    private static final Option<Float> AMOUNT2 = Option.number("amount2");
    static final List<Option<?>> OPTIONS = List.of(KIND, AMOUNT, AMOUNT2);

    /** What a layer does in training; each is Keras's layer of that name. */
    public enum Kind {
        /** Zeroes a feature in all steps of a sequence with the probability {@code amount}, and scales the others. */
        SPATIAL_DROPOUT1D,
        /** Adds normal noise of the standard deviation {@code amount}. */
        GAUSSIAN_NOISE,
        /** Multiplies by normal noise of mean 1 and standard deviation √(amount / (1 − amount)). */
        GAUSSIAN_DROPOUT,
        /** Dropout that keeps mean and variance of what {@code selu} returns (Klambauer et al. 2017). */
        ALPHA_DROPOUT,
        /** Adds {@code amount} Σ|v| + {@code amount2} Σv² to the loss. */
        ACTIVITY_REGULARIZATION;

        private boolean isProbability() {
            return this != GAUSSIAN_NOISE && this != ACTIVITY_REGULARIZATION;
        }
    }

    /**
     * Checks the amounts.
     *
     * @throws IllegalArgumentException if one is negative or not finite, or a probability is not below 1
     */
    public Regularization {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        if (!(amount >= 0 && Float.isFinite(amount)) || (kind.isProbability() && amount >= 1)) {
            throw new IllegalArgumentException("amount must be at least 0 and "
                    + (kind.isProbability() ? "below 1" : "finite") + ", was " + amount);
        }
        if (!(amount2 >= 0 && Float.isFinite(amount2)) || (kind != Kind.ACTIVITY_REGULARIZATION && amount2 != 0)) {
            throw new IllegalArgumentException("amount2 must be at least 0 and finite, and 0 for all but"
                    + " ACTIVITY_REGULARIZATION, was " + amount2);
        }
    }

    static Regularization make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new Regularization(name, options.get(KIND), options.get(AMOUNT), options.get(AMOUNT2));
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.REGULARIZATION;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(KIND, kind).with(AMOUNT, amount).with(AMOUNT2, amount2);
    }

    @Override
    public Shape outputShape(Shape input) {
        Shape output = Objects.requireNonNull(input, "input").requireFeatures();
        return kind == Kind.SPATIAL_DROPOUT1D ? output.requireSequence() : output;
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
