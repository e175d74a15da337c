package dev.gru.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.json.Json;
import dev.gru.format.safetensors.DType;
import dev.gru.format.safetensors.StoredTensor;
import dev.gru.format.safetensors.TensorFile;
import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.LayerOptions.Option;
import dev.gru.layer.LayerOptions;
import dev.gru.layer.Parameter;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Presence;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.weights.Activation;
import dev.gru.weights.Precision;

/**
 * Reads one {@link ModelFile}; {@link ModelFileWriter} has the same keys, in the same order.
 *
 * <p>For one file and one thread.
 */
final class ModelFileReader {
    private final TensorFile file;
    private final Set<String> taken = new HashSet<>();
    private Precision precision;

    ModelFileReader(TensorFile file) {
        this.file = file;
    }

    /** Leaves a tensor to others, which must be none of the model's. */
    ModelFileReader leaving(String tensor) {
        taken.add(tensor);
        return this;
    }

    Graph read() throws IOException {
        String where = file.where() + ": architecture";
        ConfigObject root = new ConfigObject(where, Json.parseObject(where, file.metadata().get(ModelMetadata.KEY)));
        boolean graph = Long.valueOf(ModelMetadata.GRAPH_VERSION).equals(root.get("version"));
        if (graph || Long.valueOf(ModelMetadata.VERSION).equals(root.get("version"))) {
            if (!file.hasChecksums()) {
                throw file.error("has no checksums");
            }
            leaving(TensorFile.CHECKSUMS);
        } else if (!Long.valueOf(ModelMetadata.UNCHECKED_VERSION).equals(root.get("version"))) {
            throw root.error("version " + ConfigObject.show(root.get("version")) + " is not supported, only "
                    + ModelMetadata.UNCHECKED_VERSION + " to " + ModelMetadata.GRAPH_VERSION
                    + "; a newer release of the library may read it");
        }
        if (graph) {
            root.requireExactly("version", "precision", "layers", "graph", "inputs", "outputs");
        } else {
            root.requireExactly("version", "precision", "layers", "inputs", "outputs");
        }
        precision = root.constant("precision", Precision.class);
        List<Layer> layers = new ArrayList<>();
        for (ConfigObject layer : root.objects("layers")) {
            String name = layer.string("name");
            ConfigObject named = layer.at(file.where() + ": layer " + layers.size() + " " + Printable.quoted(name));
            layers.add(guarded(named, () -> layer(layers.size() + "/" + name + "/", named)));
        }
        Signature signature = guarded(root,
                () -> new Signature(ports(root, "inputs", graph), ports(root, "outputs", graph)));
        Graph model = guarded(root, () -> graph
                ? graph(root.object("graph").at(where + ": graph"), layers, signature)
                : new Sequential(layers, signature));
        for (String name : file.tensors().keySet()) {
            if (!taken.contains(name)) {
                throw file.error("has the tensor " + Printable.quoted(name) + ", which no layer asks for");
            }
        }
        return model;
    }

    private static Graph graph(ConfigObject graph, List<Layer> layers, Signature signature)
            throws ModelFormatException {
        graph.requireExactly("inputs", "nodes", "outputs");
        List<Graph.Input> inputs = new ArrayList<>();
        for (ConfigObject input : graph.objects("inputs")) {
            input.requireExactly("name", "kind", "features");
            inputs.add(new Graph.Input(input.string("name"),
                    new Shape(input.constant("kind", Shape.Kind.class), input.size("features"))));
        }
        List<Graph.Node> nodes = new ArrayList<>();
        Set<Integer> used = new HashSet<>();
        for (ConfigObject node : graph.objects("nodes")) {
            node.requireExactly("layer", "inputs");
            int layer = node.count("layer");
            if (layer >= layers.size()) {
                throw node.error("layer must be below " + layers.size() + ", was " + layer);
            }
            used.add(layer);
            nodes.add(new Graph.Node(layers.get(layer), counts(node, "inputs")));
        }
        if (used.size() != layers.size()) {
            throw graph.error("nodes must use all " + layers.size() + " layers, used " + used.size());
        }
        return new Graph(inputs, nodes, counts(graph, "outputs"), signature);
    }

    private static List<Integer> counts(ConfigObject object, String key) throws ModelFormatException {
        List<Integer> counts = new ArrayList<>();
        for (Object value : object.list(key)) {
            counts.add(object.count(key, value));
        }
        return counts;
    }

    private interface Part<T> {
        T make() throws IOException;
    }

    /** Gives what the types of the library find wrong with their arguments a place in the file. */
    private static <T> T guarded(ConfigObject place, Part<T> part) throws IOException {
        try {
            return part.make();
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(place.where() + ": " + Printable.of(e), e);
        }
    }

    private Layer layer(String path, ConfigObject layer) throws IOException {
        String key = layer.string("type");
        Optional<Layer.Type> type = Layer.Type.of(key);
        if (type.isEmpty()) {
            throw layer.error("the type " + Printable.quoted(key) + " is not supported");
        }
        return layer(type.get(), path, layer);
    }

    /** Reads a layer, or a part of one, whose arrays have names that begin with {@code path}. */
    private Layer layer(Layer.Type type, String path, ConfigObject layer) throws IOException {
        layer.requireString("type", type.key());
        layer.requireExactly(keys(type));
        LayerOptions options = LayerOptions.none();
        for (Option<?> option : type.options()) {
            options = options.with(option, value(layer, option));
        }
        List<Layer> parts = new ArrayList<>();
        for (Map.Entry<String, Layer.Type> part : type.parts().entrySet()) {
            parts.add(layer(part.getValue(), path + part.getKey() + "/", layer.object(part.getKey())));
        }
        List<OwnedFloats> arrays = new ArrayList<>();
        for (Parameter.Spec parameter : type.parameters(options)) {
            arrays.add(OwnedFloats.of(array(path, parameter)));
        }
        return type.makeOwning(layer.string("name"), options, parts, arrays);
    }

    private static String[] keys(Layer.Type type) {
        List<String> keys = new ArrayList<>(List.of("type", "name"));
        type.options().forEach(option -> keys.add(option.name()));
        keys.addAll(type.parts().keySet());
        return keys.toArray(String[]::new);
    }

    private static Object value(ConfigObject layer, Option<?> option) throws ModelFormatException {
        String key = option.name();
        return switch (option.kind()) {
            case SIZE -> layer.size(key);
            case COUNT -> layer.count(key);
            case FLAG -> layer.bool(key);
            case NUMBER -> (float) layer.number(key);
            case BOUND -> layer.get(key) == null ? Float.POSITIVE_INFINITY : (float) layer.number(key);
            case PROBABILITY -> layer.number(key);
            case CHOICE -> constant(layer, key, option.valueType());
            case ACTIVATION -> activation(layer, key);
        };
    }

    /** The values of a choice are constants of an enum, which its type does not tell the compiler. */
    @SuppressWarnings("unchecked")
    private static <E extends Enum<E>> E constant(ConfigObject layer, String key, Class<?> type)
            throws ModelFormatException {
        return layer.constant(key, (Class<E>) type);
    }

    private static Activation activation(ConfigObject options, String key) throws ModelFormatException {
        ConfigObject activation = options.object(key);
        if (!activation.has("gamma")) {
            activation.requireExactly("function", "alpha", "beta");
        }
        Activation.Function function = activation.constant("function", Activation.Function.class);
        if (function.parameters() > 2) {
            activation.requireExactly("function", "alpha", "beta", "gamma");
        } else {
            activation.requireExactly("function", "alpha", "beta");
        }
        boolean clip = function == Activation.Function.CLIP;
        return new Activation(function, parameter(activation, "alpha", clip, Float.NEGATIVE_INFINITY),
                parameter(activation, "beta", clip || function == Activation.Function.LEAKY_RELU,
                        Float.POSITIVE_INFINITY),
                function.parameters() > 2 ? (float) activation.number("gamma") : 0);
    }

    /** Returns a parameter of a function; if that is a bound, null stands for none. */
    private static float parameter(ConfigObject activation, String key, boolean bound, float none)
            throws ModelFormatException {
        return bound && activation.get(key) == null ? none : (float) activation.number(key);
    }

    private static List<Port> ports(ConfigObject root, String key, boolean graph)
            throws ModelFormatException {
        List<Port> ports = new ArrayList<>();
        for (ConfigObject port : root.objects(key)) {
            if (graph) {
                port.requireExactly("name", "role", "index", "first", "count", "axes", "optional");
            } else {
                port.requireExactly("name", "role", "first", "count", "axes", "optional");
            }
            List<Axis> axes = new ArrayList<>();
            for (Object axis : port.list("axes")) {
                axes.add(port.constant("axes", axis, Axis.class));
            }
            ports.add(new Port(port.string("name"), port.constant("role", Role.class),
                    graph ? port.count("index") : 0, port.count("first"), port.count("count"), axes,
                    Presence.optionalIf(port.bool("optional"))));
        }
        return ports;
    }

    private float[] array(String path, Parameter.Spec parameter) throws IOException {
        String name = path + parameter.name();
        DType type = dtype(parameter.role().isRounded() ? precision : Precision.FP32);
        StoredTensor tensor = file.tensor(name);
        tensor.requireShape(parameter.shape().stream().mapToLong(Long::longValue).toArray());
        if (tensor.dtype() != type) {
            throw tensor.error("is of type " + tensor.dtype() + ", but must be " + type);
        }
        taken.add(name);
        return tensor.floats();
    }

    private static DType dtype(Precision precision) {
        return switch (precision) {
            case FP32 -> DType.F32;
            case BF16 -> DType.BF16;
        };
    }
}
