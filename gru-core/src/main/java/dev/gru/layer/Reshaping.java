package dev.gru.layer;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;

/** A layer that computes nothing, but changes which values are steps and features, or which of them there are. */
public sealed interface Reshaping extends Layer {

    /** Returns the steps if they are as many as a layer was made for. */
    static int requireSteps(int expected, int steps) {
        if (steps != expected) {
            throw new IllegalArgumentException("it needs " + expected + " steps, but gets " + steps);
        }
        return steps;
    }

    @Override
    default LayerOptions options() {
        return LayerOptions.none();
    }

    @Override
    default Time time() {
        return Time.WHOLE_SEQUENCE;
    }

    @Override
    default Mask mask() {
        return Mask.DROPS;
    }

    @Override
    default Shape outputShape(Shape input) {
        return Objects.requireNonNull(input, "input").requireFeatures().requireSequence();
    }

    /**
     * The same values in the same order, cut into other steps and features: Keras's {@code Flatten} and {@code
     * Reshape}.
     *
     * @param name the name of the layer in its model
     * @param output a vector, which has all values of the input, or a sequence, whose steps are as many as that makes
     */
    record Reshape(String name, Shape output) implements Reshaping {
        private static final Option<Shape.Kind> KIND = Option.choice("kind", Shape.Kind.class);
        private static final Option<Integer> FEATURES = Option.size("features");
        static final List<Option<?>> OPTIONS = List.of(KIND, FEATURES);

        /**
         * Checks the shape.
         *
         * @throws IllegalArgumentException if it is one of token ids
         */
        public Reshape {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(output, "output").requireFeatures();
        }

        static Reshape make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> of) {
            return new Reshape(name, new Shape(options.get(KIND), options.get(FEATURES)));
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.RESHAPE;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none().with(KIND, output.kind()).with(FEATURES, output.features());
        }

        @Override
        public Shape outputShape(Shape input) {
            if (!Objects.requireNonNull(input, "input").requireFeatures().isSequence()) {
                steps(1, input.features());
            }
            return output;
        }

        @Override
        public int outputSteps(List<Shape> inputs, List<Integer> steps) {
            return steps(Shapes.first("steps", steps), Shapes.first("inputs", inputs).features());
        }

        /**
         * Returns how many steps of its features the values of an input make.
         *
         * @param steps steps of the input
         * @param features its features
         * @throws IllegalArgumentException if they are not as many as the steps of an output need
         */
        private int steps(int steps, int features) {
            long values = (long) steps * features;
            long made = values / output.features();
            if (made * output.features() != values || (!output.isSequence() && made != 1)) {
                throw new IllegalArgumentException("it makes " + (output.isSequence() ? "steps of " : "")
                        + output.features() + " features, but gets " + steps + " steps of " + features);
            }
            return Math.toIntExact(made);
        }
    }

    /**
     * A vector as a sequence, the same in each of so many steps.
     *
     * @param name the name of the layer in its model
     * @param steps how many, at least 1
     */
    record RepeatVector(String name, int steps) implements Reshaping {
        private static final Option<Integer> STEPS = Option.size("steps");
        static final List<Option<?>> OPTIONS = List.of(STEPS);

        /**
         * Checks the steps.
         *
         * @throws IllegalArgumentException if they are below 1
         */
        public RepeatVector {
            Objects.requireNonNull(name, "name");
            Shapes.requirePositive("steps", steps);
        }

        static RepeatVector make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> of) {
            return new RepeatVector(name, options.get(STEPS));
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.REPEAT_VECTOR;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none().with(STEPS, steps);
        }

        @Override
        public Shape outputShape(Shape input) {
            if (Objects.requireNonNull(input, "input").kind() != Shape.Kind.VECTOR) {
                throw new IllegalArgumentException("it takes a vector, but gets a sequence");
            }
            return Shape.sequence(input.features());
        }

        @Override
        public int outputSteps(List<Shape> inputs, List<Integer> ofInput) {
            return steps;
        }
    }

    /**
     * Steps become features and features steps: Keras's {@code Permute((2, 1))}.
     *
     * @param name the name of the layer in its model
     * @param steps steps of the input, which become features, at least 1
     * @param features features of the input, which become steps, at least 1
     */
    record Permute(String name, int steps, int features) implements Reshaping {
        private static final Option<Integer> STEPS = Option.size("steps");
        private static final Option<Integer> FEATURES = Option.size("features");
        static final List<Option<?>> OPTIONS = List.of(STEPS, FEATURES);

        /**
         * Checks the sizes.
         *
         * @throws IllegalArgumentException if one is below 1
         */
        public Permute {
            Objects.requireNonNull(name, "name");
            Shapes.requirePositive("steps", steps);
            Shapes.requirePositive("features", features);
        }

        static Permute make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> of) {
            return new Permute(name, options.get(STEPS), options.get(FEATURES));
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.PERMUTE;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none().with(STEPS, steps).with(FEATURES, features);
        }

        @Override
        public Shape outputShape(Shape input) {
            return Objects.requireNonNull(input, "input").requireFeatures(features).requireSequence()
                    .withFeatures(steps);
        }

        @Override
        public int outputSteps(List<Shape> inputs, List<Integer> ofInput) {
            requireSteps(steps, Shapes.first("steps", ofInput));
            return features;
        }
    }

    /**
     * More steps before the first and after the last one, whose features are 0.
     *
     * @param name the name of the layer in its model
     * @param before how many before, 0 or more
     * @param after how many after, 0 or more
     */
    record ZeroPadding1D(String name, int before, int after) implements Reshaping {
        private static final Option<Integer> BEFORE = Option.count("before");
        private static final Option<Integer> AFTER = Option.count("after");
        static final List<Option<?>> OPTIONS = List.of(BEFORE, AFTER);

        /**
         * Checks the counts.
         *
         * @throws IllegalArgumentException if one is negative
         */
        public ZeroPadding1D {
            Objects.requireNonNull(name, "name");
            Shapes.requireNotNegative("before", before);
            Shapes.requireNotNegative("after", after);
        }

        static ZeroPadding1D make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> of) {
            return new ZeroPadding1D(name, options.get(BEFORE), options.get(AFTER));
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.ZERO_PADDING1D;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none().with(BEFORE, before).with(AFTER, after);
        }

        @Override
        public int outputSteps(List<Shape> inputs, List<Integer> ofInput) {
            return Math.toIntExact((long) before + Shapes.first("steps", ofInput) + after);
        }
    }

    /**
     * Leaves out the first and the last steps.
     *
     * @param name the name of the layer in its model
     * @param before how many of the first, 0 or more
     * @param after how many of the last, 0 or more
     */
    record Cropping1D(String name, int before, int after) implements Reshaping {
        static final List<Option<?>> OPTIONS = ZeroPadding1D.OPTIONS;

        /**
         * Checks the counts.
         *
         * @throws IllegalArgumentException if one is negative
         */
        public Cropping1D {
            Objects.requireNonNull(name, "name");
            Shapes.requireNotNegative("before", before);
            Shapes.requireNotNegative("after", after);
        }

        static Cropping1D make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> of) {
            return new Cropping1D(name, options.get(ZeroPadding1D.BEFORE), options.get(ZeroPadding1D.AFTER));
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.CROPPING1D;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none().with(ZeroPadding1D.BEFORE, before).with(ZeroPadding1D.AFTER, after);
        }

        @Override
        public int outputSteps(List<Shape> inputs, List<Integer> ofInput) {
            int all = Shapes.first("steps", ofInput);
            long left = (long) all - before - after;
            if (left < 1) {
                throw new IllegalArgumentException("it leaves out " + before + " steps and " + after + ", but gets "
                        + all);
            }
            return (int) left;
        }
    }

    /**
     * Every step so many times.
     *
     * @param name the name of the layer in its model
     * @param size how many times, at least 1
     */
    record UpSampling1D(String name, int size) implements Reshaping {
        private static final Option<Integer> SIZE = Option.size("size");
        static final List<Option<?>> OPTIONS = List.of(SIZE);

        /**
         * Checks the size.
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public UpSampling1D {
            Objects.requireNonNull(name, "name");
            Shapes.requirePositive("size", size);
        }

        static UpSampling1D make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> of) {
            return new UpSampling1D(name, options.get(SIZE));
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.UP_SAMPLING1D;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none().with(SIZE, size);
        }

        @Override
        public int outputSteps(List<Shape> inputs, List<Integer> ofInput) {
            return Math.multiplyExact(size, Shapes.first("steps", ofInput));
        }
    }

    /**
     * Some of the features, of every step if there are steps: ONNX's {@code Slice} and {@code Split} along features.
     *
     * @param name the name of the layer in its model
     * @param first the first of them, 0 or more
     * @param count how many, at least 1
     */
    record Slice(String name, int first, int count) implements Reshaping {
        private static final Option<Integer> FIRST = Option.count("first");
        private static final Option<Integer> COUNT = Option.size("count");
        static final List<Option<?>> OPTIONS = List.of(FIRST, COUNT);

        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if it is none
         */
        public Slice {
            Objects.requireNonNull(name, "name");
            Shapes.requireNotNegative("first", first);
            Shapes.requirePositive("count", count);
        }

        static Slice make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> of) {
            return new Slice(name, options.get(FIRST), options.get(COUNT));
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.SLICE;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none().with(FIRST, first).with(COUNT, count);
        }

        @Override
        public Shape outputShape(Shape input) {
            Objects.requireNonNull(input, "input").requireFeatures();
            if ((long) first + count > input.features()) {
                throw new IllegalArgumentException("it takes features up to " + ((long) first + count) + ", but gets "
                        + input.features());
            }
            return input.withFeatures(count);
        }

        @Override
        public Time time() {
            return Time.PER_STEP;
        }

        @Override
        public Mask mask() {
            return Mask.HANDS_ON;
        }
    }
}
