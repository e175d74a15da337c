package dev.gru.layer;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;

/** A layer that shifts and scales features, by constants or by what it finds in the features of a step. */
public sealed interface Normalization extends Layer permits Normalization.BatchNormalization,
        Normalization.LayerNormalization, Normalization.UnitNormalization, Scale {

    @Override
    default Shape outputShape(Shape input) {
        return Objects.requireNonNull(input, "input").requireFeatures();
    }

    @Override
    default Time time() {
        return Time.PER_STEP;
    }

    @Override
    default Mask mask() {
        return Mask.HANDS_ON;
    }

    /** Which of the two learnt arrays a normalisation has. */
    enum Learnt {
        /** Neither: 1 and 0. */
        NOTHING,
        /** The factors gamma. */
        SCALE,
        /** The summands beta. */
        CENTER,
        /** Both. */
        BOTH;

        /** Returns which they are. */
        public static Learnt of(boolean scale, boolean center) {
            if (scale) {
                return center ? BOTH : SCALE;
            }
            return center ? CENTER : NOTHING;
        }

        /** Returns whether there are factors. */
        public boolean scales() {
            return this == SCALE || this == BOTH;
        }

        /** Returns whether there are summands. */
        public boolean centers() {
            return this == CENTER || this == BOTH;
        }

        private List<Parameter.Spec> specs(int size) {
            List<Parameter.Spec> specs = new ArrayList<>();
            if (scales()) {
                specs.add(Parameter.Spec.of("gamma", Parameter.Role.SCALE, size));
            }
            if (centers()) {
                specs.add(Parameter.Spec.of("beta", Parameter.Role.BIAS, size));
            }
            return specs;
        }
    }

    /** Some arrays of one length, in the order of what a layer says of them. */
    final class Arrays {
        final int size;
        private final List<Parameter.Spec> specs;
        private final float[][] values;

        Arrays(int size, List<Parameter.Spec> specs, List<OwnedFloats> values) {
            this.size = size;
            this.specs = specs;
            this.values = new float[values.size()][];
            Layer.Type.requireCount(specs.size(), values);
            for (int i = 0; i < this.values.length; i++) {
                this.values[i] = values.get(i).take(specs.get(i).name(), size);
            }
        }

        static List<OwnedFloats> copies(List<float[]> values) {
            return Shapes.copyOf("values", values).stream().map(array -> OwnedFloats.copyOf("values", array)).toList();
        }

        List<Parameter> parameters() {
            List<Parameter> parameters = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                parameters.add(new Parameter(specs.get(i), FloatBuffer.wrap(values[i])));
            }
            return parameters;
        }

        /** Returns a copy of an array, or of what it is if there is none. */
        float[] get(String name, float otherwise) {
            for (int i = 0; i < values.length; i++) {
                if (specs.get(i).name().equals(name)) {
                    return values[i].clone();
                }
            }
            float[] same = new float[size];
            java.util.Arrays.fill(same, otherwise);
            return same;
        }
    }

    /**
     * gamma · (v − mean) / √(variance + epsilon) + beta, feature by feature (Ioffe and Szegedy 2015). In training, mean
     * and variance are those of the batch, and the layer's own move towards them: moving = moving · momentum + batch ·
     * (1 − momentum).
     */
    final class BatchNormalization implements Normalization {
        private static final Option<Integer> SIZE = Option.size("size");
        private static final Option<Float> EPSILON = Option.number("epsilon");
        private static final Option<Float> MOMENTUM = Option.number("momentum");
        private static final Option<Learnt> LEARNT = Option.choice("learnt", Learnt.class);
        static final List<Option<?>> OPTIONS = List.of(SIZE, EPSILON, MOMENTUM, LEARNT);
        /** Momentum changes no output. */
        static final List<Option<?>> DIGESTED = List.of(SIZE, EPSILON, LEARNT);

        private final String name;
        private final float epsilon;
        private final float momentum;
        private final Learnt learnt;
        private final Arrays arrays;

        /**
         * Describes a layer.
         *
         * @param name the name of the layer in its model
         * @param size features
         * @param epsilon what is added to variances, at least 0
         * @param momentum how much of moving averages stays in a step of training, from 0 to 1
         * @param learnt which of gamma and beta there are
         * @param values gamma, beta, moving mean and moving variance, as far as there are, (size) each; copied
         * @throws IllegalArgumentException if an argument is not such
         */
        public BatchNormalization(String name, int size, float epsilon, float momentum, Learnt learnt,
                List<float[]> values) {
            this(name, size, epsilon, momentum, learnt, new Arrays(size, specs(size, learnt), Arrays.copies(values)));
        }

        private BatchNormalization(String name, int size, float epsilon, float momentum, Learnt learnt,
                Arrays arrays) {
            this.name = Objects.requireNonNull(name, "name");
            Shapes.requirePositive("size", size);
            this.epsilon = requireEpsilon(epsilon);
            this.momentum = momentum;
            if (!(momentum >= 0 && momentum <= 1)) {
                throw new IllegalArgumentException("momentum must be from 0 to 1, was " + momentum);
            }
            this.learnt = Objects.requireNonNull(learnt, "learnt");
            this.arrays = arrays;
        }

        static List<Parameter.Spec> specs(LayerOptions options) {
            return specs(options.get(SIZE), options.get(LEARNT));
        }

        private static List<Parameter.Spec> specs(int size, Learnt learnt) {
            List<Parameter.Spec> specs = new ArrayList<>(Objects.requireNonNull(learnt, "learnt").specs(size));
            specs.add(Parameter.Spec.of("moving_mean", Parameter.Role.MOVING_MEAN, size));
            specs.add(Parameter.Spec.of("moving_variance", Parameter.Role.MOVING_VARIANCE, size));
            return specs;
        }

        static BatchNormalization make(String name, LayerOptions options, List<Layer> parts,
                List<OwnedFloats> parameters) {
            return new BatchNormalization(name, options.get(SIZE), options.get(EPSILON), options.get(MOMENTUM),
                    options.get(LEARNT), new Arrays(options.get(SIZE), specs(options), parameters));
        }

        @Override
        public String name() {
            return name;
        }

        /** Returns the number of features. */
        public int size() {
            return arrays.size;
        }

        /** Returns what is added to variances. */
        public float epsilon() {
            return epsilon;
        }

        /** Returns how much of moving averages stays in a step of training. */
        public float momentum() {
            return momentum;
        }

        /** Returns which of gamma and beta there are. */
        public Learnt learnt() {
            return learnt;
        }

        /** Returns a copy of gamma, which is 1 if there is none. */
        public float[] gamma() {
            return arrays.get("gamma", 1);
        }

        /** Returns a copy of beta, which is 0 if there is none. */
        public float[] beta() {
            return arrays.get("beta", 0);
        }

        /** Returns a copy of the moving averages of means. */
        public float[] movingMean() {
            return arrays.get("moving_mean", 0);
        }

        /** Returns a copy of the moving averages of variances. */
        public float[] movingVariance() {
            return arrays.get("moving_variance", 1);
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.BATCH_NORMALIZATION;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none().with(SIZE, arrays.size).with(EPSILON, epsilon).with(MOMENTUM, momentum)
                    .with(LEARNT, learnt);
        }

        @Override
        public List<Parameter> parameters() {
            return arrays.parameters();
        }

        @Override
        public Optional<Shape> firstInput() {
            return Optional.of(Shape.sequence(arrays.size));
        }

        @Override
        public Shape outputShape(Shape input) {
            return Objects.requireNonNull(input, "input").requireFeatures(arrays.size);
        }

        @Override
        public String toString() {
            return "BatchNormalization[" + name + ", " + arrays.size + "]";
        }
    }

    /**
     * gamma · (v − mean) / √(variance + epsilon) + beta with the mean and the variance of the features of each step (Ba
     * et al. 2016).
     */
    final class LayerNormalization implements Normalization {
        static final List<Option<?>> OPTIONS = BatchNormalization.DIGESTED;

        private final String name;
        private final float epsilon;
        private final Learnt learnt;
        private final Arrays arrays;

        /**
         * Describes a layer.
         *
         * @param name the name of the layer in its model
         * @param size features
         * @param epsilon what is added to variances, at least 0
         * @param learnt which of gamma and beta there are
         * @param values gamma and beta, as far as there are, (size) each; copied
         * @throws IllegalArgumentException if an argument is not such
         */
        public LayerNormalization(String name, int size, float epsilon, Learnt learnt, List<float[]> values) {
            this(name, size, epsilon, learnt,
                    new Arrays(size, Objects.requireNonNull(learnt, "learnt").specs(size), Arrays.copies(values)));
        }

        private LayerNormalization(String name, int size, float epsilon, Learnt learnt, Arrays arrays) {
            this.name = Objects.requireNonNull(name, "name");
            Shapes.requirePositive("size", size);
            this.epsilon = requireEpsilon(epsilon);
            this.learnt = learnt;
            this.arrays = arrays;
        }

        static List<Parameter.Spec> specs(LayerOptions options) {
            return options.get(BatchNormalization.LEARNT).specs(options.get(BatchNormalization.SIZE));
        }

        static LayerNormalization make(String name, LayerOptions options, List<Layer> parts,
                List<OwnedFloats> parameters) {
            int size = options.get(BatchNormalization.SIZE);
            return new LayerNormalization(name, size, options.get(BatchNormalization.EPSILON),
                    options.get(BatchNormalization.LEARNT), new Arrays(size, specs(options), parameters));
        }

        @Override
        public String name() {
            return name;
        }

        /** Returns the number of features. */
        public int size() {
            return arrays.size;
        }

        /** Returns what is added to variances. */
        public float epsilon() {
            return epsilon;
        }

        /** Returns which of gamma and beta there are. */
        public Learnt learnt() {
            return learnt;
        }

        /** Returns a copy of gamma, which is 1 if there is none. */
        public float[] gamma() {
            return arrays.get("gamma", 1);
        }

        /** Returns a copy of beta, which is 0 if there is none. */
        public float[] beta() {
            return arrays.get("beta", 0);
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.LAYER_NORMALIZATION;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none().with(BatchNormalization.SIZE, arrays.size)
                    .with(BatchNormalization.EPSILON, epsilon).with(BatchNormalization.LEARNT, learnt);
        }

        @Override
        public List<Parameter> parameters() {
            return arrays.parameters();
        }

        @Override
        public Optional<Shape> firstInput() {
            return Optional.of(Shape.sequence(arrays.size));
        }

        @Override
        public Shape outputShape(Shape input) {
            return Objects.requireNonNull(input, "input").requireFeatures(arrays.size);
        }

        @Override
        public String toString() {
            return "LayerNormalization[" + name + ", " + arrays.size + "]";
        }
    }

    /**
     * The features of each step divided by their Euclidean norm, but at least by 10⁻¹²: Keras's {@code
     * UnitNormalization}.
     *
     * @param name the name of the layer in its model
     */
    record UnitNormalization(String name) implements Normalization {
        /** Checks the name. */
        public UnitNormalization {
            Objects.requireNonNull(name, "name");
        }

        static UnitNormalization make(String name, LayerOptions options, List<Layer> parts,
                List<OwnedFloats> parameters) {
            return new UnitNormalization(name);
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.UNIT_NORMALIZATION;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none();
        }
    }

    private static float requireEpsilon(float epsilon) {
        if (!(epsilon >= 0 && Float.isFinite(epsilon))) {
            throw new IllegalArgumentException("epsilon must be at least 0 and finite, was " + epsilon);
        }
        return epsilon;
    }
}
