package dev.gru.layer;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import dev.gru.internal.Shapes;

/**
 * An array of weights with its name, role and shape.
 *
 * @param spec its name, role and shape
 * @param values its elements, row-major
 */
public record Parameter(Spec spec, FloatBuffer values) {
    /** Checks that nothing is null, and makes the view of the elements read-only. */
    public Parameter {
        Objects.requireNonNull(spec, "spec");
        values = Objects.requireNonNull(values, "values").asReadOnlyBuffer();
    }

    static List<Parameter> zip(List<Spec> specs, FloatBuffer... values) {
        List<Parameter> parameters = new ArrayList<>();
        for (FloatBuffer each : values) {
            parameters.add(new Parameter(specs.get(parameters.size()), each));
        }
        return parameters;
    }

    /** Returns the parameter of a part as one of the whole. */
    Parameter in(String part) {
        return new Parameter(new Spec(part + "/" + name(), role(), spec.shape()), values);
    }

    /** Returns a read-only view of the elements, row-major, from the first to the last. */
    @Override
    public FloatBuffer values() {
        return values.duplicate();
    }

    /** Returns its name in the layer. */
    public String name() {
        return spec.name();
    }

    /** Returns what it is for. */
    public Role role() {
        return spec.role();
    }

    /** Returns its dimensions, slowest first. */
    public List<Integer> shape() {
        return spec.shape().stream().map(Math::toIntExact).toList();
    }

    /** Returns the number of elements. */
    public long size() {
        return values.remaining();
    }

    /** What an array of weights is for. */
    public enum Role {
        /** The matrix that the inputs of a GRU or dense layer are multiplied with. */
        INPUT_MATRIX(true),
        /** The matrix that the states of a GRU layer are multiplied with. */
        RECURRENT_MATRIX(true),
        /** What is added to products. */
        BIAS(false),
        /** A row of features for each token. */
        TABLE(false),
        /** What normalised features or scores are multiplied with. */
        SCALE(false),
        /** Slopes of a rectifier below 0. */
        SLOPE(false),
        /** Moving averages of means, which training moves without a gradient. */
        MOVING_MEAN(false),
        /** Moving averages of variances, which training moves without a gradient. */
        MOVING_VARIANCE(false),
        /** What training does not change. */
        CONSTANT(false);

        private final boolean rounded;

        Role(boolean rounded) {
            this.rounded = rounded;
        }

        /** Returns whether a {@link dev.gru.weights.Precision} rounds such weights. */
        public boolean isRounded() {
            return rounded;
        }

        /** Returns whether training changes such weights by their gradient. */
        public boolean hasGradient() {
            return this != MOVING_MEAN && this != MOVING_VARIANCE && this != CONSTANT;
        }
    }

    /**
     * The name, role and shape of an array of weights.
     *
     * @param name its name in the layer
     * @param role what it is for
     * @param shape its dimensions, slowest first; such as no array has, if a file asks for them
     */
    public record Spec(String name, Role role, List<Long> shape) {
        /** Checks that nothing is null, and copies the shape. */
        public Spec {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(role, "role");
            shape = Shapes.copyOf("shape", shape);
        }

        static Spec of(String name, Role role, long... shape) {
            return new Spec(name, role, Arrays.stream(shape).boxed().toList());
        }
    }
}
