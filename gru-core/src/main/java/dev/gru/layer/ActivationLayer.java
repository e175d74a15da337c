package dev.gru.layer;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;
import dev.gru.weights.Activation;

/**
 * A function applied to every feature of every step, or, in the case of softmax, to the features of each step.
 *
 * @param name the name of the layer in its model
 * @param activation the function
 */
public record ActivationLayer(String name, Activation activation) implements Layer {
    private static final Option<Activation> ACTIVATION = Option.activation("activation");
    static final List<Option<?>> OPTIONS = List.of(ACTIVATION);

    /** Checks that nothing is null. */
    public ActivationLayer {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(activation, "activation");
    }

    static ActivationLayer make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new ActivationLayer(name, options.get(ACTIVATION));
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.ACTIVATION;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(ACTIVATION, activation);
    }

    @Override
    public Shape outputShape(Shape input) {
        return Objects.requireNonNull(input, "input").requireFeatures();
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
        return activation.isIdentity();
    }

    /**
     * The softmax over all steps of a sequence, for each feature by itself: Keras's {@code Softmax(axis=1)}. Over the
     * features of a step it is an {@link ActivationLayer}.
     *
     * @param name the name of the layer in its model
     */
    public record StepSoftmax(String name) implements Layer {
        /** Checks the name. */
        public StepSoftmax {
            Objects.requireNonNull(name, "name");
        }

        static StepSoftmax make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
            return new StepSoftmax(name);
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.STEP_SOFTMAX;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none();
        }

        @Override
        public Shape outputShape(Shape input) {
            return Objects.requireNonNull(input, "input").requireFeatures().requireSequence();
        }

        @Override
        public Time time() {
            return Time.WHOLE_SEQUENCE;
        }

        @Override
        public Mask mask() {
            return Mask.HANDS_ON;
        }
    }

    /**
     * A rectifier whose slope below 0 is learnt: max(0, v) + slope · min(0, v), with a slope for each feature, or for
     * each feature of each step (He et al. 2015).
     *
     * <p>Immutable.
     */
    public static final class PReLU implements Layer {
        private static final Option<Integer> STEPS = Option.size("steps");
        private static final Option<Integer> SIZE = Option.size("size");
        static final List<Option<?>> OPTIONS = List.of(STEPS, SIZE);

        private final String name;
        private final int steps;
        private final int size;
        private final float[] slope;

        /**
         * Describes a layer.
         *
         * @param name the name of the layer in its model
         * @param steps how many steps have slopes of their own; 1 if all have the same
         * @param size features
         * @param slope (steps, size)
         * @throws IllegalArgumentException if a size is below 1, or the array does not have the length that they ask
         *     for
         */
        public PReLU(String name, int steps, int size, float[] slope) {
            this(name, steps, size, OwnedFloats.copyOf("slope", slope));
        }

        private PReLU(String name, int steps, int size, OwnedFloats slope) {
            this.name = Objects.requireNonNull(name, "name");
            this.steps = Shapes.requirePositive("steps", steps);
            this.size = Shapes.requirePositive("size", size);
            this.slope = slope.take("slope", steps, size);
        }

        static List<Parameter.Spec> specs(LayerOptions options) {
            return specs(options.get(STEPS), options.get(SIZE));
        }

        private static List<Parameter.Spec> specs(int steps, int size) {
            return List.of(Parameter.Spec.of("slope", Parameter.Role.SLOPE, steps, size));
        }

        static PReLU make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
            return new PReLU(name, options.get(STEPS), options.get(SIZE), parameters.getFirst());
        }

        @Override
        public String name() {
            return name;
        }

        /** Returns how many steps have slopes of their own; 1 if all have the same. */
        public int steps() {
            return steps;
        }

        /** Returns the number of features. */
        public int size() {
            return size;
        }

        /** Returns a read-only view of the slopes, (steps, size), row-major. */
        public FloatBuffer slope() {
            return FloatBuffer.wrap(slope).asReadOnlyBuffer();
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.PRELU;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none().with(STEPS, steps).with(SIZE, size);
        }

        @Override
        public List<Parameter> parameters() {
            return Parameter.zip(specs(steps, size), slope());
        }

        @Override
        public Shape outputShape(Shape input) {
            return Objects.requireNonNull(input, "input").requireFeatures(size);
        }

        @Override
        public int outputSteps(List<Shape> inputs, List<Integer> ofInput) {
            int found = Shapes.first("steps", ofInput);
            return steps == 1 ? found : Reshaping.requireSteps(steps, found);
        }

        @Override
        public Time time() {
            return steps == 1 ? Time.PER_STEP : Time.WHOLE_SEQUENCE;
        }

        @Override
        public Mask mask() {
            return Mask.HANDS_ON;
        }

        @Override
        public String toString() {
            return "PReLU[" + name + ", " + steps + "×" + size + "]";
        }
    }
}
