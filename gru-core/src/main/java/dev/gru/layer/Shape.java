package dev.gru.layer;

import java.util.Objects;

import dev.gru.internal.Shapes;

/**
 * The shape of a layer's input or output, but for the sizes that differ from call to call: those of the batch and,
 * if there are steps, how many.
 *
 * @param kind what there is
 * @param features features of each step, or in all; 1 for token ids
 */
public record Shape(Kind kind, int features) {
    /** What an input or output consists of. */
    public enum Kind {
        /** One token id for each step: (batch, steps). */
        TOKENS,
        /** Features for each step: (batch, steps, features). */
        SEQUENCE,
        /** Features without steps: (batch, features). */
        VECTOR
    }

    /**
     * Checks the features.
     *
     * @throws IllegalArgumentException if they are below 1, or not 1 for tokens
     */
    public Shape {
        Objects.requireNonNull(kind, "kind");
        Shapes.requirePositive("features", features);
        if (kind == Kind.TOKENS && features != 1) {
            throw new IllegalArgumentException("features must be 1 for tokens, were " + features);
        }
    }

    /** Returns the shape of token ids, (batch, steps). */
    public static Shape tokens() {
        return new Shape(Kind.TOKENS, 1);
    }

    /** Returns the shape (batch, steps, features). */
    public static Shape sequence(int features) {
        return new Shape(Kind.SEQUENCE, features);
    }

    /** Returns the shape (batch, features). */
    public static Shape vector(int features) {
        return new Shape(Kind.VECTOR, features);
    }

    /** Returns whether there are steps. */
    public boolean isSequence() {
        return kind != Kind.VECTOR;
    }

    /** Returns the same shape with other features. */
    Shape withFeatures(int other) {
        return new Shape(kind, other);
    }

    /** Returns this shape if it is one of features, which token ids are not. */
    Shape requireFeatures() {
        if (kind == Kind.TOKENS) {
            throw new IllegalArgumentException("it takes features, but gets token ids");
        }
        return this;
    }

    /** Returns this shape if it has that many features. */
    Shape requireFeatures(int expected) {
        requireFeatures();
        if (features != expected) {
            throw new IllegalArgumentException("its input size is " + expected + ", but it gets " + features);
        }
        return this;
    }

    /** Returns this shape if it has steps. */
    Shape requireSequence() {
        if (!isSequence()) {
            throw new IllegalArgumentException(
                    "it needs a sequence, but a layer before it returns its last output only");
        }
        return this;
    }

    /** Returns the shape as Keras prints it: {@code (None, None, 64)}. */
    @Override
    public String toString() {
        return switch (kind) {
            case TOKENS -> "(None, None)";
            case SEQUENCE -> "(None, None, " + features + ")";
            case VECTOR -> "(None, " + features + ")";
        };
    }
}
