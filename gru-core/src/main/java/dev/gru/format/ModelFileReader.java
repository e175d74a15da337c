package dev.gru.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.gru.format.Safetensors.DType;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.json.Json;
import dev.gru.internal.Printable;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * Reads one {@link ModelFile}; {@link ModelFileWriter} has the same keys, in the same order.
 *
 * <p>For one file and one thread.
 */
final class ModelFileReader {
    private final Safetensors file;
    private final Set<String> taken = new HashSet<>();
    private Precision precision;

    ModelFileReader(Safetensors file) {
        this.file = file;
    }

    /** Leaves a tensor to others, which must be none of the model's. */
    ModelFileReader leaving(String tensor) {
        taken.add(tensor);
        return this;
    }

    Sequential read() throws IOException {
        String where = file.where() + ": architecture";
        ConfigObject root = new ConfigObject(where, Json.parseObject(where, file.metadata().get(ModelFile.KEY)));
        if (Long.valueOf(ModelFile.VERSION).equals(root.get("version"))) {
            if (!file.hasChecksums()) {
                throw file.error("has no checksums");
            }
            leaving(Safetensors.CHECKSUMS);
        } else if (!Long.valueOf(ModelFile.UNCHECKED_VERSION).equals(root.get("version"))) {
            throw root.error("version " + ConfigObject.show(root.get("version")) + " is not supported, only "
                    + ModelFile.UNCHECKED_VERSION + " and " + ModelFile.VERSION
                    + "; a newer release of the library may read it");
        }
        root.requireExactly("version", "precision", "layers", "inputs", "outputs");
        precision = root.constant("precision", Precision.class);
        List<Layer> layers = new ArrayList<>();
        for (ConfigObject layer : root.objects("layers")) {
            String name = layer.string("name");
            ConfigObject named = layer.at(file.where() + ": layer " + layers.size() + " " + Printable.quoted(name));
            layers.add(guarded(named, () -> layer(layers.size() + "/" + name + "/", named)));
        }
        Signature signature = guarded(root, () -> new Signature(ports(root, "inputs"), ports(root, "outputs")));
        Sequential model = guarded(root, () -> new Sequential(layers, signature));
        for (String name : file.tensors().keySet()) {
            if (!taken.contains(name)) {
                throw file.error("has the tensor " + Printable.quoted(name) + ", which no layer asks for");
            }
        }
        return model;
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

    private Layer layer(String path, ConfigObject options) throws IOException {
        String type = options.string("type");
        return switch (type) {
            case "embedding" -> embedding(path, options);
            case "masking" -> {
                options.requireExactly("type", "name", "mask_value");
                yield new Masking(options.string("name"), (float) options.number("mask_value"));
            }
            case "gru" -> gru(path, options);
            case "bidirectional" -> {
                options.requireExactly("type", "name", "merge", "forward", "backward");
                yield new Bidirectional(options.string("name"), gru(path + "forward/", options.object("forward")),
                        gru(path + "backward/", options.object("backward")),
                        options.constant("merge", MergeMode.class));
            }
            case "dropout" -> {
                options.requireExactly("type", "name", "rate");
                yield new Dropout(options.string("name"), options.number("rate"));
            }
            case "dense" -> dense(path, options);
            case "time_distributed" -> {
                options.requireExactly("type", "name", "layer");
                yield new TimeDistributed(options.string("name"), dense(path + "layer/", options.object("layer")));
            }
            case "activation" -> {
                options.requireExactly("type", "name", "activation");
                yield new ActivationLayer(options.string("name"), activation(options, "activation"));
            }
            default -> throw options.error("the type " + Printable.quoted(type) + " is not supported");
        };
    }

    private Embedding embedding(String path, ConfigObject options) throws IOException {
        options.requireExactly("type", "name", "vocabulary_size", "output_size", "mask_zero");
        int vocabularySize = options.size("vocabulary_size");
        int outputSize = options.size("output_size");
        return new Embedding(options.string("name"), vocabularySize, outputSize, options.bool("mask_zero"),
                floats(path + "table", vocabularySize, outputSize));
    }

    private GruLayer gru(String path, ConfigObject options) throws IOException {
        options.requireString("type", "gru");
        options.requireExactly("type", "name", "variant", "input_size", "hidden_size", "gates", "candidate", "clip",
                "return_sequences", "direction", "zero_output_for_mask");
        GruActivations activations = new GruActivations(activation(options, "gates"), activation(options, "candidate"),
                options.get("clip") == null ? Float.POSITIVE_INFINITY : (float) options.number("clip"));
        int inputSize = options.size("input_size");
        int hiddenSize = options.size("hidden_size");
        long rows = (long) Gate.COUNT * hiddenSize;
        GruWeights weights = new GruWeights(options.constant("variant", GruVariant.class), activations, inputSize,
                hiddenSize, weights(path + "weight_ih", rows, inputSize), weights(path + "weight_hh", rows, hiddenSize),
                floats(path + "bias_ih", rows), floats(path + "bias_hh", rows));
        return new GruLayer(options.string("name"), weights, options.bool("return_sequences"),
                options.constant("direction", Direction.class), options.bool("zero_output_for_mask"));
    }

    private Dense dense(String path, ConfigObject options) throws IOException {
        options.requireString("type", "dense");
        options.requireExactly("type", "name", "input_size", "output_size", "activation");
        int inputSize = options.size("input_size");
        int outputSize = options.size("output_size");
        return new Dense(options.string("name"), new DenseWeights(inputSize, outputSize,
                activation(options, "activation"), weights(path + "weight", outputSize, inputSize),
                floats(path + "bias", outputSize)));
    }

    private static Activation activation(ConfigObject options, String key) throws ModelFormatException {
        ConfigObject activation = options.object(key);
        activation.requireExactly("function", "alpha", "beta");
        return new Activation(activation.constant("function", Activation.Function.class),
                (float) activation.number("alpha"), (float) activation.number("beta"));
    }

    private static List<Port> ports(ConfigObject root, String key) throws ModelFormatException {
        List<Port> ports = new ArrayList<>();
        for (ConfigObject port : root.objects(key)) {
            port.requireExactly("name", "role", "first", "count", "axes", "optional");
            List<Axis> axes = new ArrayList<>();
            for (Object axis : port.list("axes")) {
                axes.add(port.constant("axes", axis, Axis.class));
            }
            ports.add(new Port(port.string("name"), port.constant("role", Role.class), port.count("first"),
                    port.count("count"), axes, port.bool("optional")));
        }
        return ports;
    }

    /** Reads an array in the precision of the file. */
    private float[] weights(String name, long... shape) throws IOException {
        return read(name, switch (precision) {
            case FP32 -> DType.F32;
            case BF16 -> DType.BF16;
        }, shape);
    }

    /** Reads an array that is in full precision in every file. */
    private float[] floats(String name, long... shape) throws IOException {
        return read(name, DType.F32, shape);
    }

    private float[] read(String name, DType type, long... shape) throws IOException {
        Safetensors.Tensor tensor = file.tensor(name);
        tensor.requireShape(shape);
        if (tensor.dtype() != type) {
            throw tensor.error("is of type " + tensor.dtype() + ", but must be " + type);
        }
        taken.add(name);
        return tensor.floats();
    }
}
