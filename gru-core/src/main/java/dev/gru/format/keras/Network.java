package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;

/**
 * A functional model: its layers are called on the outputs of others.
 *
 * <p>Each call is made when all is there that it takes, and those first that are listed first.
 */
final class Network implements Submodel {
    private final ConfigObject model;
    private final Dialect dialect;
    private final boolean outermost;
    private final List<Connection> connections = new ArrayList<>();
    /** The inputs, in the order of the model's arguments. */
    private final List<Ref> inputs;
    private final List<Ref> outputs;
    private final Map<String, Entry> inputLayers = new LinkedHashMap<>();
    /** Of each layer, the numbers of the outputs that anything takes. */
    private final Map<String, Set<Integer>> used = new HashMap<>();

    /**
     * Connects the layers of a model.
     *
     * @param model its configuration
     * @param objects what its layers are in, with their names and calls
     * @param entries its layers; null for operations that make masks and for what is not supported
     * @param outermost whether it is the whole model, and not a layer of one
     */
    Network(ConfigObject model, Dialect dialect, List<ConfigObject> objects, List<Entry> entries, boolean outermost)
            throws ModelFormatException {
        this.outermost = outermost;
        this.model = model;
        this.dialect = dialect;
        Map<String, Integer> calls = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            ConfigObject object = objects.get(i);
            Entry entry = entries.get(i);
            String name = object.string("name");
            if (entry != null && entry.className().equals("InputLayer")) {
                inputLayers.put(name, entry);
            } else if (entry != null || Masks.isOperation(object, dialect)) {
                List<Connection> ofLayer = Connection.all(object, entry, dialect, connections.size());
                calls.put(name, ofLayer.size());
                connections.addAll(ofLayer);
            }
        }
        inputs = tensors("input_layers");
        outputs = tensors("output_layers");
        if (outputs.isEmpty()) {
            throw model.error("has no outputs");
        }
        countFromZero(calls, entries);
        requireInputs();
        outputs.forEach(this::use);
        connections.forEach(connection -> connection.taken().forEach(this::use));
    }

    private void use(Ref ref) {
        used.computeIfAbsent(ref.layer(), _ -> new HashSet<>()).add(ref.index());
    }

    /**
     * A model that is a layer has a call more than it is used in, that of its own making, which comes first and is not
     * written. Here calls are counted without it.
     */
    private void countFromZero(Map<String, Integer> calls, List<Entry> entries) {
        Set<String> shifted = new HashSet<>();
        List<Ref> all = new ArrayList<>(outputs);
        connections.forEach(connection -> all.addAll(connection.taken()));
        for (Ref ref : all) {
            if (ref.call() > 0 && ref.call() == calls.getOrDefault(ref.layer(), 0)) {
                shifted.add(ref.layer());
            }
        }
        Set<Object> models = new HashSet<>();
        entries.stream().filter(entry -> entry != null && Options.MODELS.contains(entry.className()))
                .forEach(entry -> models.add(entry.config().get("name")));
        shifted.retainAll(models);
        if (!shifted.isEmpty()) {
            outputs.replaceAll(ref -> shift(ref, shifted));
            connections.replaceAll(connection -> connection.with(ref -> shift(ref, shifted)));
        }
    }

    private static Ref shift(Ref ref, Set<String> shifted) {
        return shifted.contains(ref.layer()) ? new Ref(ref.layer(), ref.call() - 1, ref.index()) : ref;
    }

    private void requireInputs() throws ModelFormatException {
        Set<String> named = new HashSet<>();
        for (Ref input : inputs) {
            if (!inputLayers.containsKey(input.layer()) || !named.add(input.layer())) {
                throw model.error("input_layers: there is no input " + Printable.quoted(input.layer())
                        + ", or it is there twice");
            }
        }
        if (inputs.isEmpty() || named.size() != inputLayers.size()) {
            throw model.error("must have an input and name all in input_layers");
        }
    }

    /** Reads one tensor, a list of them, or some under names. */
    private List<Ref> tensors(String key) throws ModelFormatException {
        ConfigObject place = model.at(model.where() + ": " + key);
        List<Ref> tensors = new ArrayList<>();
        if (model.get(key) instanceof Map<?, ?> named && !named.containsKey("class_name")) {
            for (Object value : named.values()) {
                tensors.addAll(Ref.several(place, value));
            }
            return tensors;
        }
        tensors.addAll(Ref.several(place, model.list(key)));
        return tensors;
    }

    @Override
    public List<Entry> inputs() {
        return inputs.stream().map(input -> inputLayers.get(input.layer())).toList();
    }

    @Override
    public List<Flow> apply(Applier layers, List<Flow> given) throws ModelFormatException {
        if (given.size() != inputs.size()) {
            throw model.error("has " + inputs.size() + " inputs, but is called on " + given.size());
        }
        Run run = new Run(layers);
        for (int i = 0; i < given.size(); i++) {
            run.put(inputs.get(i), List.of(given.get(i)));
        }
        run.all();
        List<Flow> flows = new ArrayList<>();
        for (Ref output : outputs) {
            flows.add(run.output(output, ""));
        }
        return flows;
    }

    /** One run over all calls. */
    private final class Run {
        private final Applier layers;
        /** The outputs of each call that has been made. */
        private final Map<Ref, List<Flow>> made = new HashMap<>();
        private final Map<Ref, Masks.Made> masks = new HashMap<>();
        private final Map<Ref, List<Connection>> waiting = new HashMap<>();
        /** For each call, how many others are still to be made before it. */
        private final int[] missing = new int[connections.size()];
        private final PriorityQueue<Connection> ready = new PriorityQueue<>(
                Comparator.comparingInt(Connection::number));

        Run(Applier layers) {
            this.layers = layers;
            for (Connection connection : connections) {
                Set<Ref> needed = new HashSet<>();
                connection.taken().forEach(ref -> needed.add(ref.first()));
                missing[connection.number()] = needed.size();
                needed.forEach(ref -> waiting.computeIfAbsent(ref, _ -> new ArrayList<>()).add(connection));
                if (needed.isEmpty()) {
                    ready.add(connection);
                }
            }
        }

        void put(Ref ref, List<Flow> outputs) {
            made.put(ref.first(), outputs);
            arrived(ref.first());
        }

        private void arrived(Ref call) {
            for (Connection connection : waiting.getOrDefault(call, List.of())) {
                if (--missing[connection.number()] == 0) {
                    ready.add(connection);
                }
            }
        }

        void all() throws ModelFormatException {
            int count = 0;
            while (!ready.isEmpty()) {
                Connection next = ready.remove();
                count++;
                if (next.entry() == null || (next.operation() != null && takesMask(next))) {
                    mask(next);
                } else {
                    call(next);
                }
            }
            if (count < connections.size()) {
                throw unmade();
            }
        }

        /** Says why a call could not be made. */
        private ModelFormatException unmade() {
            Set<String> names = new HashSet<>(inputLayers.keySet());
            connections.forEach(connection -> names.add(connection.name()));
            for (Connection connection : connections) {
                for (Ref ref : connection.taken()) {
                    if (!names.contains(ref.layer())) {
                        return connection.object().error("takes the output of " + Printable.quoted(ref.layer())
                                + ", but there is no such layer");
                    }
                }
            }
            for (Connection connection : connections) {
                if (missing[connection.number()] > 0) {
                    return connection.object().error("takes the output of "
                            + connection.taken().stream().filter(ref -> !made.containsKey(ref.first()))
                                    .map(ref -> "call " + ref.call() + " of " + Printable.quoted(ref.layer()))
                                    .findFirst().orElse("itself")
                            + ", which is not there, or takes its own");
                }
            }
            throw new IllegalStateException("all calls have been made");
        }

        /** Masks are concatenated by the same operation as arrays. */
        private boolean takesMask(Connection next) {
            return next.inputs().stream().anyMatch(ref -> masks.containsKey(ref.first()));
        }

        private void mask(Connection next) throws ModelFormatException {
            List<Masks.Made> before = next.inputs().stream().map(ref -> masks.get(ref.first())).toList();
            Ref first = next.inputs().getFirst();
            Flow.Source source = masks.containsKey(first.first()) ? null : output(first, "").source();
            Ref ref = new Ref(next.name(), 0, 0);
            masks.put(ref, Masks.made(next.object(), dialect, source, before));
            made.put(ref, List.of());
            arrived(ref);
        }

        private void call(Connection next) throws ModelFormatException {
            List<Flow> arguments = new ArrayList<>();
            for (Ref ref : next.inputs()) {
                arguments.add(output(ref, ", which the next layer takes"));
            }
            List<Flow> states = new ArrayList<>();
            for (Ref ref : next.states()) {
                states.add(output(ref, ", which the next layer takes"));
            }
            confirmMasks(next, arguments);
            List<Flow> outputs = layers.apply(new Call(next.entry(), arguments, states,
                    used.getOrDefault(next.name(), Set.of(0)),
                    !next.masks().isEmpty() && next.masks().getFirst() != null, next.causal(), next.operation()));
            put(new Ref(next.name(), next.call(), 0), outputs);
        }

        Flow output(Ref ref, String whatFor) throws ModelFormatException {
            List<Flow> outputs = made.get(ref.first());
            if (masks.containsKey(ref.first())) {
                throw model.error("takes the mask " + Printable.quoted(ref.layer()) + " as an array, "
                        + "which is not supported");
            }
            if (outputs == null) {
                throw model.error("output_layers: there is no layer " + Printable.quoted(ref.layer()));
            }
            if (ref.index() >= outputs.size()) {
                throw place(ref).error("has no output " + ref.index() + whatFor);
            }
            return outputs.get(ref.index());
        }

        private ConfigObject place(Ref ref) {
            return connections.stream().filter(connection -> connection.name().equals(ref.layer()))
                    .map(Connection::object).findFirst().orElse(model);
        }

        /**
         * Checks that a layer is given the masks that come with its inputs, and, if it was not certain what these are,
         * takes the file's word.
         */
        private void confirmMasks(Connection next, List<Flow> arguments) throws ModelFormatException {
            for (int i = 0; i < next.masks().size() && i < arguments.size(); i++) {
                Ref given = next.masks().get(i);
                Flow argument = arguments.get(i);
                boolean none = argument.mask().origins().isEmpty();
                if (given == null) {
                    // Within a model that is a layer, masks come from outside.
                    arguments.set(i, none && outermost ? argument.with(argument.mask().certain()) : argument);
                    continue;
                }
                Masks.Made mask = masks.get(given.first());
                if (mask == null || mask.ofFeatures() || !mask.masked().equals(argument.mask().origins())) {
                    throw next.object().error("is given the mask " + Printable.quoted(given.layer())
                            + ", which is not the one that comes with its input; that is not supported");
                }
                arguments.set(i, argument.with(argument.mask().certain()));
            }
        }
    }
}
