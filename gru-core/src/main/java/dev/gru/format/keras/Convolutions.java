package dev.gru.format.keras;

import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.keras.variables.Variables;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Conv1D.Padding;
import dev.gru.layer.Layer;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** Makes convolutions of Keras's. A separable one becomes two: one for each channel, and one for each step. */
final class Convolutions {
    private final Dialect dialect;

    Convolutions(Dialect dialect) {
        this.dialect = dialect;
    }

    List<Layer> conv(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        requireForm(config, input);
        int groups = config.has("groups") ? config.size("groups") : 1;
        int filters = config.size("filters");
        boolean useBias = config.boolOr("use_bias", true);
        int channels = input.features();
        if (channels % groups != 0 || filters % groups != 0) {
            throw config.error("groups = " + groups + " does not divide its " + channels + " channels and " + filters
                    + " filters");
        }
        DenseWeights weights = Weights.convolution(entry, kernelSize(config), channels / groups, filters, useBias,
                activation(config), dialect);
        return List.of(placed(config, new Conv1D(entry.name(), channels, kernelSize(config), weights)));
    }

    List<Layer> depthwise(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        requireForm(config, input);
        boolean useBias = config.boolOr("use_bias", true);
        Variables.Part variables = entry.variables(useBias ? 2 : 1);
        int multiplier = config.size("depth_multiplier");
        DenseWeights weights = Weights.depthwise(variables, kernelSize(config), input.features(), multiplier, useBias,
                activation(config));
        return List.of(placed(config, new Conv1D(entry.name(), input.features(), kernelSize(config), weights)));
    }

    List<Layer> separable(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        requireForm(config, input);
        boolean useBias = config.boolOr("use_bias", true);
        Variables.Part variables = entry.variables(useBias ? 3 : 2);
        int multiplier = config.size("depth_multiplier");
        int between = Math.multiplyExact(input.features(), multiplier);
        int filters = config.size("filters");
        DenseWeights depthwise = Weights.depthwise(variables, kernelSize(config), input.features(), multiplier, false,
                Activation.LINEAR);
        float[] kernel = variables.read(1, 1, between, filters);
        float[] bias = useBias ? variables.read(2, filters) : new float[filters];
        DenseWeights pointwise = Weights.transposed(kernel, between, filters, bias, activation(config));
        return List.of(
                placed(config, new Conv1D(entry.name() + "/depthwise", input.features(), kernelSize(config),
                        depthwise)),
                new Conv1D(entry.name() + "/pointwise", between, 1, pointwise));
    }

    private Activation activation(ConfigObject config) throws ModelFormatException {
        return Gating.before(config, dialect);
    }

    private static int kernelSize(ConfigObject config) throws ModelFormatException {
        return Options.only(config, "kernel_size");
    }

    /** Returns a convolution with the strides and the padding of a configuration. */
    private static Conv1D placed(ConfigObject config, Conv1D conv) throws ModelFormatException {
        Padding padding = switch (config.string("padding")) {
            case "valid" -> Padding.VALID;
            case "same" -> Padding.SAME;
            case "causal" -> Padding.CAUSAL;
            default -> throw config.error("padding " + ConfigObject.show(config.get("padding"))
                    + " is not supported, only valid, same and causal");
        };
        return conv.withStride(config.get("strides") == null ? 1 : Options.only(config, "strides"))
                .withDilation(config.get("dilation_rate") == null ? 1 : Options.only(config, "dilation_rate"))
                .withPadding(padding);
    }

    private static void requireForm(ConfigObject config, Flow input) throws ModelFormatException {
        input.requireSequence(config);
        Options.requireChannelsLast(config);
    }
}
