package dev.gru.format.pytorch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.json.Json;
import dev.gru.format.shared.HeldFile;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature;

/**
 * What a module is made of, in JSON; {@code docs/formats.md} describes it. {@code layers} is a list of modules and of
 * functions that {@code forward} calls, each with its type and PyTorch's names of its arguments; a layer takes the
 * output of the one before it, or those that {@code inputs} names. {@code inputs} and {@code outputs} of the whole may
 * be left out: there is one input then, which the first layer says, and one output, that of the last layer.
 *
 * <p>For use by one thread.
 */
public final class Description {
    private static final String LAYERS = "layers";
    private static final String INPUTS = "inputs";
    private static final String OUTPUTS = "outputs";
    private static final String TYPE = "type";
    private static final String NAME = "name";
    private static final String MODULE = "module";

    private final String where;
    private final Map<?, ?> document;
    private final StateDict dict;

    private final DescribedInputs inputs;
    private final List<Graph.Node> nodes = new ArrayList<>();
    private final List<Shape> shapes = new ArrayList<>();
    /** The values by the names of layers and inputs. */
    private final Map<String, Integer> values = new LinkedHashMap<>();
    /** The modules that layers have been made of, by name. */
    private final Map<String, Made> made = new HashMap<>();

    /** How many layers of a type had no name. */
    private final Map<String, Integer> unnamed = new HashMap<>();
    private int count;

    /** The layers of a module, and what was said of it. */
    private record Made(Map<?, ?> said, List<Layer> layers) {
    }

    private Description(String where, Map<?, ?> document, StateDict dict) throws ModelFormatException {
        this.where = where;
        this.document = document;
        this.dict = dict;
        inputs = DescribedInputs.read(where, document.get(INPUTS));
    }

    /**
     * Reads a module.
     *
     * @param file the architecture
     * @param dict the tensors
     * @throws ModelFormatException if the architecture is not such, or the tensors are not those of its modules
     */
    public static Graph read(HeldFile file, StateDict dict) throws IOException {
        Map<String, Object> document = Json.parseObject(file.where(), file.readAll());
        return new Description(file.where(), document, dict).model();
    }

    private Graph model() throws IOException {
        Fields top = new Fields(where, document);
        if (document.containsKey("class_name")) {
            throw top.error("is a Keras configuration, not the architecture of a PyTorch module");
        }
        List<?> layers = top.list(LAYERS);
        top.skip(INPUTS);
        requireTypes(layers);
        for (Object layer : layers) {
            String place = where + ": layers[" + count++ + "]";
            if (!(layer instanceof Map<?, ?> said)) {
                throw new ModelFormatException(place + " must be an object, is " + ConfigObject.show(layer));
            }
            add(said, new Fields(place, said));
        }
        List<Integer> outputs = outputs(top);
        top.requireAllAsked();
        dict.requireAllAsked();
        try {
            Signature signature = inputs.signature(outputs.stream().map(shapes::get).toList());
            Graph graph = new Graph(inputs.inputs(), nodes, outputs, signature);
            return graph.isChain() ? graph.withLayers(graph.layers()) : graph;
        } catch (IllegalArgumentException e) {
            throw top.error(e.getMessage());
        }
    }

    /** Refuses all types at once that there are not. */
    private void requireTypes(List<?> layers) throws ModelFormatException {
        Map<String, Integer> unknown = new LinkedHashMap<>();
        for (Object layer : layers) {
            if (layer instanceof Map<?, ?> said && said.get(TYPE) instanceof String type && !ModuleType.isKnown(type)) {
                unknown.merge(type, 1, Integer::sum);
            }
        }
        if (!unknown.isEmpty()) {
            throw new ModelFormatException(where + ": the types " + StateDict.list(unknown.keySet())
                    + " are not supported" + (unknown.containsKey("LSTM") || unknown.containsKey("RNN")
                            ? "; of recurrent modules only GRU is"
                            : ""));
        }
    }

    private void add(Map<?, ?> said, Fields unnamed) throws IOException {
        String type = unnamed.string(TYPE, null);
        if (type == null) {
            throw unnamed.error("has no type");
        }
        String given = unnamed.string(NAME, null);
        String name = given == null ? nameOf(type) : given;
        Fields fields = unnamed.at(unnamed.where() + " (" + type + " " + Printable.quoted(name) + ")");
        if (shapes.isEmpty()) {
            begin(said, fields, type, name);
        }
        if (values.containsKey(name)) {
            throw fields.error("two layers or inputs have this name; \"module\" says whose weights a layer has if not"
                    + " those of its name");
        }
        List<Integer> applied = from(fields);
        for (Layer layer : layers(said, fields, type, name, shapes.get(applied.getFirst()))) {
            List<Shape> ofInputs = applied.stream().map(shapes::get).toList();
            try {
                shapes.add(ofInputs.size() == 1 ? layer.outputShape(ofInputs.getFirst()) : layer.outputShape(ofInputs));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw fields.error(e.getMessage());
            }
            nodes.add(new Graph.Node(layer, applied));
            applied = List.of(shapes.size() - 1);
        }
        values.put(name, shapes.size() - 1);
    }

    /** Adds the inputs, before the first layer. */
    private void begin(Map<?, ?> said, Fields fields, String type, String name) throws IOException {
        if (inputs.inputs().isEmpty()) {
            Shape implied = layers(said, fields, type, name, null).stream().map(Layer::firstInput)
                    .flatMap(Optional::stream).findFirst().orElse(null);
            if (implied == null) {
                throw ModuleType.noInput(fields);
            }
            inputs.imply(implied);
        }
        for (Graph.Input input : inputs.inputs()) {
            values.put(input.name(), shapes.size());
            shapes.add(input.shape());
        }
    }

    /** Returns the layers of a module, those that an earlier layer of the same module is made of among them. */
    private List<Layer> layers(Map<?, ?> said, Fields fields, String type, String name, Shape input)
            throws IOException {
        String module = fields.string(MODULE, name);
        Map<Object, Object> options = new LinkedHashMap<>(said);
        options.keySet().removeAll(List.of(NAME, MODULE, INPUTS));
        Made earlier = made.get(module);
        if (earlier != null) {
            if (!earlier.said.equals(options)) {
                throw fields.error("is the module " + Printable.quoted(module)
                        + " as an earlier layer is, of which other things were said");
            }
            return earlier.layers;
        }
        List<Layer> layers;
        try {
            layers = ModuleType.layers(type, module, fields, dict.module(module), input);
        } catch (IllegalArgumentException e) {
            throw fields.error(e.getMessage());
        }
        fields.skip(INPUTS);
        fields.requireAllAsked();
        made.put(module, new Made(options, layers));
        return layers;
    }

    /** Returns the values that a layer takes. */
    private List<Integer> from(Fields fields) throws ModelFormatException {
        List<String> names = fields.strings(INPUTS);
        if (names == null) {
            return List.of(nodes.isEmpty() ? 0 : shapes.size() - 1);
        }
        List<Integer> from = new ArrayList<>();
        for (String each : names) {
            from.add(value(fields, INPUTS, each));
        }
        return from;
    }

    private int value(Fields fields, String key, String name) throws ModelFormatException {
        Integer value = values.get(name);
        if (value == null) {
            throw fields.error(key + " names " + Printable.quoted(name) + ", but before it there are only "
                    + StateDict.list(values.keySet()));
        }
        return value;
    }

    private List<Integer> outputs(Fields top) throws ModelFormatException {
        List<String> names = top.strings(OUTPUTS);
        if (names == null) {
            return List.of(shapes.size() - 1);
        }
        List<Integer> outputs = new ArrayList<>();
        for (String name : names) {
            outputs.add(value(top, OUTPUTS, name));
        }
        return outputs;
    }

    /** Returns the name of a layer that has none, in the way of Keras: relu, relu_1 and so on. */
    private String nameOf(String type) {
        String base = type.toLowerCase(Locale.ROOT);
        String name;
        do {
            int count = unnamed.merge(base, 1, Integer::sum);
            name = count == 1 ? base : base + "_" + (count - 1);
        } while (values.containsKey(name));
        return name;
    }
}
