package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;

/**
 * One call of an operation between layers of a functional model, such as {@code x + y} and {@code x[:, -1]}. Keras 3
 * has a class for each; Keras 2 has a layer that names a function of TensorFlow, which is here called as in Keras 3.
 *
 * @param name its class in Keras 3
 * @param call its number among the calls of the operation
 * @param tensors the arrays that it takes
 * @param operands what it computes with, in order: a constant, or null for the next of the arrays
 * @param options all else that is said of it, by name
 */
record Operation(String name, int call, List<Ref> tensors, List<Object> operands, ConfigObject options) {
    /** The option that has what is between the brackets, as Keras 2 calls it. */
    static final String KEY = "slice_spec";

    private static final String SLICING = "GetItem";

    /** The classes of Keras 3. */
    private static final Set<String> NAMES = Set.of("Add", "Subtract", "Multiply", "Divide", "TrueDivide", "Maximum",
            "Minimum", "Concatenate", SLICING, "Mean", "Max", "Negative", "Relu", "ReLU", "Relu6", "LeakyRelu", "Elu",
            "Celu", "Selu", "Gelu", "Silu", "Sigmoid", "LogSigmoid", "HardSigmoid", "HardSilu", "HardTanh", "Tanh",
            "Exp", "Softplus", "Softsign", "Softmax", "LogSoftmax", "Glu");

    /** What Keras 3 calls functions of TensorFlow. */
    private static final Map<String, String> FUNCTIONS = Map.ofEntries(Map.entry("__operators__.add", "Add"),
            Map.entry("math.add", "Add"), Map.entry("math.add_n", "Add"), Map.entry("math.subtract", "Subtract"),
            Map.entry("math.multiply", "Multiply"), Map.entry("math.truediv", "TrueDivide"),
            Map.entry("math.divide", "Divide"), Map.entry("math.maximum", "Maximum"),
            Map.entry("math.minimum", "Minimum"), Map.entry("concat", "Concatenate"),
            Map.entry("__operators__.getitem", SLICING), Map.entry("math.reduce_mean", "Mean"),
            Map.entry("math.reduce_max", "Max"), Map.entry("math.negative", "Negative"), Map.entry("nn.relu", "Relu"),
            Map.entry("nn.relu6", "Relu6"), Map.entry("nn.elu", "Elu"), Map.entry("nn.selu", "Selu"),
            Map.entry("math.sigmoid", "Sigmoid"), Map.entry("math.log_sigmoid", "LogSigmoid"),
            Map.entry("math.tanh", "Tanh"), Map.entry("math.exp", "Exp"), Map.entry("math.softplus", "Softplus"),
            Map.entry("nn.softsign", "Softsign"), Map.entry("nn.softmax", "Softmax"),
            Map.entry("nn.log_softmax", "LogSoftmax"));

    /** The layers of Keras 2 that are operations. */
    private static final Set<String> LAYERS = Set.of("TFOpLambda", "SlicingOpLambda");

    /** What Keras 2 has in place of the name of a layer where a constant stands first. */
    private static final String CONSTANT = "_CONSTANT_VALUE";

    /** Returns whether an object is an operation, one that can be read or another. */
    static boolean isOperation(ConfigObject object, Dialect dialect) throws ModelFormatException {
        String className = object.string("class_name");
        if (object.get("module") instanceof String module) {
            return module.startsWith("keras.src.ops.") || module.startsWith("keras.src.activations.")
                    || (module.startsWith("keras.") && LAYERS.contains(className));
        }
        // In legacy files, where there are no modules, layers can be told by what all layers have.
        return dialect.legacy() && (LAYERS.contains(className) || (NAMES.contains(className)
                && object.get("config") instanceof Map<?, ?> config && !config.containsKey("trainable")));
    }

    /** Returns the class or the function that an operation is, in the words of its file. */
    static String written(ConfigObject object) throws ModelFormatException {
        String className = object.string("class_name");
        return LAYERS.contains(className) ? object.object("config").string("function") : className;
    }

    /** Returns whether an operation can be read. */
    static boolean isKnown(ConfigObject object, Dialect dialect) throws ModelFormatException {
        return isOperation(object, dialect)
                && (LAYERS.contains(object.string("class_name")) ? FUNCTIONS.keySet() : NAMES)
                        .contains(written(object));
    }

    /** Reads a call of an operation that is known. */
    static Operation of(ConfigObject object, int call, Object node) throws ModelFormatException {
        if (LAYERS.contains(object.string("class_name")) && node instanceof List<?> list && !list.isEmpty()) {
            return legacy(object, call, list);
        }
        if (!(node instanceof Map<?, ?> map)) {
            throw object.error("inbound_nodes holds " + ConfigObject.show(node));
        }
        ConfigObject arguments = new ConfigObject(object.where(), map);
        arguments.object("kwargs").at(object.where()).requireOnly(Set.of());
        String name = object.string("class_name");
        List<?> given = arguments.list("args");
        Map<String, Object> options = options(object.object("config").at(object.where()));
        options.remove("name");
        if (name.equals(SLICING) && given.size() == 2) {
            options.put(KEY, given.getLast());
            given = given.subList(0, 1);
        } else if (given.size() == 1 && given.getFirst() instanceof List<?> several) {
            given = several;
        }
        Builder builder = new Builder(object);
        for (Object value : given) {
            builder.add(value);
        }
        return builder.build(name, call, new ConfigObject(object.where(), options));
    }

    /** Reads a call as Keras 2 has it: a tensor with the other arguments by name, or a list of such. */
    private static Operation legacy(ConfigObject object, int call, List<?> node) throws ModelFormatException {
        Builder builder = new Builder(object);
        Map<String, Object> options = new LinkedHashMap<>();
        for (Object each : node.getFirst() instanceof List<?> ? node : List.of(node)) {
            if (!(each instanceof List<?> tensor) || tensor.size() < 3 || tensor.size() > 4) {
                throw object.error("is called on " + ConfigObject.show(each));
            }
            builder.add(CONSTANT.equals(tensor.getFirst()) ? tensor.get(2) : tensor.subList(0, 3));
            if (tensor.size() == 4 && tensor.get(3) instanceof Map<?, ?> named) {
                options.putAll(options(new ConfigObject(object.where(), named)));
            }
        }
        if (options.containsKey("y")) {
            builder.add(options.remove("y"));
        }
        options.remove("name");
        return builder.build(FUNCTIONS.get(written(object)), call, new ConfigObject(object.where(), options));
    }

    private static Map<String, Object> options(ConfigObject config) {
        Map<String, Object> options = new LinkedHashMap<>();
        config.keys().forEach(key -> options.put(key, config.get(key)));
        return options;
    }

    /** Collects arguments. */
    private static final class Builder {
        private final ConfigObject object;
        private final List<Ref> tensors = new ArrayList<>();
        private final List<Object> operands = new ArrayList<>();

        Builder(ConfigObject object) {
            this.object = object;
        }

        void add(Object value) throws ModelFormatException {
            boolean constant = value instanceof Number || (value instanceof List<?> && !Ref.isTensor(value))
                    || (value instanceof Map<?, ?> map && map.get("class_name") instanceof String name
                            && Set.of("__numpy__", "__tensor__").contains(name));
            operands.add(constant ? value : null);
            if (!constant) {
                tensors.add(Ref.of(object, value));
            }
        }

        Operation build(String name, int call, ConfigObject options) throws ModelFormatException {
            if (tensors.isEmpty()) {
                throw object.error("is called on 0 arrays of the model");
            }
            return new Operation(name, call, tensors, operands, options);
        }
    }
}
