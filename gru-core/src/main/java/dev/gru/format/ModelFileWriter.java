package dev.gru.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.json.Json;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * Writes one {@link ModelFile}; {@link ModelFileReader} has the same keys, in the same order.
 *
 * <p>For one model and one thread.
 */
final class ModelFileWriter {
    private final Precision precision;
    private final SafetensorsWriter tensors = new SafetensorsWriter();

    ModelFileWriter(Precision precision) {
        this.precision = precision;
    }

    /** Returns a writer that has the architecture and the arrays of a model. */
    SafetensorsWriter collect(Sequential model) {
        List<Object> layers = new ArrayList<>();
        for (Layer layer : model.layers()) {
            layers.add(layer(layers.size() + "/" + layer.name() + "/", layer));
        }
        Map<String, Object> architecture = new LinkedHashMap<>();
        architecture.put("version", ModelFile.VERSION);
        architecture.put("precision", precision.name());
        architecture.put("layers", layers);
        architecture.put("inputs", ports(model.signature().inputs()));
        architecture.put("outputs", ports(model.signature().outputs()));
        return tensors.metadata(ModelFile.KEY, Json.write(architecture));
    }

    /** Returns a layer's options and adds its arrays, whose names begin with {@code path}. */
    private Map<String, Object> layer(String path, Layer layer) {
        return switch (layer) {
            case Embedding embedding -> {
                Map<String, Object> options = start("embedding", layer);
                options.put("vocabulary_size", embedding.vocabularySize());
                options.put("output_size", embedding.outputSize());
                options.put("mask_zero", embedding.maskZero());
                tensors.add(path + "table", Precision.FP32, embedding.table(), embedding.vocabularySize(),
                        embedding.outputSize());
                yield options;
            }
            case Masking masking -> {
                Map<String, Object> options = start("masking", layer);
                options.put("mask_value", (double) masking.maskValue());
                yield options;
            }
            case GruLayer gru -> gru(path, gru);
            case Bidirectional both -> {
                Map<String, Object> options = start("bidirectional", layer);
                options.put("merge", both.merge().name());
                options.put("forward", gru(path + "forward/", both.forward()));
                options.put("backward", gru(path + "backward/", both.backward()));
                yield options;
            }
            case Dropout dropout -> {
                Map<String, Object> options = start("dropout", layer);
                options.put("rate", dropout.rate());
                yield options;
            }
            case Dense dense -> dense(path, dense);
            case TimeDistributed distributed -> {
                Map<String, Object> options = start("time_distributed", layer);
                options.put("layer", dense(path + "layer/", distributed.layer()));
                yield options;
            }
            case ActivationLayer activation -> {
                Map<String, Object> options = start("activation", layer);
                options.put("activation", activation(activation.activation()));
                yield options;
            }
        };
    }

    private static Map<String, Object> start(String type, Layer layer) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("type", type);
        options.put("name", layer.name());
        return options;
    }

    private Map<String, Object> gru(String path, GruLayer layer) {
        GruWeights weights = layer.weights();
        Map<String, Object> options = start("gru", layer);
        options.put("variant", weights.variant().name());
        options.put("input_size", weights.inputSize());
        options.put("hidden_size", weights.hiddenSize());
        options.put("gates", activation(weights.activations().gates()));
        options.put("candidate", activation(weights.activations().candidate()));
        options.put("clip", weights.activations().clips() ? (double) weights.activations().clip() : null);
        options.put("return_sequences", layer.returnSequences());
        options.put("direction", layer.direction().name());
        options.put("zero_output_for_mask", layer.zeroOutputForMask());
        int rows = Gate.COUNT * weights.hiddenSize();
        tensors.add(path + "weight_ih", precision, weights.weightIh(), rows, weights.inputSize());
        tensors.add(path + "weight_hh", precision, weights.weightHh(), rows, weights.hiddenSize());
        tensors.add(path + "bias_ih", Precision.FP32, weights.biasIh(), rows);
        tensors.add(path + "bias_hh", Precision.FP32, weights.biasHh(), rows);
        return options;
    }

    private Map<String, Object> dense(String path, Dense layer) {
        DenseWeights weights = layer.weights();
        Map<String, Object> options = start("dense", layer);
        options.put("input_size", weights.inputSize());
        options.put("output_size", weights.outputSize());
        options.put("activation", activation(weights.activation()));
        tensors.add(path + "weight", precision, weights.weight(), weights.outputSize(), weights.inputSize());
        tensors.add(path + "bias", Precision.FP32, weights.bias(), weights.outputSize());
        return options;
    }

    private static Map<String, Object> activation(Activation activation) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("function", activation.function().name());
        options.put("alpha", (double) activation.alpha());
        options.put("beta", (double) activation.beta());
        return options;
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
