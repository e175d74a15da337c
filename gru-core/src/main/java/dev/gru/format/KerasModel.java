package dev.gru.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.gru.kernel.Activation;
import dev.gru.kernel.DenseWeights;
import dev.gru.kernel.Gate;
import dev.gru.kernel.GruVariant;
import dev.gru.kernel.GruWeights;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;

/**
 * Turns the configuration and the weights of one Keras model into layers.
 *
 * <p>For one model and one thread.
 */
final class KerasModel {
    /** Options that every layer has; they say nothing about what it computes, apart from {@code dtype}. */
    private static final Set<String> COMMON = Set.of("name", "trainable", "dtype");

    /** What an embedding takes as token ids; without a given type, Keras declares float32 and casts. */
    private static final Set<String> TOKEN_TYPES = Set.of("int8", "uint8", "int16", "uint16", "int32", "uint32",
            "int64", "float32");

    private static final Set<String> SEQUENTIAL_OPTIONS = with("layers", "build_input_shape");
    private static final Set<String> INPUT_OPTIONS = with("batch_shape");
    private static final Set<String> EMBEDDING_OPTIONS = with("input_dim", "output_dim", "mask_zero",
            "embeddings_initializer", "embeddings_regularizer", "embeddings_constraint", "activity_regularizer");
    private static final Set<String> GRU_OPTIONS = with("units", "activation", "recurrent_activation", "use_bias",
            "reset_after", "return_sequences", "kernel_initializer", "recurrent_initializer", "bias_initializer",
            "kernel_regularizer", "recurrent_regularizer", "bias_regularizer", "activity_regularizer",
            "kernel_constraint", "recurrent_constraint", "bias_constraint", "dropout", "recurrent_dropout", "seed",
            "unroll");
    /** Whatever a file says, Keras makes masked steps put out 0 in a pair that returns sequences, and only there. */
    private static final Set<String> DIRECTION_OPTIONS = Stream
            .concat(GRU_OPTIONS.stream(), Stream.of("go_backwards", "zero_output_for_mask"))
            .collect(Collectors.toUnmodifiableSet());
    private static final Set<String> DROPOUT_OPTIONS = with("rate", "seed", "noise_shape");
    private static final Set<String> DENSE_OPTIONS = with("units", "activation", "use_bias", "kernel_initializer",
            "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
            "bias_constraint");
    private static final Set<String> DISTRIBUTED_OPTIONS = with("layer");
    private static final Set<String> BIDIRECTIONAL_OPTIONS = with("layer", "backward_layer", "merge_mode");

    private final String file;
    private final WeightStore weights;
    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, Integer> used = new HashMap<>();

    /** Number of features that the next layer gets; 0 before the first layer, or if what comes are token ids. */
    private int features;
    private boolean tokens;

    /**
     * Starts on a model.
     *
     * @param file what messages call the file
     * @param weights its weights
     */
    KerasModel(String file, WeightStore weights) {
        this.file = file;
        this.weights = weights;
    }

    private static Set<String> with(String... options) {
        return Stream.concat(COMMON.stream(), Stream.of(options)).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Returns the model.
     *
     * @param root the whole configuration
     * @throws ModelFormatException if it holds something that is not supported, or the weights do not fit it
     */
    Sequential build(ConfigObject root) throws ModelFormatException {
        String className = root.string("class_name");
        if (!className.equals("Sequential")) {
            throw root.error("the model is of class " + Printable.of(className) + ", only Sequential is supported");
        }
        ConfigObject model = open(root, "keras", Set.of("compile_config"));
        model.requireOnly(SEQUENTIAL_OPTIONS);
        requireFloat32(model);
        List<?> serialized = model.list("layers");
        for (int i = 0; i < serialized.size(); i++) {
            String where = file + ": layer " + i;
            if (!(serialized.get(i) instanceof Map<?, ?> map)) {
                throw new ModelFormatException(
                        where + ": must be an object, is " + ConfigObject.show(serialized.get(i)));
            }
            add(i, named(where, new ConfigObject(where, map)));
        }
        try {
            return new Sequential(layers);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file + ": " + Printable.of(e), e);
        }
    }

    /** Lets messages call a layer by its own name, if it has one. */
    private ConfigObject named(String where, ConfigObject layer) {
        return layer.get("config") instanceof Map<?, ?> config && config.get("name") instanceof String name
                ? layer.at(file + ": layer " + Printable.quoted(name))
                : layer.at(where);
    }

    private void add(int index, ConfigObject layer) throws ModelFormatException {
        String className = layer.string("class_name");
        if (index == 0 != className.equals("InputLayer")) {
            throw layer.error("is of class " + Printable.of(className) + " and has the index " + index
                    + "; the first layer, and no other, must be an InputLayer (build the model before saving it)");
        }
        switch (className) {
            case "InputLayer" -> input(open(layer, "keras.layers", Set.of()));
            case "Embedding" -> embedding(open(layer, "keras.layers", Set.of()), weightPath("embedding"));
            case "GRU" -> gru(open(layer, "keras.layers", Set.of()), weightPath("gru"));
            case "Bidirectional" -> bidirectional(open(layer, "keras.layers", Set.of()), weightPath("bidirectional"));
            case "Dropout" -> dropout(open(layer, "keras.layers", Set.of()));
            case "Dense" -> layers.add(dense(open(layer, "keras.layers", Set.of()), weightPath("dense")));
            case "TimeDistributed" -> timeDistributed(open(layer, "keras.layers", Set.of()),
                    weightPath("time_distributed"));
            default -> throw layer.error("the class " + Printable.of(className) + " is not supported, only InputLayer, "
                    + "Embedding, GRU, Bidirectional, Dropout, Dense and TimeDistributed are");
        }
    }

    /** Returns where Keras stores a layer: under its class, and a number from the second layer of that class on. */
    private String weightPath(String snakeCaseClass) {
        int before = used.merge(snakeCaseClass, 1, Integer::sum) - 1;
        return "layers/" + snakeCaseClass + (before == 0 ? "" : "_" + before);
    }

    /** Returns the configuration in a serialised object, which must be one of Keras's own. */
    private static ConfigObject open(ConfigObject object, String module, Set<String> more) throws ModelFormatException {
        if (object.get("registered_name") != null) {
            throw object.error("the registered custom class " + ConfigObject.show(object.get("registered_name"))
                    + " is not supported");
        }
        object.requireString("module", module);
        Set<String> known = Stream.concat(more.stream(), Stream.of("module", "class_name", "config", "registered_name",
                "build_config")).collect(Collectors.toSet());
        object.requireOnly(known);
        return object.object("config").at(object.where());
    }

    private static void requireFloat32(ConfigObject config) throws ModelFormatException {
        Object policy = config.get("dtype");
        if (policy instanceof Map<?, ?>) {
            ConfigObject serialized = config.object("dtype");
            serialized.requireString("class_name", "DTypePolicy");
            policy = serialized.object("config").string("name");
        }
        // Where there is none, Keras takes its default, which is float32.
        if (policy != null && !policy.equals("float32")) {
            throw config.error("dtype " + ConfigObject.show(policy) + " is not supported, only float32");
        }
    }

    private static String name(ConfigObject config) throws ModelFormatException {
        return Printable.of(config.string("name"));
    }

    private void input(ConfigObject config) throws ModelFormatException {
        config.requireAbsent("sparse", "");
        config.requireAbsent("ragged", "");
        config.requireOnly(INPUT_OPTIONS);
        List<?> shape = config.list("batch_shape");
        String type = config.string("dtype");
        switch (shape.size()) {
            case 2 -> {
                tokens = true;
                if (!TOKEN_TYPES.contains(type)) {
                    throw config.error("dtype " + Printable.quoted(type) + " is not supported for token ids");
                }
            }
            case 3 -> {
                features = config.size("the last dimension of batch_shape", shape.get(2));
                if (!type.equals("float32")) {
                    throw config.error("dtype " + Printable.quoted(type) + " is not supported, only float32");
                }
            }
            default -> throw config.error("batch_shape has " + shape.size() + " dimensions, but a sequence has 3 "
                    + "(batch, steps, features), or 2 (batch, steps) if it is one of token ids");
        }
    }

    private void embedding(ConfigObject config, String path) throws ModelFormatException {
        config.requireOnly(EMBEDDING_OPTIONS);
        requireFloat32(config);
        if (!tokens || !layers.stream().allMatch(Dropout.class::isInstance)) {
            throw config.error("an Embedding must be the first layer, and its input (batch, steps)");
        }
        int vocabularySize = config.size("input_dim");
        int outputSize = config.size("output_dim");
        requireCount(path + "/vars", 1);
        float[] table = weights.read(path + "/vars/0", vocabularySize, outputSize);
        layers.add(new Embedding(name(config), vocabularySize, outputSize, config.bool("mask_zero"), table));
        tokens = false;
        features = outputSize;
    }

    private void gru(ConfigObject config, String path) throws ModelFormatException {
        config.requireAbsent("go_backwards", "");
        config.requireAbsent("zero_output_for_mask", "");
        GruLayer layer = recurrence(config, GRU_OPTIONS, path);
        layers.add(layer);
        features = layer.weights().hiddenSize();
    }

    private void bidirectional(ConfigObject config, String path) throws ModelFormatException {
        config.requireOnly(BIDIRECTIONAL_OPTIONS);
        requireFloat32(config);
        MergeMode merge = switch (config.get("merge_mode") instanceof String name ? name : "") {
            case "concat" -> MergeMode.CONCAT;
            case "sum" -> MergeMode.SUM;
            case "mul" -> MergeMode.MUL;
            case "ave" -> MergeMode.AVE;
            default -> throw config.error("merge_mode " + ConfigObject.show(config.get("merge_mode"))
                    + " is not supported, only concat, sum, mul and ave");
        };
        GruLayer forward = direction(config, "layer", false, path + "/forward_layer");
        GruLayer backward = direction(config, "backward_layer", true, path + "/backward_layer");
        try {
            Bidirectional both = new Bidirectional(name(config), forward, backward, merge);
            layers.add(both);
            features = both.outputSize();
        } catch (IllegalArgumentException e) {
            throw config.error(e.getMessage());
        }
    }

    private GruLayer direction(ConfigObject config, String key, boolean backwards, String path)
            throws ModelFormatException {
        ConfigObject wrapped = config.object(key);
        String className = wrapped.string("class_name");
        if (!className.equals("GRU")) {
            throw config.error("Bidirectional of " + Printable.of(className) + " is not supported, only of GRU");
        }
        ConfigObject layer = open(wrapped, "keras.layers", Set.of());
        if (layer.bool("go_backwards") != backwards) {
            throw layer.error("go_backwards = " + !backwards + " is not supported");
        }
        return recurrence(layer, DIRECTION_OPTIONS, path);
    }

    /** Returns the GRU layer of a configuration that may have the given options. */
    private GruLayer recurrence(ConfigObject config, Set<String> options, String path) throws ModelFormatException {
        config.requireAbsent("stateful", "; save the model with stateful=False, a session keeps the state anyway");
        config.requireAbsent("return_state", "");
        config.requireOnly(options);
        config.requireString("activation", "tanh");
        config.requireString("recurrent_activation", "sigmoid");
        requireFloat32(config);
        requireFeatures(config);
        boolean returnSequences = config.bool("return_sequences");
        boolean useBias = config.bool("use_bias");
        boolean resetAfter = config.bool("reset_after");
        int units = config.size("units");
        long columns = (long) Gate.COUNT * units;

        String variables = path + "/cell/vars";
        requireCount(variables, useBias ? 3 : 2);
        GateOrder order = GateOrder.UPDATE_RESET_NEW;
        float[] weightIh = order.canonicalFromColumns(
                weights.read(variables + "/0", features, columns), features, units);
        float[] weightHh = order.canonicalFromColumns(
                weights.read(variables + "/1", units, columns), units, units);
        float[] biasIh = new float[Gate.COUNT * units];
        float[] biasHh = new float[Gate.COUNT * units];
        if (useBias && resetAfter) {
            float[] both = weights.read(variables + "/2", 2, columns);
            biasIh = order.canonicalBias(both, 0, units);
            biasHh = order.canonicalBias(both, both.length / 2, units);
        } else if (useBias) {
            biasIh = order.canonicalBias(weights.read(variables + "/2", columns), 0, units);
        }
        GruVariant variant = resetAfter ? GruVariant.RESET_AFTER : GruVariant.RESET_BEFORE;
        return new GruLayer(name(config),
                new GruWeights(variant, features, units, weightIh, weightHh, biasIh, biasHh), returnSequences);
    }

    private void dropout(ConfigObject config) throws ModelFormatException {
        config.requireOnly(DROPOUT_OPTIONS);
        requireFloat32(config);
        try {
            layers.add(new Dropout(name(config), config.number("rate")));
        } catch (IllegalArgumentException e) {
            throw config.error(e.getMessage());
        }
    }

    private Dense dense(ConfigObject config, String path) throws ModelFormatException {
        config.requireOnly(DENSE_OPTIONS);
        requireFloat32(config);
        requireFeatures(config);
        Activation activation = activation(config);
        boolean useBias = config.bool("use_bias");
        int units = config.size("units");

        String variables = path + "/vars";
        requireCount(variables, useBias ? 2 : 1);
        float[] kernel = weights.read(variables + "/0", features, units);
        float[] bias = useBias ? weights.read(variables + "/1", units) : new float[units];
        float[] weight = new float[kernel.length];
        for (int input = 0; input < features; input++) {
            for (int unit = 0; unit < units; unit++) {
                weight[unit * features + input] = kernel[input * units + unit];
            }
        }
        Dense dense = new Dense(name(config), new DenseWeights(features, units, activation, weight, bias));
        features = units;
        return dense;
    }

    private static Activation activation(ConfigObject config) throws ModelFormatException {
        String activation = config.get("activation") instanceof String name ? name : "";
        return switch (activation) {
            case "linear" -> Activation.LINEAR;
            case "relu" -> Activation.RELU;
            case "sigmoid" -> Activation.SIGMOID;
            case "tanh" -> Activation.TANH;
            case "softmax" -> Activation.SOFTMAX;
            default -> throw config.error("activation " + ConfigObject.show(config.get("activation"))
                    + " is not supported, only linear, relu, sigmoid, tanh and softmax");
        };
    }

    private void timeDistributed(ConfigObject config, String path) throws ModelFormatException {
        config.requireOnly(DISTRIBUTED_OPTIONS);
        requireFloat32(config);
        ConfigObject wrapped = config.object("layer");
        String className = wrapped.string("class_name");
        if (!className.equals("Dense")) {
            throw config.error("TimeDistributed of " + Printable.of(className) + " is not supported, only of Dense");
        }
        Dense dense = dense(open(wrapped, "keras.layers", Set.of()), path + "/layer");
        layers.add(new TimeDistributed(name(config), dense));
    }

    private void requireFeatures(ConfigObject config) throws ModelFormatException {
        if (tokens) {
            throw config.error("its input is (batch, steps), which only an Embedding takes; "
                    + "a sequence has 3 dimensions (batch, steps, features)");
        }
    }

    /** More variables than expected would mean an option that this class does not know. */
    private void requireCount(String path, int expected) throws ModelFormatException {
        int found = weights.count(path);
        if (found != expected) {
            throw new ModelFormatException(file + ": " + path + ": holds " + found
                    + " variables, but the configuration asks for " + expected);
        }
    }
}
