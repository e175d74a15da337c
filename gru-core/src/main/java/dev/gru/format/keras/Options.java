package dev.gru.format.keras;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;
import dev.gru.weights.Activation;

/**
 * The options of Keras's layers that are known, and the checks that all layers share. An option that is known is either
 * looked at where its layer is read, or makes no difference to a model that only runs: how it was initialised, how it
 * is regularised, what is dropped in training, how Keras goes about the work.
 */
final class Options {
    private static final Set<String> COMMON = Set.of("name", "trainable", "dtype", "batch_input_shape");

    static final Set<String> SEQUENTIAL = with(COMMON, "layers", "build_input_shape");
    static final Set<String> FUNCTIONAL = with(COMMON, "layers", "input_layers", "output_layers");
    static final Set<String> INPUT = with(COMMON, "batch_shape");
    static final Set<String> EMBEDDING = with(COMMON, "input_dim", "output_dim", "mask_zero", "input_length",
            "embeddings_initializer", "embeddings_regularizer", "embeddings_constraint", "activity_regularizer");
    static final Set<String> MASKING = with(COMMON, "mask_value");
    static final Set<String> CELL = with(COMMON, "units", "activation", "recurrent_activation", "use_bias",
            "reset_after", "kernel_initializer", "recurrent_initializer", "bias_initializer", "kernel_regularizer",
            "recurrent_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
            "recurrent_constraint", "bias_constraint", "dropout", "recurrent_dropout", "seed", "implementation");
    static final Set<String> RNN = with(COMMON, "cell", "return_sequences", "return_state", "go_backwards", "stateful",
            "unroll", "zero_output_for_mask", "activity_regularizer");
    static final Set<String> GRU = Stream.concat(CELL.stream(), RNN.stream().filter(option -> !option.equals("cell")))
            .collect(Collectors.toUnmodifiableSet());
    static final Set<String> BIDIRECTIONAL = with(COMMON, "layer", "backward_layer", "merge_mode");
    static final Set<String> DENSE = with(COMMON, "units", "activation", "use_bias", "kernel_initializer",
            "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
            "bias_constraint");
    static final Set<String> TIME_DISTRIBUTED = with(COMMON, "layer");
    static final Set<String> DROPOUT = with(COMMON, "rate", "seed", "noise_shape");
    static final Set<String> ACTIVATION = with(COMMON, "activation", "activity_regularizer");
    static final Set<String> SOFTMAX = with(COMMON, "axis");
    static final Set<String> RELU = with(COMMON, "negative_slope", "threshold");

    /**
     * What surrounds the configuration of an object; what it is and where it comes from is checked, the rest tells
     * nothing.
     */
    private static final Set<String> OBJECT = Set.of("module", "class_name", "config", "registered_name",
            "build_config",
            "shared_object_id");

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

    /**
     * Returns the configuration in a serialised object, which must be one of Keras's own layers.
     *
     * @param object the object
     * @param dialect how it is written
     * @param more what it may have beside what all objects have
     */
    static ConfigObject open(ConfigObject object, Dialect dialect, String... more) throws ModelFormatException {
        if (object.get("module") instanceof String module && module.startsWith("keras.src.ops.")) {
            throw object.error("the operation " + ConfigObject.show(object.get("class_name"))
                    + " between layers is not supported");
        }
        if (object.get("registered_name") != null) {
            throw object.error("the registered custom class " + ConfigObject.show(object.get("registered_name"))
                    + " is not supported");
        }
        if (!dialect.legacy() || object.get("module") != null) {
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

    /** Returns the function under {@code key}. */
    static Activation activation(ConfigObject config, String key, Dialect dialect) throws ModelFormatException {
        Object value = config.has(key) && config.get(key) == null ? "linear" : config.get(key);
        return switch (value instanceof String name ? name : "") {
            case "linear" -> Activation.LINEAR;
            case "relu" -> Activation.RELU;
            case "sigmoid" -> Activation.SIGMOID;
            case "hard_sigmoid" -> dialect.hardSigmoid();
            case "tanh" -> Activation.TANH;
            case "softmax" -> Activation.SOFTMAX;
            default -> throw config.error(key + " " + ConfigObject.show(value)
                    + " is not supported, only linear, relu, sigmoid, hard_sigmoid, tanh and softmax");
        };
    }

    /** Returns the name of a layer. */
    static String name(ConfigObject config) throws ModelFormatException {
        return Printable.of(config.string("name"));
    }
}
