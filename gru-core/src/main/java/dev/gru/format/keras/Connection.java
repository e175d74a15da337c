package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;

/**
 * One call of a layer of a functional model, as its configuration has it.
 *
 * @param object what the layer is in
 * @param entry the layer; null for an operation that makes a mask
 * @param number its place among all calls of the model
 * @param call its number among the calls of the layer
 * @param inputs what the layer is called on
 * @param states the initial states that it is given by name
 * @param masks for each input, the mask that is given with it, or null
 * @param causal whether an attention is asked not to look at later steps
 * @param operation for an operation between layers, what it does; otherwise null
 */
record Connection(ConfigObject object, Entry entry, int number, int call, List<Ref> inputs, List<Ref> states,
        List<Ref> masks, boolean causal, Operation operation) {
    private static final String INITIAL_STATE = "initial_state";
    private static final String CAUSAL = "use_causal_mask";

    /**
     * Reads all calls of a layer.
     *
     * @param before how many calls of other layers come before them
     */
    static List<Connection> all(ConfigObject object, Entry entry, Dialect dialect, int before)
            throws ModelFormatException {
        if (entry == null) {
            return List.of(new Connection(object, null, before, 0, Masks.tensors(object, dialect), List.of(),
                    List.of(), false, null));
        }
        List<Connection> connections = new ArrayList<>();
        for (Object node : object.list("inbound_nodes")) {
            int number = before + connections.size();
            if (entry.isOperation()) {
                Operation operation = Operation.of(object, connections.size(), node);
                connections
                        .add(new Connection(object, entry, number, connections.size(), operation.tensors(), List.of(),
                                List.of(), false, operation));
                continue;
            }
            connections.add(switch (node) {
                case List<?> legacy -> legacy(object, entry, number, connections.size(), legacy);
                case Map<?, ?> map -> of(object, entry, number, connections.size(), map);
                case null, default -> throw object.error("inbound_nodes holds " + ConfigObject.show(node));
            });
        }
        if (connections.isEmpty()) {
            throw object.error("is called 0 times");
        }
        return connections;
    }

    private static Connection of(ConfigObject object, Entry entry, int number, int call, Map<?, ?> node)
            throws ModelFormatException {
        ConfigObject arguments = new ConfigObject(object.where(), node);
        List<Ref> inputs = new ArrayList<>();
        for (Object argument : arguments.list("args")) {
            inputs.addAll(Ref.several(object, argument));
        }
        ConfigObject named = arguments.object("kwargs").at(object.where());
        return named(object, entry, number, call, inputs, named);
    }

    private static Connection named(ConfigObject object, Entry entry, int number, int call, List<Ref> inputs,
            ConfigObject named) throws ModelFormatException {
        if (inputs.isEmpty()) {
            throw object.error("is called on 0 arguments");
        }
        List<Ref> states = named.get(INITIAL_STATE) == null
                ? List.of()
                : Ref.several(object, named.get(INITIAL_STATE));
        List<Ref> masks = new ArrayList<>();
        Object mask = named.get("mask");
        List<?> given = mask instanceof List<?> several && !Ref.isTensor(mask) ? several : Arrays.asList(mask);
        if (!named.has("mask")) {
            given = List.of(); // it is not said whether there is one
        }
        for (Object each : given) {
            masks.add(each == null ? null : Ref.of(object, each));
        }
        boolean attention = entry.className().endsWith("Attention");
        boolean recurrent = Set.of("GRU", "RNN", "Bidirectional").contains(entry.className());
        if (attention) {
            named.requireOnly(Set.of("mask", CAUSAL));
        } else if (recurrent) {
            named.requireOnly(Set.of("mask", INITIAL_STATE));
        } else {
            named.requireOnly(Set.of("mask"));
        }
        return new Connection(object, entry, number, call, inputs, states, masks,
                attention && named.boolOrFalse(CAUSAL), null);
    }

    /**
     * Reads a call in the form of Keras 2: a list of tensors, or one tensor, each a list of name, number of the call,
     * number of the output, and perhaps arguments by name.
     */
    private static Connection legacy(ConfigObject object, Entry entry, int number, int call, List<?> node)
            throws ModelFormatException {
        List<?> tensors = !node.isEmpty() && node.getFirst() instanceof List<?> ? node : List.of(node);
        List<Ref> inputs = new ArrayList<>();
        ConfigObject named = new ConfigObject(object.where(), Map.of());
        for (Object each : tensors) {
            if (!(each instanceof List<?> tensor) || tensor.size() < 3 || tensor.size() > 4) {
                throw object.error("is called on " + ConfigObject.show(node)
                        + ", only outputs of layers are supported");
            }
            if (tensor.size() == 4 && tensor.get(3) instanceof Map<?, ?> map && !map.isEmpty()) {
                named = new ConfigObject(object.where(), map);
            } else if (tensor.size() == 4 && !(tensor.get(3) instanceof Map<?, ?>)) {
                throw object.error("is called on " + ConfigObject.show(tensor.get(3))
                        + ", only outputs of layers are supported");
            }
            inputs.add(Ref.of(object, tensor.subList(0, 3)));
        }
        return named(object, entry, number, call, inputs, named);
    }

    /** Returns the name of the layer. */
    String name() {
        return (String) object.get("name");
    }

    /** Returns all that is taken. */
    List<Ref> taken() {
        List<Ref> taken = new ArrayList<>(inputs);
        taken.addAll(states);
        masks.stream().filter(Objects::nonNull).forEach(taken::add);
        return taken;
    }

    /** Returns the same call with other names for what it takes. */
    Connection with(UnaryOperator<Ref> renamed) {
        return new Connection(object, entry, number, call, inputs.stream().map(renamed).toList(),
                states.stream().map(renamed).toList(),
                masks.stream().map(mask -> mask == null ? null : renamed.apply(mask)).toList(), causal, operation);
    }
}
