package dev.gru.format.keras.forms;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;

/** The names that Keras 1 had for classes and options, in those of Keras 2, which renamed them. */
public final class Keras1 {
    private static final Map<String, String> CLASSES = Map.of("Convolution1D", "Conv1D", "SeparableConvolution1D",
            "SeparableConv1D", "AtrousConvolution1D", "Conv1D", "TimeDistributedDense", "Dense");

    /** Options that have another name in every class. */
    private static final Map<String, String> OPTIONS = Map.ofEntries(Map.entry("nb_filter", "filters"),
            Map.entry("filter_length", "kernel_size"), Map.entry("subsample_length", "strides"),
            Map.entry("border_mode", "padding"), Map.entry("atrous_rate", "dilation_rate"),
            Map.entry("bias", "use_bias"), Map.entry("inner_activation", "recurrent_activation"),
            Map.entry("pool_length", "pool_size"), Map.entry("length", "size"), Map.entry("p", "rate"),
            Map.entry("sigma", "stddev"), Map.entry("dropout_U", "recurrent_dropout"),
            Map.entry("dropout_W", "dropout"), Map.entry("init", "kernel_initializer"),
            Map.entry("inner_init", "recurrent_initializer"), Map.entry("W_regularizer", "kernel_regularizer"),
            Map.entry("U_regularizer", "recurrent_regularizer"), Map.entry("b_regularizer", "bias_regularizer"),
            Map.entry("W_constraint", "kernel_constraint"), Map.entry("b_constraint", "bias_constraint"),
            Map.entry("gamma_init", "gamma_initializer"), Map.entry("beta_init", "beta_initializer"));

    /** Options that say how Keras went about the work, or for what an input was. */
    private static final List<String> UNUSED = List.of("consume_less", "weights");

    /** Of these classes, {@code output_dim} is what Keras 2 calls {@code units}. */
    private static final List<String> UNITS = List.of("GRU", "Dense", "GRUCell");

    private Keras1() {
    }

    /** Returns what Keras 2 calls a class. */
    public static String className(String className) {
        return CLASSES.getOrDefault(className, className);
    }

    /**
     * Returns the configuration of a layer as Keras 2 would have it.
     *
     * @param className the class in Keras 2
     * @throws ModelFormatException if an option of Keras 1 has no counterpart
     */
    public static ConfigObject translated(String className, ConfigObject config) throws ModelFormatException {
        Map<String, Object> translated = new LinkedHashMap<>();
        for (String key : config.keys()) {
            Object value = config.get(key);
            boolean embedding = className.equals("Embedding");
            boolean dimension = key.equals("input_dim") || key.equals("input_length");
            boolean type = key.equals("input_dtype") && !className.equals("InputLayer");
            if (UNUSED.contains(key) || type || (embedding ? key.equals("dropout") : dimension)) {
                continue;
            }
            String name = key.equals("input_dtype") ? "dtype" : OPTIONS.getOrDefault(key, key);
            if (key.equals("output_dim") && UNITS.contains(className)) {
                name = "units";
            } else if (key.equals("stride")) {
                name = "strides";
            } else if (key.equals("mode") && className.equals("BatchNormalization")) {
                if (!Long.valueOf(0).equals(value)) {
                    throw config.error("mode " + ConfigObject.show(value) + " is not supported, only 0");
                }
                continue;
            }
            if (translated.put(name, value) != null) {
                throw config.error("has " + Printable.of(name) + " twice");
            }
        }
        return new ConfigObject(config.where(), translated);
    }
}
