package dev.gru.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.json.Json;
import dev.gru.format.safetensors.TensorFileWriter;
import dev.gru.layer.Layer;
import dev.gru.layer.LayerOptions;
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
    TensorFileWriter collect(Sequential model) {
        List<Object> layers = new ArrayList<>();
        for (Layer layer : model.layers()) {
            layers.add(layer(layers.size() + "/" + layer.name() + "/", layer));
        }
        Map<String, Object> architecture = new LinkedHashMap<>();
        architecture.put("version", ModelMetadata.VERSION);
        architecture.put("precision", precision.name());
        architecture.put("layers", layers);
        architecture.put("inputs", ports(model.signature().inputs()));
        architecture.put("outputs", ports(model.signature().outputs()));
        return tensors.metadata(ModelMetadata.KEY, Json.write(architecture));
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
        options.put("alpha", (double) activation.alpha());
        options.put("beta", (double) activation.beta());
        return options;
    }

    private void add(String path, Layer.Parameter parameter) {
        tensors.add(path + parameter.name(), parameter.role().isRounded() ? precision : Precision.FP32,
                parameter.values(), parameter.shape().stream().mapToInt(Integer::intValue).toArray());
    }

    private static List<Object> ports(List<Signature.Port> ports) {
        List<Object> all = new ArrayList<>();
        for (Signature.Port port : ports) {
            Map<String, Object> options = new LinkedHashMap<>();
            options.put("name", port.name());
            options.put("role", port.role().name());
            options.put("first", port.first());
            options.put("count", port.count());
            options.put("axes", port.axes().stream().map(Enum::name).toList());
            options.put("optional", port.optional());
            all.add(options);
        }
        return all;
    }
}
