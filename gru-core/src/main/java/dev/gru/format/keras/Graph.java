package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;

/**
 * The layers of a functional Keras model, which must form a chain: each is called once, on one output of the layer
 * before it.
 *
 * <p>Keras writes how a mask is computed into the graph too, as operations between the layers. They must
 * say what follows from the layers anyway.
 *
 * <p>For one model and one thread.
 */
final class Graph {

    /**
     * An output of a layer, or of an operation.
     *
     * @param layer the name of the layer
     * @param index which of its outputs it is
     */
    private record Tensor(String layer, int index) {
    }

    /**
     * How a mask is computed: what differs from a value in a tensor, or, {@code anywhere}, whether any feature does.
     */
    private record Mask(Tensor of, double value, boolean anywhere) {
    }

    /** What a layer is called on: an array, and, if it is given, its mask. */
    private record Call(Tensor argument, Tensor mask) {
    }

    private final ConfigObject model;
    private final Dialect dialect;
    private final Map<String, Mask> operations = new HashMap<>();
    private ConfigObject input;
    private String inputName;
    private final List<Chain.Listed> layers = new ArrayList<>();
    /** The number of each layer, by its name. */
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<ConfigObject> configs = new ArrayList<>();
    /** For each layer, the number of the output of the one before it, or of the input, that it is called on. */
    private final List<Integer> taken = new ArrayList<>();
    /** The name of the last layer so far, or of the input. */
    private String last;
    private Mask mask;

    private Graph(ConfigObject model, Dialect dialect) {
        this.model = model;
        this.dialect = dialect;
    }

    /** Returns the chain that a functional model is. */
    static Chain chain(String file, ConfigObject model, Dialect dialect) throws ModelFormatException {
        Graph graph = new Graph(model, dialect);
        Set<String> seen = new HashSet<>();
        for (Chain.Listed layer : Chain.listed(file, model)) {
            if (!seen.add(layer.object().string("name"))) {
                throw layer.object().error("there are two layers of this name");
            }
            graph.add(layer);
        }
        return graph.finish();
    }

    private void add(Chain.Listed layer) throws ModelFormatException {
        ConfigObject object = layer.object();
        if (layer.className().equals("NotEqual") || layer.className().equals("Any")) {
            addOperation(layer);
            return;
        }
        ConfigObject config = Options.open(object, dialect, "name", "inbound_nodes");
        if (layer.className().equals("InputLayer")) {
            if (input != null) {
                throw config.error("is a second input, which is not supported");
            }
            input = config;
            inputName = object.string("name");
            last = inputName;
            return;
        }
        Call call = call(object);
        if (!call.argument.layer.equals(last)) {
            throw config.error("takes the output of " + Printable.quoted(call.argument.layer) + ", but only chains of "
                    + "layers are supported, in which it would be "
                    + (last == null ? "an input" : Printable.quoted(last)));
        }
        requireOwnMask(config, call);
        mask = madeMask(layer.className(), config, call.argument);
        last = object.string("name");
        numbers.put(last, layers.size());
        layers.add(layer);
        configs.add(config);
        taken.add(call.argument.index);
    }

    private Chain finish() throws ModelFormatException {
        List<Tensor> inputs = tensors("input_layers");
        if (input == null || inputs.size() != 1 || !inputs.getFirst().layer.equals(inputName)) {
            throw model.error("must have one input and name it in input_layers");
        }
        List<Set<Integer>> used = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            used.add(new HashSet<>(i + 1 < layers.size() ? Set.of(taken.get(i + 1)) : Set.of()));
        }
        List<Chain.Output> outputs = new ArrayList<>();
        for (Tensor tensor : tensors("output_layers")) {
            Integer step = numbers.get(tensor.layer);
            if (step == null) {
                throw model.error("output_layers: there is no layer " + Printable.quoted(tensor.layer));
            }
            used.get(step).add(tensor.index);
            outputs.add(new Chain.Output(step, tensor.index));
        }
        if (outputs.isEmpty()) {
            throw model.error("has no outputs");
        }
        List<Chain.Step> steps = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            boolean atEnd = i == layers.size() - 1;
            steps.add(new Chain.Step(layers.get(i).className(), configs.get(i), atEnd ? 0 : taken.get(i + 1),
                    used.get(i), atEnd));
        }
        return new Chain(input, steps, outputs);
    }

    /** Reads what a layer is called on. */
    private Call call(ConfigObject object) throws ModelFormatException {
        List<?> nodes = object.list("inbound_nodes");
        if (nodes.size() != 1) {
            throw object.error("is called " + nodes.size() + " times, but only chains of layers are supported");
        }
        if (nodes.getFirst() instanceof List<?> legacy) {
            return legacyCall(object, legacy);
        }
        if (!(nodes.getFirst() instanceof Map<?, ?> map)) {
            throw object.error("inbound_nodes holds " + ConfigObject.show(nodes.getFirst()));
        }
        ConfigObject node = new ConfigObject(object.where(), map);
        List<?> arguments = node.list("args");
        if (arguments.size() != 1) {
            throw object.error("is called on " + arguments.size() + " arguments, only one is supported");
        }
        Tensor given = null;
        ConfigObject named = node.object("kwargs");
        if (named.get("mask") != null) {
            given = tensor(object, named.get("mask"));
        }
        named.at(object.where()).requireOnly(Set.of("mask"));
        return new Call(tensor(object, arguments.getFirst()), given);
    }

    /** In the form of Keras 2: a list of name, number of the call, number of the output, and perhaps more arguments. */
    private static Call legacyCall(ConfigObject object, List<?> node) throws ModelFormatException {
        List<?> only = node.size() == 1 && node.getFirst() instanceof List<?> inner ? inner : node;
        if (only.size() == 4 && only.get(3) instanceof Map<?, ?> named) {
            new ConfigObject(object.where(), named).requireOnly(Set.of());
        } else if (only.size() != 3) {
            throw object.error("is called on " + ConfigObject.show(node) + ", only one argument is supported");
        }
        return new Call(tensor(object, only.subList(0, 3)), null);
    }

    /** Reads one tensor: as Keras 3 serialises it, or a list of name, number of the call and number of the output. */
    private static Tensor tensor(ConfigObject where, Object value) throws ModelFormatException {
        Object history = value;
        if (value instanceof Map<?, ?> map) {
            ConfigObject serialized = new ConfigObject(where.where(), map);
            serialized.requireString("class_name", "__keras_tensor__");
            history = serialized.object("config").at(where.where()).list("keras_history");
        }
        if (!(history instanceof List<?> parts && parts.size() == 3 && parts.getFirst() instanceof String layer
                && parts.get(1) instanceof Long node && parts.get(2) instanceof Long index && index >= 0
                && index <= Integer.MAX_VALUE)) {
            throw where.error("takes " + ConfigObject.show(value) + ", but only outputs of layers are supported");
        }
        if (node != 0) {
            throw where
                    .error("takes the output of a second call of " + Printable.quoted(layer) + ", but only chains of "
                            + "layers are supported");
        }
        return new Tensor(layer, index.intValue());
    }

    /** Reads one tensor, a list of them, or one under a name. */
    private List<Tensor> tensors(String key) throws ModelFormatException {
        ConfigObject place = model.at(model.where() + ": " + key);
        if (model.get(key) instanceof Map<?, ?> named && named.size() == 1) {
            return List.of(tensor(place, named.values().iterator().next()));
        }
        List<?> values = model.list(key);
        if (!values.isEmpty() && values.getFirst() instanceof String) {
            return List.of(tensor(place, values));
        }
        List<Tensor> tensors = new ArrayList<>();
        for (Object value : values) {
            tensors.add(tensor(place, value));
        }
        return tensors;
    }

    /**
     * Reads an operation that makes a mask: where a tensor differs from a number, or where any feature of that does.
     */
    private void addOperation(Chain.Listed layer) throws ModelFormatException {
        ConfigObject object = layer.object();
        List<?> nodes = object.list("inbound_nodes");
        boolean own = object.get("module") instanceof String module
                ? module.startsWith("keras.src.ops.")
                : dialect.legacy() && object.get("module") == null;
        if (!own || nodes.size() != 1 || !(nodes.getFirst() instanceof Map<?, ?> map)) {
            throw object.error("is not an operation of Keras's own");
        }
        List<?> arguments = new ConfigObject(object.where(), map).list("args");
        if (arguments.isEmpty()) {
            throw object.error("has no arguments");
        }
        Tensor of = tensor(object, arguments.getFirst());
        Mask made;
        if (layer.className().equals("NotEqual")) {
            made = arguments.size() == 2 && arguments.get(1) instanceof Number number
                    ? new Mask(of, number.doubleValue(), false)
                    : null;
        } else {
            Mask before = operations.get(of.layer);
            ConfigObject config = object.object("config");
            boolean last = Long.valueOf(-1).equals(config.get("axis")) && !config.boolOrFalse("keepdims");
            made = before != null && last && arguments.size() == 1
                    ? new Mask(before.of, before.value, true)
                    : null;
        }
        if (made == null) {
            throw object.error("is an operation that does not make a mask in the way of a layer, "
                    + "which is not supported");
        }
        operations.put(object.string("name"), made);
    }

    /** Returns the mask after a layer. Keras computes it from what the layer is called on. */
    private Mask madeMask(String className, ConfigObject config, Tensor argument) throws ModelFormatException {
        return switch (className) {
            case "Embedding" -> config.boolOrFalse("mask_zero") ? new Mask(argument, 0, false) : null;
            case "Masking" -> new Mask(argument, config.number("mask_value"), true);
            default -> mask;
        };
    }

    private void requireOwnMask(ConfigObject config, Call call) throws ModelFormatException {
        if (call.mask == null) {
            return;
        }
        Mask given = operations.get(call.mask.layer);
        if (given != null && given.equals(mask)) {
            mask = given; // so that the next layer, if it is given the same, need not compare the names again
        } else {
            throw config.error("is given the mask " + Printable.quoted(call.mask.layer)
                    + ", which is not the one that comes with its input; that is not supported");
        }
    }
}
