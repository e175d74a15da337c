package dev.gru.format.keras.forms;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;

/**
 * The short form of a {@code Sequential}: a layer a line, as one writes it in Python, with the arguments and defaults
 * of Keras 3. Empty lines and what follows a {@code #} are left out.
 *
 * <pre>
 * Input(None, 5)                          # steps and features; Input(None) is one of token ids
 * Conv1D(16, 3, padding="causal", activation="relu")
 * Bidirectional(GRU(64, return_sequences=True))
 * GRU(32)
 * Dense(1, activation="sigmoid")
 * </pre>
 *
 * <p>For use by one thread, once.
 */
public final class ShortForm {
    private static final int END = -1;
    private static final int MAX_DEPTH = 8;
    private static final String LAYER = "layer";

    /** Of each class, the names of its arguments in their order, with defaults behind what has one. */
    private static final Map<String, List<String>> ARGUMENTS = Map.ofEntries(
            Map.entry("Embedding", List.of("input_dim", "output_dim")),
            Map.entry("Masking", List.of("mask_value=0.0")),
            Map.entry("GRU", List.of("units", "activation=\"tanh\"", "recurrent_activation=\"sigmoid\"",
                    "use_bias=True", "reset_after=True", "return_sequences=False")),
            Map.entry("Bidirectional", List.of(LAYER, "merge_mode=\"concat\"")),
            Map.entry("TimeDistributed", List.of(LAYER)),
            Map.entry("Dense", List.of("units", "activation=None", "use_bias=True")),
            Map.entry("Conv1D", List.of("filters", "kernel_size", "strides=1", "padding=\"valid\"",
                    "data_format=\"channels_last\"", "dilation_rate=1", "groups=1", "activation=None",
                    "use_bias=True")),
            Map.entry("SeparableConv1D", List.of("filters", "kernel_size", "strides=1", "padding=\"valid\"",
                    "data_format=\"channels_last\"", "dilation_rate=1", "depth_multiplier=1", "activation=None",
                    "use_bias=True")),
            Map.entry("DepthwiseConv1D", List.of("kernel_size", "strides=1", "padding=\"valid\"", "depth_multiplier=1",
                    "data_format=\"channels_last\"", "dilation_rate=1", "activation=None", "use_bias=True")),
            Map.entry("MaxPooling1D", List.of("pool_size=2", "strides=None", "padding=\"valid\"")),
            Map.entry("AveragePooling1D", List.of("pool_size", "strides=None", "padding=\"valid\"")),
            Map.entry("GlobalMaxPooling1D", List.of()), Map.entry("GlobalAveragePooling1D", List.of()),
            Map.entry("Flatten", List.of()), Map.entry("Reshape", List.of("target_shape")),
            Map.entry("RepeatVector", List.of("n")), Map.entry("Permute", List.of("dims")),
            Map.entry("ZeroPadding1D", List.of("padding=1")), Map.entry("Cropping1D", List.of("cropping=(1, 1)")),
            Map.entry("UpSampling1D", List.of("size=2")),
            Map.entry("BatchNormalization", List.of("axis=-1", "momentum=0.99", "epsilon=0.001", "center=True",
                    "scale=True")),
            Map.entry("LayerNormalization", List.of("axis=-1", "epsilon=0.001", "center=True", "scale=True")),
            Map.entry("UnitNormalization", List.of("axis=-1")), Map.entry("Rescaling", List.of("scale", "offset=0.0")),
            Map.entry("Activation", List.of("activation")),
            Map.entry("ReLU", List.of("max_value=None", "negative_slope=0.0", "threshold=0.0")),
            Map.entry("LeakyReLU", List.of("negative_slope=0.3")), Map.entry("ELU", List.of("alpha=1.0")),
            Map.entry("PReLU", List.of("shared_axes=None")), Map.entry("Softmax", List.of("axis=-1")),
            Map.entry("Dropout", List.of("rate")), Map.entry("SpatialDropout1D", List.of("rate")),
            Map.entry("GaussianNoise", List.of("stddev")), Map.entry("GaussianDropout", List.of("rate")),
            Map.entry("AlphaDropout", List.of("rate")),
            Map.entry("ActivityRegularization", List.of("l1=0.0", "l2=0.0")));

    private final String where;
    private final String text;
    private final Map<String, Integer> names = new HashMap<>();
    private int at;
    private int depth;

    private ShortForm(String where, String text) {
        this.where = where;
        this.text = text;
    }

    /**
     * Returns the configuration of the model.
     *
     * @param where names the file, for messages
     * @param text the short form
     * @throws ModelFormatException if it is none, or has a class or an argument that is not known
     */
    public static Map<String, Object> read(String where, String text) throws ModelFormatException {
        List<Object> layers = new ArrayList<>();
        ShortForm form = new ShortForm(where, text.replaceAll("#[^\n]*", ""));
        for (form.skipSpace(); form.peek() != END; form.skipSpace()) {
            layers.add(form.layer());
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", "sequential");
        config.put("layers", layers);
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("class_name", "Sequential");
        model.put("config", config);
        return model;
    }

    private Map<String, Object> layer() throws ModelFormatException {
        if (++depth > MAX_DEPTH) {
            throw error("is nested too deep");
        }
        String className = word();
        expect('(');
        Map<String, Object> config = className.equals("Input") ? input() : arguments(className);
        depth--;
        int number = names.merge(className, 1, Integer::sum) - 1;
        config.put("name", className.toLowerCase(Locale.ROOT) + (number == 0 ? "" : "_" + number));
        Map<String, Object> layer = new LinkedHashMap<>();
        layer.put("class_name", className.equals("Input") ? "InputLayer" : className);
        layer.put("config", config);
        return layer;
    }

    private Map<String, Object> input() throws ModelFormatException {
        List<Object> shape = new ArrayList<>();
        shape.add(null);
        shape.addAll(list(')'));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("batch_shape", shape);
        config.put("dtype", "float32");
        return config;
    }

    private Map<String, Object> arguments(String className) throws ModelFormatException {
        List<String> known = ARGUMENTS.get(className);
        if (known == null) {
            throw error("has the class " + Printable.of(className) + ", which is not one of "
                    + String.join(", ", ARGUMENTS.keySet().stream().sorted().toList()));
        }
        Map<String, Object> config = new LinkedHashMap<>();
        for (String argument : known) {
            int equals = argument.indexOf('=');
            if (equals >= 0) {
                config.put(argument.substring(0, equals),
                        new ShortForm(where, argument.substring(equals + 1)).value());
            }
        }
        int positional = 0;
        while (!take(')')) {
            int start = at;
            String name = Character.isLetter(peek()) ? word() : "";
            if (!name.isEmpty() && take('=')) {
                config.put(name, value());
            } else if (positional < known.size()) {
                at = start;
                config.put(known.get(positional++).replaceFirst("=.*", ""), value());
            } else {
                throw error("gives " + className + " more than " + known.size() + " arguments without names");
            }
            if (!take(',')) {
                expect(')');
                break;
            }
        }
        return config;
    }

    private Object value() throws ModelFormatException {
        skipSpace();
        int c = peek();
        if (c == '"' || c == '\'') {
            int end = text.indexOf(c, at + 1);
            if (end < 0 || text.substring(at, end).contains("\n")) {
                throw error("has a text that does not end");
            }
            String value = text.substring(at + 1, end);
            at = end + 1;
            return value;
        }
        if (c == '(' || c == '[') {
            at++;
            return list(c == '(' ? ')' : ']');
        }
        if (c == '-' || c == '.' || Character.isDigit(c)) {
            return number();
        }
        int start = at;
        String word = word();
        return switch (word) {
            case "True" -> true;
            case "False" -> false;
            case "None" -> null;
            default -> {
                at = start;
                yield layer();
            }
        };
    }

    private List<Object> list(char end) throws ModelFormatException {
        if (++depth > MAX_DEPTH) {
            throw error("is nested too deep");
        }
        List<Object> values = new ArrayList<>();
        while (!take(end)) {
            values.add(value());
            if (!take(',')) {
                expect(end);
                break;
            }
        }
        depth--;
        return values;
    }

    private Object number() throws ModelFormatException {
        int start = at++;
        while (peek() != END && "0123456789.eE+-".indexOf(peek()) >= 0) {
            at++;
        }
        String number = text.substring(start, at);
        try {
            return number.matches("-?\\d{1,18}") ? (Object) Long.valueOf(number) : Double.valueOf(number);
        } catch (NumberFormatException e) {
            throw error("has the number " + Printable.of(number), e);
        }
    }

    private String word() throws ModelFormatException {
        skipSpace();
        int start = at;
        while (Character.isLetterOrDigit(peek()) || peek() == '_') {
            at++;
        }
        if (at == start) {
            throw error("has " + (peek() == END ? "its end" : Printable.quoted(text.substring(at, at + 1)))
                    + " where a name should be");
        }
        return text.substring(start, at);
    }

    private void skipSpace() {
        while (Character.isWhitespace(peek())) {
            at++;
        }
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    private boolean take(char c) {
        skipSpace();
        if (peek() == c) {
            at++;
            skipSpace();
            return true;
        }
        return false;
    }

    private void expect(char c) throws ModelFormatException {
        if (!take(c)) {
            throw error("has " + (peek() == END ? "its end" : Printable.quoted(text.substring(at, at + 1))) + " where '"
                    + c + "' should be");
        }
    }

    private ModelFormatException error(String problem) {
        return error(problem, null);
    }

    private ModelFormatException error(String problem, Throwable cause) {
        long line = text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count() + 1;
        return new ModelFormatException(where + ": line " + line + ": " + problem, cause);
    }
}
