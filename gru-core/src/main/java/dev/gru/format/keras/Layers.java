package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Printable;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;

/**
 * Turns the configurations and the variables of one Keras model's layers into layers, first to last.
 *
 * <p>For one model and one thread.
 */
public final class Layers {
    /** What an embedding takes as token ids; without a given type, Keras declares float32 and casts. */
    private static final Set<String> TOKEN_TYPES = Set.of("int8", "uint8", "int16", "uint16", "int32", "uint32",
            "int64", "float32");

    /** Whatever it is declared as, a layer casts its input to the type that it computes in. */
    private static final Set<String> FEATURE_TYPES = Set.of("float32", "float16", "bfloat16");

    private final Dialect dialect;
    private final Variables variables;
    private final Flow flow = new Flow();
    private final Recurrent recurrent;
    private final List<BuiltLayer> built = new ArrayList<>();

    /**
     * Starts on a model.
     *
     * @param dialect what its configuration means
     * @param variables its variables
     */
    Layers(Dialect dialect, Variables variables) {
        this.dialect = dialect;
        this.variables = variables;
        recurrent = new Recurrent(dialect, flow);
    }

    /** Returns the layers that have been read so far. */
    List<BuiltLayer> built() {
        return built;
    }

    /** Returns the port of the whole output of the last layer so far. */
    Port everything() {
        return flow.output();
    }

    /**
     * Says what flows into the first layer.
     *
     * @param config where it is said
     * @param key under which the shape is
     * @param type the type of the values
     */
    void input(ConfigObject config, String key, String type) throws ModelFormatException {
        List<?> shape = config.list(key);
        Set<String> types = shape.size() == 2 ? TOKEN_TYPES : FEATURE_TYPES;
        switch (shape.size()) {
            case 2 -> flow.startWithTokens();
            case 3 -> flow.startWithFeatures(config.size("the last dimension of " + key, shape.get(2)));
            default -> throw config.error(key + " has " + shape.size() + " dimensions, but a sequence has 3 "
                    + "(batch, steps, features), or 2 (batch, steps) if it is one of token ids");
        }
        if (!types.contains(type)) {
            throw config.error("dtype " + Printable.quoted(type) + " is not supported for "
                    + (shape.size() == 2 ? "token ids" : "features, only float32, float16 and bfloat16"));
        }
    }

    /**
     * Reads the next layer.
     *
     * @param step the layer, and which of its outputs are used
     */
    void add(Chain.Step step) throws ModelFormatException {
        ConfigObject config = step.config();
        Options.requirePolicy(config);
        switch (step.className()) {
            case "Embedding" -> add(embedding(config));
            case "Masking" -> add(masking(config));
            case "GRU", "RNN" -> built.add(recurrent.gru(step, variables(step)));
            case "Bidirectional" -> built.add(recurrent.bidirectional(step, variables(step)));
            case "Dense" -> {
                Variables.Layer found = variables(step);
                add(dense(config, found, ""));
                found.end();
            }
            case "TimeDistributed" -> add(timeDistributed(step));
            case "Dropout" -> add(dropout(config, Options.name(config)));
            case "Activation", "ReLU", "Softmax" -> {
                flow.requireFeatures(config);
                add(activation(step.className(), config, Options.name(config)));
            }
            default -> throw config.error("the class " + Printable.of(step.className())
                    + " is not supported, only InputLayer, Embedding, Masking, GRU, RNN, Bidirectional, Dense, "
                    + "TimeDistributed, Dropout, Activation, ReLU and Softmax are");
        }
        if (step.passed() > 0 && step.passed() >= built.getLast().outputs().size()) {
            throw config.error("has no output " + step.passed() + ", which the next layer takes");
        }
    }

    private void add(Layer layer) {
        // Token ids, which only dropout hands on, are no output.
        built.add(new BuiltLayer(layer, flow.tokens() ? List.of() : List.of(flow.output())));
    }

    private Variables.Layer variables(Chain.Step step) throws ModelFormatException {
        return variables.layer(step.className(), step.config().string("name"));
    }

    private Embedding embedding(ConfigObject config) throws ModelFormatException {
        config.requireOnly(Options.EMBEDDING);
        if (!flow.tokens() || !built.stream().allMatch(layer -> layer.layer() instanceof Dropout)) {
            throw config.error("an Embedding must be the first layer, and its input (batch, steps)");
        }
        int vocabularySize = config.size("input_dim");
        int outputSize = config.size("output_dim");
        boolean maskZero = config.bool("mask_zero");
        Variables.Layer layer = variables.layer("Embedding", config.string("name"));
        float[] table = Weights.table(layer, vocabularySize, outputSize);
        layer.end();
        flow.embedded(outputSize, maskZero);
        return Embedding.owning(Options.name(config), vocabularySize, outputSize, OwnedFloats.of(table))
                .withMaskZero(maskZero);
    }

    private Masking masking(ConfigObject config) throws ModelFormatException {
        config.requireOnly(Options.MASKING);
        flow.requireSequence(config);
        float value = (float) config.number("mask_value");
        flow.foundMask();
        return new Masking(Options.name(config), value);
    }

    private Dense dense(ConfigObject config, Variables.Layer layer, String path) throws ModelFormatException {
        config.requireOnly(Options.DENSE);
        flow.requireFeatures(config);
        Activation activation = Options.activation(config, "activation", dialect);
        boolean useBias = config.bool("use_bias");
        int units = config.size("units");
        Dense dense = new Dense(Options.name(config),
                Weights.dense(layer, path, activation, flow.features(), units, useBias));
        flow.changed(units);
        return dense;
    }

    private Layer timeDistributed(Chain.Step step) throws ModelFormatException {
        ConfigObject config = step.config();
        config.requireOnly(Options.TIME_DISTRIBUTED);
        flow.requireSequence(config);
        String name = Options.name(config);
        ConfigObject wrapped = config.object("layer");
        String className = wrapped.string("class_name");
        ConfigObject inner = switch (className) {
            case "Dense", "Dropout", "Activation", "ReLU", "Softmax" -> Options.open(wrapped, dialect);
            default -> throw config.error("TimeDistributed of " + Printable.of(className)
                    + " is not supported, only of Dense, Dropout, Activation, ReLU and Softmax");
        };
        Options.requirePolicy(inner);
        Variables.Layer found = variables(step);
        Layer layer = switch (className) {
            case "Dense" -> new TimeDistributed(name, dense(inner, found, "layer"));
            case "Dropout" -> dropout(inner, name);
            default -> activation(className, inner, name);
        };
        found.end();
        flow.passedMask(name, dialect);
        return layer;
    }

    private static Dropout dropout(ConfigObject config, String name) throws ModelFormatException {
        config.requireOnly(Options.DROPOUT);
        return new Dropout(name, config.number("rate"));
    }

    private ActivationLayer activation(String className, ConfigObject config, String name)
            throws ModelFormatException {
        return new ActivationLayer(name, switch (className) {
            case "Activation" -> {
                config.requireOnly(Options.ACTIVATION);
                yield Options.activation(config, "activation", dialect);
            }
            case "ReLU" -> {
                config.requireOnly(Options.RELU);
                requireZero(config, "negative_slope");
                requireZero(config, "threshold");
                yield Activation.RELU;
            }
            default -> softmax(config);
        });
    }

    private static void requireZero(ConfigObject config, String key) throws ModelFormatException {
        if (config.has(key) && config.number(key) != 0) {
            throw config.error(key + " = " + ConfigObject.show(config.get(key)) + " is not supported, only 0");
        }
    }

    private Activation softmax(ConfigObject config) throws ModelFormatException {
        config.requireOnly(Options.SOFTMAX);
        Object axis = config.get("axis") instanceof List<?> axes && axes.size() == 1
                ? axes.getFirst()
                : config.get("axis");
        if (!Long.valueOf(-1).equals(axis)) {
            throw config.error("axis " + ConfigObject.show(config.get("axis")) + " is not supported, only -1");
        }
        flow.requireCertainMask(config);
        if (flow.masked()) {
            throw config.error("Softmax takes the mask of steps that comes to it for one of features, "
                    + "which is not supported; use Activation(\"softmax\")");
        }
        return Activation.SOFTMAX;
    }
}
