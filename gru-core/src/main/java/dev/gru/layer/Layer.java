package dev.gru.layer;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;

/**
 * One layer of a model: its name, its options and its weights.
 *
 * <p>Every layer describes itself: its {@link #type}, its {@link #options} and {@link #parameters} by name, the shape
 * of its output, its {@link #time} and its {@link #mask}. Files, fingerprints, summaries and optimisers are loops over
 * that, so a new layer is written in this package alone, but for what computes it.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public sealed interface Layer permits Embedding, Masking, GruLayer, Bidirectional, Dropout, Dense,
        TimeDistributed, ActivationLayer, ActivationLayer.StepSoftmax, PReLU, Conv1D, Pooling1D, GlobalPooling1D,
        Normalization, Reshaping, Regularization, Merge, Attention {

    /** Returns the name of the layer in its model. */
    String name();

    /** Returns which kind of layer this is. */
    LayerType type();

    /** Returns the options of the layer, in the order of its {@linkplain LayerType#options type}. */
    LayerOptions options();

    /**
     * Returns the layers that this one is made of, by the names and in the order of its {@linkplain LayerType#parts type}.
     */
    default Map<String, Layer> parts() {
        return Map.of();
    }

    /**
     * Returns the weights of the layer by name, in an order that never changes. Those of a part have its name and a
     * slash before their own: {@code forward/weight_ih}.
     */
    default List<Parameter> parameters() {
        return List.of();
    }

    /**
     * Returns the same layer with other weights.
     *
     * @param values one array for each of the {@link #parameters}, in their order, row-major; copied
     * @throws IllegalArgumentException if there are more or fewer, or one does not have the length of its shape
     */
    default Layer withParameters(List<float[]> values) {
        Objects.requireNonNull(values, "values");
        LayerType.requireCount(parameters().size(), values);
        List<Layer> parts = new ArrayList<>();
        int from = 0;
        for (Layer part : parts().values()) {
            int to = from + part.parameters().size();
            parts.add(part.withParameters(values.subList(from, to)));
            from = to;
        }
        return type().make(name(), options(), parts, values.subList(from, values.size()));
    }

    /**
     * Returns the shape of the output.
     *
     * @param input the shape of the input
     * @throws IllegalArgumentException if the layer does not take such an input; the message says what does not fit
     */
    Shape outputShape(Shape input);

    /**
     * Returns the shape of the output of a layer with several inputs; most have one.
     *
     * @param inputs the shapes of the inputs, at least one
     * @throws IllegalArgumentException if the layer does not take such inputs; the message says what does not fit
     */
    default Shape outputShape(List<Shape> inputs) {
        if (Shapes.copyOf("inputs", inputs).size() != 1) {
            throw new IllegalArgumentException("it takes one input, but gets " + inputs.size());
        }
        return outputShape(inputs.getFirst());
    }

    /**
     * Returns how many steps the output has.
     *
     * @param inputs the shapes of the inputs
     * @param steps the steps of the inputs, of which a vector has 1
     * @throws IllegalArgumentException if the layer does not take so many; the message says what does not fit
     */
    default int outputSteps(List<Shape> inputs, List<Integer> steps) {
        return Shapes.first("steps", steps);
    }

    /**
     * Returns the floats that the layer carries from step to step, for each of its states; most layers have none.
     *
     * @param inputs the shapes of the inputs
     */
    default List<Integer> stateSizes(List<Shape> inputs) {
        return List.of();
    }

    /**
     * Returns the input of a model that begins with this layer, or nothing if the layer takes any number of features.
     */
    default Optional<Shape> firstInput() {
        return Optional.empty();
    }

    /** Returns which steps of its input an output depends on. */
    Time time();

    /** Returns what the layer does with the mask that comes with its input. */
    Mask mask();

    /** Returns whether the output is the input as it is, whenever the model is not being trained. */
    default boolean isIdentity() {
        return false;
    }

    /**
     * Returns the number of weights that the layer holds. A GRU layer holds two biases for each gate of each unit, even
     * if its model's file has one of them or none and the others are 0; so with
     * {@link dev.gru.weights.GruVariant#RESET_BEFORE} there are 3 · hiddenSize more than Keras counts.
     */
    default long parameterCount() {
        return parameters().stream().mapToLong(Parameter::size).sum();
    }

    /**
     * Returns how many of the weights a {@link dev.gru.weights.Precision} rounds: those of matrix products. The others,
     * biases and tables, always stay as they are.
     */
    default long matrixWeightCount() {
        return parameters().stream().filter(parameter -> parameter.role().isRounded()).mapToLong(Parameter::size).sum();
    }

    /** Which steps of its input an output of a layer depends on. */
    enum Time {
        /** On the same step alone. */
        PER_STEP,
        /** On the same step and those before: the layer has a state, and runs step by step. */
        CAUSAL,
        /**
         * The one output on all steps so far: the layer has a state, and can tell what it were if the sequence ended.
         */
        COLLAPSING,
        /** On steps after it too: the layer runs on whole sequences only. */
        WHOLE_SEQUENCE
    }

    /** What a layer does with a mask, which says which steps of a sequence are padding. */
    enum Mask {
        /** It makes one, or replaces the one that came. */
        MAKES,
        /** It skips masked steps, and hands the mask on to the next layer. */
        USES,
        /** It skips masked steps, and its output has no steps any more. */
        ENDS,
        /** It computes masked steps like all others, and its output has no mask. */
        DROPS,
        /** It computes masked steps like all others, and hands the mask on to the next layer. */
        HANDS_ON
    }

    /** What an array of weights is for. */
    enum Role {
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
    record ParameterSpec(String name, Role role, List<Long> shape) {
        /** Checks that nothing is null, and copies the shape. */
        public ParameterSpec {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(role, "role");
            shape = Shapes.copyOf("shape", shape);
        }

        static ParameterSpec of(String name, Role role, long... shape) {
            return new ParameterSpec(name, role, Arrays.stream(shape).boxed().toList());
        }
    }

    /**
     * An array of weights with its name, role and shape.
     *
     * @param spec its name, role and shape
     * @param values its elements, row-major
     */
    record Parameter(ParameterSpec spec, FloatBuffer values) {
        /** Checks that nothing is null, and makes the view of the elements read-only. */
        public Parameter {
            Objects.requireNonNull(spec, "spec");
            values = Objects.requireNonNull(values, "values").asReadOnlyBuffer();
        }

        static List<Parameter> zip(List<ParameterSpec> specs, FloatBuffer... values) {
            List<Parameter> parameters = new ArrayList<>();
            for (FloatBuffer each : values) {
                parameters.add(new Parameter(specs.get(parameters.size()), each));
            }
            return parameters;
        }

        /** Returns the parameter of a part as one of the whole. */
        Parameter in(String part) {
            return new Parameter(new ParameterSpec(part + "/" + name(), role(), spec.shape()), values);
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
    }
}
