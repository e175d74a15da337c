package dev.gru.layer;

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
import dev.gru.layer.Masking.SetMask;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.UnitNormalization;
import dev.gru.layer.Reshaping.Cropping1D;
import dev.gru.layer.Reshaping.Permute;
import dev.gru.layer.Reshaping.RepeatVector;
import dev.gru.layer.Reshaping.Reshape;
import dev.gru.layer.Reshaping.Slice;
import dev.gru.layer.Reshaping.UpSampling1D;
import dev.gru.layer.Reshaping.ZeroPadding1D;

/**
 * One layer of a model: its name, its options and its weights.
 *
 * <p>Every layer describes itself: its {@link #type}, its {@link #options} and {@link #parameters} by name, the shape
 * of its output, its {@link #time} and its {@link #mask}. Files, fingerprints, summaries and optimisers are loops over
 * that, so a new layer is written in this package alone, but for what computes it.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public sealed interface Layer permits Embedding, Masking, SetMask, GruLayer, Bidirectional, Dropout,
        Dense, TimeDistributed, ActivationLayer, ActivationLayer.StepSoftmax, ActivationLayer.PReLU, Conv1D, Pooling1D,
        GlobalPooling1D,
        Normalization, Reshaping, Regularization, Merge, Attention {

    /** Returns the name of the layer in its model. */
    String name();

    /** Returns which kind of layer this is. */
    Layer.Type type();

    /** Returns the options of the layer, in the order of its {@linkplain Layer.Type#options type}. */
    LayerOptions options();

    /**
     * Returns the layers that this one is made of, by the names and in the order of its
     * {@linkplain Layer.Type#parts type}.
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
        Layer.Type.requireCount(parameters().size(), values);
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

    /** The kinds of layers, with what all layers of a kind have in common. */
    @SuppressWarnings("ImmutableEnumChecker") // nothing changes these lists and maps, and the functions have no state
    enum Type {
        /** {@link dev.gru.layer.Embedding}. */
        EMBEDDING("Embedding", Embedding.OPTIONS, Embedding.DIGESTED, Embedding::specs, Embedding::make),
        /** {@link dev.gru.layer.Masking}. */
        MASKING("Masking", Masking.OPTIONS, Masking.OPTIONS, Type::none, Masking::make),
        /** {@link GruLayer}. */
        GRU("GRU", GruLayer.OPTIONS, GruLayer.DIGESTED, GruLayer::specs, GruLayer::make),
        /** {@link dev.gru.layer.Bidirectional}. */
        BIDIRECTIONAL("Bidirectional", Bidirectional.OPTIONS, Bidirectional.OPTIONS, Type::none, Bidirectional::make,
                Bidirectional.byName(GRU, GRU)),
        /** {@link dev.gru.layer.Dropout}. */
        DROPOUT("Dropout", Dropout.OPTIONS, Dropout.OPTIONS, Type::none, Dropout::make),
        /** {@link dev.gru.layer.Dense}. */
        DENSE("Dense", Dense.OPTIONS, Dense.DIGESTED, Dense::specs, Dense::make),
        /** {@link dev.gru.layer.TimeDistributed}. */
        TIME_DISTRIBUTED("TimeDistributed", List.of(), List.of(), Type::none, TimeDistributed::make,
                Map.of(TimeDistributed.LAYER, DENSE)),
        /** {@link ActivationLayer}. */
        ACTIVATION("Activation", ActivationLayer.OPTIONS, ActivationLayer.OPTIONS, Type::none, ActivationLayer::make),
        /** {@link dev.gru.layer.ActivationLayer.StepSoftmax}. */
        STEP_SOFTMAX("Softmax", List.of(), Type::none, ActivationLayer.StepSoftmax::make),
        /** {@link dev.gru.layer.ActivationLayer.PReLU}. */
        PRELU("PReLU", ActivationLayer.PReLU.OPTIONS, ActivationLayer.PReLU::specs, ActivationLayer.PReLU::make),
        /** {@link dev.gru.layer.Conv1D}. */
        CONV1D("Conv1D", Conv1D.OPTIONS, Conv1D::specs, Conv1D::make),
        /** {@link dev.gru.layer.Pooling1D}. */
        POOLING1D("Pooling1D", Pooling1D.OPTIONS, Type::none, Pooling1D::make),
        /** {@link dev.gru.layer.GlobalPooling1D}. */
        GLOBAL_POOLING1D("GlobalPooling1D", GlobalPooling1D.OPTIONS, Type::none, GlobalPooling1D::make),
        /** {@link BatchNormalization}. */
        BATCH_NORMALIZATION("BatchNormalization", BatchNormalization.OPTIONS, BatchNormalization.DIGESTED,
                BatchNormalization::specs, BatchNormalization::make),
        /** {@link LayerNormalization}. */
        LAYER_NORMALIZATION("LayerNormalization", LayerNormalization.OPTIONS, LayerNormalization::specs,
                LayerNormalization::make),
        /** {@link UnitNormalization}. */
        UNIT_NORMALIZATION("UnitNormalization", List.of(), Type::none, UnitNormalization::make),
        /** {@link dev.gru.layer.Scale}. */
        SCALE("Scale", Scale.OPTIONS, Scale::specs, Scale::make),
        /** {@link Reshape}. */
        RESHAPE("Reshape", Reshape.OPTIONS, Type::none, Reshape::make),
        /** {@link RepeatVector}. */
        REPEAT_VECTOR("RepeatVector", RepeatVector.OPTIONS, Type::none, RepeatVector::make),
        /** {@link Permute}. */
        PERMUTE("Permute", Permute.OPTIONS, Type::none, Permute::make),
        /** {@link ZeroPadding1D}. */
        ZERO_PADDING1D("ZeroPadding1D", ZeroPadding1D.OPTIONS, Type::none, ZeroPadding1D::make),
        /** {@link Cropping1D}. */
        CROPPING1D("Cropping1D", Cropping1D.OPTIONS, Type::none, Cropping1D::make),
        /** {@link UpSampling1D}. */
        UP_SAMPLING1D("UpSampling1D", UpSampling1D.OPTIONS, Type::none, UpSampling1D::make),
        /** {@link Slice}. */
        SLICE("Slice", Slice.OPTIONS, Type::none, Slice::make),
        /** {@link dev.gru.layer.Regularization}. */
        REGULARIZATION("Regularization", Regularization.OPTIONS, Type::none, Regularization::make),
        /** {@link dev.gru.layer.Merge}. */
        MERGE("Merge", Merge.OPTIONS, Type::none, Merge::make),
        /** {@link dev.gru.layer.Attention}. */
        ATTENTION("Attention", Attention.OPTIONS, Attention::specs, Attention::make),
        /** {@link SetMask}. */
        SET_MASK("SetMask", List.of(), Type::none, SetMask::make);

        private interface Maker {
            Layer make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters);
        }

        private final String printed;
        private final List<Option<?>> options;
        private final List<Option<?>> digested;
        private final Function<LayerOptions, List<Parameter.Spec>> specs;
        private final Maker maker;
        private final Map<String, Type> parts;

        Type(String printed, List<Option<?>> options, Function<LayerOptions, List<Parameter.Spec>> specs,
                Maker maker) {
            this(printed, options, options, specs, maker, Map.of());
        }

        Type(String printed, List<Option<?>> options, List<Option<?>> digested,
                Function<LayerOptions, List<Parameter.Spec>> specs, Maker maker) {
            this(printed, options, digested, specs, maker, Map.of());
        }

        Type(String printed, List<Option<?>> options, List<Option<?>> digested,
                Function<LayerOptions, List<Parameter.Spec>> specs, Maker maker, Map<String, Type> parts) {
            this.printed = printed;
            this.options = options;
            this.digested = digested;
            this.specs = specs;
            this.maker = maker;
            this.parts = parts;
        }

        private static List<Parameter.Spec> none(LayerOptions options) {
            return List.of();
        }

        static void requireCount(int expected, List<?> values) {
            if (values.size() != expected) {
                throw new IllegalArgumentException("values must be " + expected + " arrays, were " + values.size());
            }
        }

        /** Returns the name of the type in files: {@code time_distributed}. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * Returns the type with that {@link #key}, or nothing if there is none.
         *
         * @param key its name in files
         */
        public static Optional<Type> of(String key) {
            return Arrays.stream(values()).filter(type -> type.key().equals(key)).findFirst();
        }

        /** Returns the options of such layers, in the order of files. */
        public List<Option<?>> options() {
            return options;
        }

        /** Returns the options that change outputs, in the order of fingerprints. */
        public List<Option<?>> digested() {
            return digested;
        }

        /** Returns the types of the layers that such a layer is made of, by name. */
        public Map<String, Type> parts() {
            return parts;
        }

        /**
         * Returns what weights a layer with such options has, beside those of its parts.
         *
         * @throws IllegalArgumentException if an option is missing
         */
        public List<Parameter.Spec> parameters(LayerOptions ofLayer) {
            return specs.apply(Objects.requireNonNull(ofLayer, "options"));
        }

        /**
         * Makes a layer.
         *
         * @param name its name
         * @param ofLayer its options
         * @param ofParts the layers that it is made of, in the order of {@link #parts}
         * @param values its weights beside those of its parts, one array for each of {@link #parameters(LayerOptions)};
         *     copied
         * @throws IllegalArgumentException if these are not such as the type has; the message says what does not fit
         */
        public Layer make(String name, LayerOptions ofLayer, List<? extends Layer> ofParts, List<float[]> values) {
            return makeOwning(name, ofLayer, ofParts, Shapes.copyOf("values", values).stream()
                    .map(array -> OwnedFloats.copyOf("values", array)).toList());
        }

        /** For this library's own use: {@link #make} of arrays that are handed over, which does not copy them. */
        @SuppressWarnings("exports") // only the library itself can call it
        public Layer makeOwning(String name, LayerOptions ofLayer, List<? extends Layer> ofParts,
                List<OwnedFloats> values) {
            Objects.requireNonNull(name, "name");
            List<Layer> layers = Shapes.copyOf("parts", ofParts);
            List<Type> types = layers.stream().map(Layer::type).toList();
            if (!types.equals(List.copyOf(parts().values()))) {
                throw new IllegalArgumentException("parts must be of the types " + parts() + ", were " + types);
            }
            requireCount(parameters(ofLayer).size(), Shapes.copyOf("values", values));
            return maker.make(name, ofLayer, layers, values);
        }

        /** Returns the type as Keras prints it: {@code TimeDistributed}. */
        @Override
        public String toString() {
            return printed;
        }
    }
}
