package dev.gru.layer;

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

/** The kinds of layers, with what all layers of a kind have in common. */
@SuppressWarnings("ImmutableEnumChecker") // nothing changes these lists and maps, and the functions have no state
public enum LayerType {
    /** {@link dev.gru.layer.Embedding}. */
    EMBEDDING("Embedding", Embedding.OPTIONS, Embedding.DIGESTED, Embedding::specs, Embedding::make),
    /** {@link dev.gru.layer.Masking}. */
    MASKING("Masking", Masking.OPTIONS, Masking.OPTIONS, LayerType::none, Masking::make),
    /** {@link GruLayer}. */
    GRU("GRU", GruLayer.OPTIONS, GruLayer.DIGESTED, GruLayer::specs, GruLayer::make),
    /** {@link dev.gru.layer.Bidirectional}. */
    BIDIRECTIONAL("Bidirectional", Bidirectional.OPTIONS, Bidirectional.OPTIONS, LayerType::none, Bidirectional::make,
            Bidirectional.byName(GRU, GRU)),
    /** {@link dev.gru.layer.Dropout}. */
    DROPOUT("Dropout", Dropout.OPTIONS, Dropout.OPTIONS, LayerType::none, Dropout::make),
    /** {@link dev.gru.layer.Dense}. */
    DENSE("Dense", Dense.OPTIONS, Dense.DIGESTED, Dense::specs, Dense::make),
    /** {@link dev.gru.layer.TimeDistributed}. */
    TIME_DISTRIBUTED("TimeDistributed", List.of(), List.of(), LayerType::none, TimeDistributed::make,
            Map.of(TimeDistributed.LAYER, DENSE)),
    /** {@link ActivationLayer}. */
    ACTIVATION("Activation", ActivationLayer.OPTIONS, ActivationLayer.OPTIONS, LayerType::none, ActivationLayer::make),
    /** {@link dev.gru.layer.ActivationLayer.StepSoftmax}. */
    STEP_SOFTMAX("Softmax", List.of(), LayerType::none, ActivationLayer.StepSoftmax::make),
    /** {@link dev.gru.layer.PReLU}. */
    PRELU("PReLU", PReLU.OPTIONS, PReLU::specs, PReLU::make),
    /** {@link dev.gru.layer.Conv1D}. */
    CONV1D("Conv1D", Conv1D.OPTIONS, Conv1D::specs, Conv1D::make),
    /** {@link dev.gru.layer.Pooling1D}. */
    POOLING1D("Pooling1D", Pooling1D.OPTIONS, LayerType::none, Pooling1D::make),
    /** {@link dev.gru.layer.GlobalPooling1D}. */
    GLOBAL_POOLING1D("GlobalPooling1D", GlobalPooling1D.OPTIONS, LayerType::none, GlobalPooling1D::make),
    /** {@link BatchNormalization}. */
    BATCH_NORMALIZATION("BatchNormalization", BatchNormalization.OPTIONS, BatchNormalization.DIGESTED,
            BatchNormalization::specs, BatchNormalization::make),
    /** {@link LayerNormalization}. */
    LAYER_NORMALIZATION("LayerNormalization", LayerNormalization.OPTIONS, LayerNormalization::specs,
            LayerNormalization::make),
    /** {@link UnitNormalization}. */
    UNIT_NORMALIZATION("UnitNormalization", List.of(), LayerType::none, UnitNormalization::make),
    /** {@link dev.gru.layer.Scale}. */
    SCALE("Scale", Scale.OPTIONS, Scale::specs, Scale::make),
    /** {@link Reshape}. */
    RESHAPE("Reshape", Reshape.OPTIONS, LayerType::none, Reshape::make),
    /** {@link RepeatVector}. */
    REPEAT_VECTOR("RepeatVector", RepeatVector.OPTIONS, LayerType::none, RepeatVector::make),
    /** {@link Permute}. */
    PERMUTE("Permute", Permute.OPTIONS, LayerType::none, Permute::make),
    /** {@link ZeroPadding1D}. */
    ZERO_PADDING1D("ZeroPadding1D", ZeroPadding1D.OPTIONS, LayerType::none, ZeroPadding1D::make),
    /** {@link Cropping1D}. */
    CROPPING1D("Cropping1D", Cropping1D.OPTIONS, LayerType::none, Cropping1D::make),
    /** {@link UpSampling1D}. */
    UP_SAMPLING1D("UpSampling1D", UpSampling1D.OPTIONS, LayerType::none, UpSampling1D::make),
    /** {@link Slice}. */
    SLICE("Slice", Slice.OPTIONS, LayerType::none, Slice::make),
    /** {@link dev.gru.layer.Regularization}. */
    REGULARIZATION("Regularization", Regularization.OPTIONS, LayerType::none, Regularization::make),
    /** {@link dev.gru.layer.Merge}. */
    MERGE("Merge", Merge.OPTIONS, LayerType::none, Merge::make),
    /** {@link dev.gru.layer.Attention}. */
    ATTENTION("Attention", Attention.OPTIONS, Attention::specs, Attention::make);

    private interface Maker {
        Layer make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters);
    }

    private final String printed;
    private final List<Option<?>> options;
    private final List<Option<?>> digested;
    private final Function<LayerOptions, List<Layer.ParameterSpec>> specs;
    private final Maker maker;
    private final Map<String, LayerType> parts;

    LayerType(String printed, List<Option<?>> options, Function<LayerOptions, List<Layer.ParameterSpec>> specs,
            Maker maker) {
        this(printed, options, options, specs, maker, Map.of());
    }

    LayerType(String printed, List<Option<?>> options, List<Option<?>> digested,
            Function<LayerOptions, List<Layer.ParameterSpec>> specs, Maker maker) {
        this(printed, options, digested, specs, maker, Map.of());
    }

    LayerType(String printed, List<Option<?>> options, List<Option<?>> digested,
            Function<LayerOptions, List<Layer.ParameterSpec>> specs, Maker maker, Map<String, LayerType> parts) {
        this.printed = printed;
        this.options = options;
        this.digested = digested;
        this.specs = specs;
        this.maker = maker;
        this.parts = parts;
    }

    private static List<Layer.ParameterSpec> none(LayerOptions options) {
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
    public static Optional<LayerType> of(String key) {
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
    public Map<String, LayerType> parts() {
        return parts;
    }

    /**
     * Returns what weights a layer with such options has, beside those of its parts.
     *
     * @throws IllegalArgumentException if an option is missing
     */
    public List<Layer.ParameterSpec> parameters(LayerOptions ofLayer) {
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
        List<LayerType> types = layers.stream().map(Layer::type).toList();
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
