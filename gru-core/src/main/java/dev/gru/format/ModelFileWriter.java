package dev.gru.format;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.json.Json;
import dev.gru.format.safetensors.TensorFileWriter;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.LayerOptions;
import dev.gru.layer.Parameter;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature;
import dev.gru.weights.Activation;
import dev.gru.weights.Precision;

/**
 * Writes one {@link ModelFile}; {@link ModelFileReader} has the same keys, in the same order.
 *
 * <p>For one model and one thread.
 */
final class ModelFileWriter {
    private final Precision precision;
    private final TensorFileWriter tensors = new TensorFileWriter();

    ModelFileWriter(Precision precision) {
        this.precision = precision;
    }

    /** Returns a writer that has the architecture and the arrays of a model. */
    TensorFileWriter collect(Graph model) {
        List<Object> layers = new ArrayList<>();
        for (Layer layer : model.layers()) {
            layers.add(layer(layers.size() + "/" + layer.name() + "/", layer));
        }
        boolean chain = Sequential.isImplied(model);
        Map<String, Object> architecture = new LinkedHashMap<>();
        architecture.put("version", chain ? ModelMetadata.VERSION : ModelMetadata.GRAPH_VERSION);
        architecture.put("precision", precision.name());
        architecture.put("layers", layers);
        if (!chain) {
            architecture.put("graph", graph(model));
        }
        architecture.put("inputs", ports(model.signature().inputs(), chain));
        architecture.put("outputs", ports(model.signature().outputs(), chain));
        return tensors.metadata(ModelMetadata.KEY, Json.write(architecture));
    }

    /** Returns the inputs, nodes and outputs; a node says its layer by its place in the list of layers. */
    private static Map<String, Object> graph(Graph model) {
        IdentityHashMap<Layer, Integer> places = new IdentityHashMap<>();
        model.layers().forEach(layer -> places.putIfAbsent(layer, places.size()));
        List<Object> inputs = new ArrayList<>();
        for (Graph.Input input : model.inputs()) {
            Map<String, Object> options = new LinkedHashMap<>();
            options.put("name", input.name());
            options.put("kind", input.shape().kind().name());
            options.put("features", input.shape().features());
            inputs.add(options);
        }
        List<Object> nodes = new ArrayList<>();
        for (Graph.Node node : model.nodes()) {
            Map<String, Object> options = new LinkedHashMap<>();
            options.put("layer", model.isChain() ? nodes.size() : places.get(node.layer()));
            options.put("inputs", node.inputs());
            nodes.add(options);
        }
        Map<String, Object> graph = new LinkedHashMap<>();
        graph.put("inputs", inputs);
        graph.put("nodes", nodes);
        graph.put("outputs", model.outputs());
        return graph;
    }

    /** Returns a layer's options and adds its arrays, whose names begin with {@code path}. */
    private Map<String, Object> layer(String path, Layer layer) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("type", layer.type().key());
        options.put("name", layer.name());
        LayerOptions ofLayer = layer.options();
        for (LayerOptions.Option<?> option : layer.type().options()) {
            options.put(option.name(), value(ofLayer.get(option)));
        }
        layer.parts().forEach((name, part) -> options.put(name, layer(path + name + "/", part)));
        if (layer.parts().isEmpty()) {
            layer.parameters().forEach(parameter -> add(path, parameter));
        }
        return options;
    }

    /** Returns the value of an option as JSON has it, which has no infinity: null, for no bound. */
    private static Object value(Object value) {
        return switch (value) {
            case Float number -> Float.isInfinite(number) ? null : (Object) number.doubleValue();
            case Enum<?> constant -> constant.name();
            case Activation activation -> activation(activation);
            default -> value;
        };
    }

    private static Map<String, Object> activation(Activation activation) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("function", activation.function().name());
        options.put("alpha", value(activation.alpha()));
        options.put("beta", value(activation.beta()));
        if (activation.function().parameters() > 2) {
            options.put("gamma", value(activation.gamma()));
        }
        return options;
    }

    private void add(String path, Parameter parameter) {
        tensors.add(path + parameter.name(), parameter.role().isRounded() ? precision : Precision.FP32,
                parameter.values(), parameter.shape().stream().mapToInt(Integer::intValue).toArray());
    }

    private static List<Object> ports(List<Signature.Port> ports, boolean chain) {
        List<Object> all = new ArrayList<>();
        for (Signature.Port port : ports) {
            Map<String, Object> options = new LinkedHashMap<>();
            options.put("name", port.name());
            options.put("role", port.role().name());
            if (!chain) {
                options.put("index", port.index());
            }
            options.put("first", port.first());
            options.put("count", port.count());
            options.put("axes", port.axes().stream().map(Enum::name).toList());
            options.put("optional", port.optional());
            all.add(options);
        }
        return all;
    }
}
