package dev.gru.format.keras;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;
import dev.gru.layer.Shape;
import dev.gru.weights.Activation;

/**
 * The options of Keras's layers that are known, and the checks that all layers share. An option that is known is either
 * looked at where its layer is read, or makes no difference to a model that only runs: how it was initialised, how it
 * is regularised, what is dropped in training, how Keras goes about the work.
 */
final class Options {
    private static final Set<String> COMMON = Set.of("name", "trainable", "dtype", "batch_input_shape");
    /** What options of any layer end in that make no difference. */
    private static final List<String> TRAINING = List.of("_initializer", "_regularizer", "_constraint");

    static final Set<String> SEQUENTIAL = with(COMMON, "layers", "build_input_shape");
    static final Set<String> FUNCTIONAL = with(COMMON, "layers", "input_layers", "output_layers");
    static final Set<String> INPUT = with(COMMON, "batch_shape");
    static final Set<String> CELL = with(COMMON, "units", "activation", "recurrent_activation", "use_bias",
            "reset_after", "dropout", "recurrent_dropout", "seed", "implementation");
    static final Set<String> RNN = with(COMMON, "cell", "return_sequences", "return_state", "go_backwards", "stateful",
            "unroll", "zero_output_for_mask");
    private static final Set<String> GRU = Stream
            .concat(CELL.stream(), RNN.stream().filter(option -> !option.equals("cell")))
            .collect(Collectors.toUnmodifiableSet());
    private static final Set<String> CONVOLUTION = with(COMMON, "kernel_size", "strides", "padding", "data_format",
            "dilation_rate", "activation", "use_bias");
    private static final Set<String> POOLING = with(COMMON, "pool_size", "strides", "padding", "data_format");
    private static final Set<String> GLOBAL_POOLING = with(COMMON, "data_format", "keepdims");
    private static final Set<String> NOISE = with(COMMON, "rate", "seed", "noise_shape", "stddev");

    /** Of each class of layers, the options that are known. */
    private static final Map<String, Set<String>> LAYERS = Map.ofEntries(
            layer("InputLayer", INPUT), layer("Sequential", SEQUENTIAL), layer("Functional", FUNCTIONAL),
            layer("Model", FUNCTIONAL),
            layer("Embedding", with(COMMON, "input_dim", "output_dim", "mask_zero", "input_length")),
            layer("Masking", with(COMMON, "mask_value")),
            layer("GRU", GRU), layer("RNN", RNN),
            layer("Bidirectional", with(COMMON, "layer", "backward_layer", "merge_mode")),
            layer("Dense", with(COMMON, "units", "activation", "use_bias")),
            layer("TimeDistributed", with(COMMON, "layer")),
            layer("Conv1D", with(CONVOLUTION, "filters", "groups")),
            layer("SeparableConv1D", with(CONVOLUTION, "filters", "groups", "depth_multiplier", "rank")),
            layer("DepthwiseConv1D", with(CONVOLUTION, "depth_multiplier", "groups")),
            layer("MaxPooling1D", POOLING), layer("AveragePooling1D", POOLING),
            layer("GlobalMaxPooling1D", GLOBAL_POOLING), layer("GlobalAveragePooling1D", GLOBAL_POOLING),
            layer("Flatten", with(COMMON, "data_format")), layer("Reshape", with(COMMON, "target_shape")),
            layer("RepeatVector", with(COMMON, "n")), layer("Permute", with(COMMON, "dims")),
            layer("ZeroPadding1D", with(COMMON, "padding", "data_format")),
            layer("Cropping1D", with(COMMON, "cropping")), layer("UpSampling1D", with(COMMON, "size")),
            layer("BatchNormalization",
                    with(COMMON, "axis", "momentum", "epsilon", "center", "scale", "renorm_momentum",
                            "synchronized", "fused")),
            layer("LayerNormalization", with(COMMON, "axis", "epsilon", "center", "scale")),
            layer("UnitNormalization", with(COMMON, "axis")),
            layer("Normalization", with(COMMON, "axis", "mean", "variance", "invert")),
            layer("Rescaling", with(COMMON, "scale", "offset")),
            layer("Activation", with(COMMON, "activation")), layer("Softmax", with(COMMON, "axis")),
            layer("ReLU", with(COMMON, "negative_slope", "threshold", "max_value")),
            layer("LeakyReLU", with(COMMON, "negative_slope", "alpha")), layer("ELU", with(COMMON, "alpha")),
            layer("ThresholdedReLU", with(COMMON, "theta")), layer("PReLU", with(COMMON, "shared_axes")),
            layer("Dropout", NOISE), layer("SpatialDropout1D", NOISE), layer("GaussianNoise", NOISE),
            layer("GaussianDropout", NOISE), layer("AlphaDropout", NOISE),
            layer("ActivityRegularization", with(COMMON, "l1", "l2")), layer("Identity", COMMON),
            layer("Add", COMMON), layer("Subtract", COMMON), layer("Multiply", COMMON), layer("Average", COMMON),
            layer("Maximum", COMMON), layer("Minimum", COMMON), layer("Concatenate", with(COMMON, "axis")),
            layer("Attention", with(COMMON, "use_scale", "score_mode", "dropout", "seed", "causal")),
            layer("AdditiveAttention", with(COMMON, "use_scale", "score_mode", "dropout", "seed", "causal")));

    /**
     * What surrounds the configuration of an object; what it is and where it comes from is checked, the rest tells
     * nothing.
     */
    private static final Set<String> OBJECT = Set.of("module", "class_name", "config", "registered_name",
            "build_config", "compile_config", "shared_object_id");

    /**
     * Classes of models: whatever it is called in them, a functional model is one of the last two; its constructor
     * gives it another class.
     */
    static final Set<String> MODELS = Set.of("Sequential", "Functional", "Model");

    /** Layers that are functions. */
    private static final Set<String> FUNCTIONS = Set.of("Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU");

    /** The slope of a LeakyReLU that does not say which. */
    private static final float KERAS_SLOPE = 0.3f;

    /**
     * The types of numbers that layers compute with in Keras. Here all compute in float32, whatever they are stored as.
     */
    private static final Set<String> POLICIES = Set.of("float32", "float16", "bfloat16", "mixed_float16",
            "mixed_bfloat16");

    private Options() {
    }

    private static Set<String> with(Set<String> some, String... options) {
        return Stream.concat(some.stream(), Stream.of(options)).collect(Collectors.toUnmodifiableSet());
    }

    private static Map.Entry<String, Set<String>> layer(String className, Set<String> options) {
        return Map.entry(className, options);
    }

    /** Returns whether layers of a class can be read. */
    static boolean isKnown(String className) {
        return LAYERS.containsKey(className);
    }

    /**
     * Checks that a layer has no options that are not known, unless they are null or false.
     *
     * @throws ModelFormatException if it has
     */
    static void requireKnown(String className, ConfigObject config) throws ModelFormatException {
        requireOnly(LAYERS.get(className), config);
    }

    /** Checks that there are no options beside those given, and those that only training looks at. */
    static void requireOnly(Set<String> known, ConfigObject config) throws ModelFormatException {
        for (String key : config.keys()) {
            if (!known.contains(key) && TRAINING.stream().noneMatch(key::endsWith)) {
                config.requireAbsent(key, "");
            }
        }
    }

    /**
     * Returns the configuration in a serialised object, which must be one of Keras's own layers.
     *
     * @param object the object
     * @param dialect how it is written
     * @param more what it may have beside what all objects have
     */
    static ConfigObject open(ConfigObject object, Dialect dialect, String... more) throws ModelFormatException {
        Object registered = object.get("registered_name");
        boolean model = MODELS.contains(object.string("class_name"));
        if (registered != null && !(model && MODELS.contains(registered))) {
            throw object.error("the registered custom class " + ConfigObject.show(registered)
                    + " is not supported");
        }
        Object module = object.get("module");
        if (model) {
            boolean own = module instanceof String name && (name.equals("keras") || name.equals("keras.models")
                    || name.startsWith("keras.src.") || name.startsWith("keras.engine."));
            if (!own && !(dialect.legacy() && module == null)) {
                throw object.error("module " + ConfigObject.show(module) + " is not supported, only keras");
            }
        } else if (!dialect.legacy() || module != null) {
            object.requireString("module", "keras.layers");
        }
        object.requireOnly(with(OBJECT, more));
        return object.object("config").at(object.where());
    }

    /**
     * Checks that a layer computes in a type whose results float32 can represent.
     *
     * @throws ModelFormatException if it does not
     */
    static void requirePolicy(ConfigObject config) throws ModelFormatException {
        Object policy = config.get("dtype");
        if (policy instanceof Map<?, ?>) {
            ConfigObject serialized = config.object("dtype");
            if (!serialized.string("class_name").equals("Policy")) { // as Keras 2 called it
                serialized.requireString("class_name", "DTypePolicy");
            }
            policy = serialized.object("config").string("name");
        }
        // Where there is none, Keras takes its default, which is float32.
        if (policy != null && !(policy instanceof String name && POLICIES.contains(name))) {
            throw config.error("dtype " + ConfigObject.show(policy)
                    + " is not supported, only float32, float16, bfloat16, mixed_float16 and mixed_bfloat16");
        }
    }

    /** Returns the function under {@code key}: a name, or a layer that is one. */
    static Activation activation(ConfigObject config, String key, Dialect dialect) throws ModelFormatException {
        Object value = config.has(key) && config.get(key) == null ? "linear" : config.get(key);
        if (value instanceof Map<?, ?> layer && layer.get("class_name") instanceof String className
                && FUNCTIONS.contains(className)) {
            return activation(className, open(config.object(key), dialect), dialect);
        }
        if (value instanceof String name) {
            if (name.equals("hard_sigmoid")) {
                return dialect.hardSigmoid();
            }
            if (name.equals(Gating.GLU)) {
                throw config.error(key + " \"glu\" is not supported, as it halves the features, which only "
                        + "Activation, Dense, TimeDistributed of these, and convolutions may");
            }
            Optional<Activation> named = Activations.of(name);
            if (named.isPresent()) {
                return named.get();
            }
        }
        throw config.error(key + " " + ConfigObject.show(value) + " is not supported, only " + Activations.names());
    }

    /** Returns the function that a layer is. */
    static Activation activation(String className, ConfigObject config, Dialect dialect) throws ModelFormatException {
        requireKnown(className, config);
        requirePolicy(config);
        return switch (className) {
            case "ReLU" -> Activation.relu(number(config, "negative_slope", 0),
                    number(config, "max_value", Float.POSITIVE_INFINITY), number(config, "threshold", 0));
            case "LeakyReLU" -> Activation.leakyRelu(
                    number(config, config.get("alpha") == null ? "negative_slope" : "alpha", KERAS_SLOPE));
            case "ELU" -> Activation.elu(number(config, "alpha", 1));
            case "ThresholdedReLU" -> Activation.threshold(number(config, "theta", 1), 0);
            default -> activation(config, "activation", dialect);
        };
    }

    /** Returns a number, an array of one as Keras 2 writes some, or a default if there is none. */
    static float number(ConfigObject config, String key, float otherwise) throws ModelFormatException {
        return config.get(key) == null ? otherwise : numbers(config, key, 1)[0];
    }

    /**
     * Returns an axis of a shape, counted from the batch on.
     *
     * @param shape the shape that the layer sees
     */
    static int axis(ConfigObject config, String key, Shape shape) throws ModelFormatException {
        Object axis = config.get(key) instanceof List<?> axes && axes.size() == 1 ? axes.getFirst() : config.get(key);
        int rank = shape.isSequence() ? 3 : 2;
        if (axis instanceof Long number && (number == -1 || (number > 0 && number < rank)
                || (number == -2 && rank == 3))) {
            return (int) (number < 0 ? number + rank : number);
        }
        throw config.error(key + " " + ConfigObject.show(config.get(key)) + " is not supported, only -1"
                + (rank == 3 ? " and 1" : ""));
    }

    /** Checks that a layer works on the features of each step. */
    static void requireFeatureAxis(ConfigObject config, Shape shape) throws ModelFormatException {
        Object value = config.get("axis");
        if (axis(config, "axis", shape) != (shape.isSequence() ? 2 : 1)) {
            throw config.error("axis " + ConfigObject.show(value) + " is not supported, only -1");
        }
    }

    /** Checks that steps come before features. */
    static void requireChannelsLast(ConfigObject config) throws ModelFormatException {
        if (config.get("data_format") != null) {
            config.requireString("data_format", "channels_last");
        }
    }

    /** Returns a size, or the only one in a list. */
    static int only(ConfigObject config, String key) throws ModelFormatException {
        return config.get(key) instanceof List<?> list && list.size() == 1
                ? config.size(key, list.getFirst())
                : config.size(key);
    }

    /** Returns numbers for so many features: one for all, a list, or an array as Keras writes one. */
    static float[] numbers(ConfigObject config, String key, int size) throws ModelFormatException {
        Object value = config.get(key);
        if (value instanceof Map<?, ?>) {
            ConfigObject array = config.object(key);
            if (!array.string("class_name").equals("__tensor__")) {
                array.requireString("class_name", "__numpy__");
            }
            value = array.object("config").get("value");
        }
        while (value instanceof List<?> outer && outer.size() == 1) {
            value = outer.getFirst();
        }
        float[] numbers = new float[size];
        List<?> list = value instanceof List<?> several ? several : Collections.nCopies(size, value);
        for (int i = 0; i < size; i++) {
            if (list.size() != size || !(list.get(i) instanceof Number number)) {
                throw config.error(key + " must be a number" + (size == 1 ? "" : " or a list of " + size) + ", is "
                        + ConfigObject.show(config.get(key)));
            }
            numbers[i] = number.floatValue();
        }
        return numbers;
    }

    /** Returns the name of a layer. */
    static String name(ConfigObject config) throws ModelFormatException {
        return Printable.of(config.string("name"));
    }
}
