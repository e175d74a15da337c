package dev.gru.format.pytorch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.OwnedFloats;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.layer.Reshaping.ZeroPadding1D;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/**
 * Modules of {@code torch.nn} that have tensors. Sizes, and whether there are biases, are seen from these; what the
 * architecture says of them too must agree.
 */
final class WeightedModules {
    /** Makes layers of a module of one type. */
    private interface Maker {
        List<Layer> make(WeightedModules modules) throws IOException;
    }

    private static final Map<String, Maker> MAKERS = Map.of("Embedding", WeightedModules::embedding, "Linear",
            WeightedModules::linear, "Conv1d", WeightedModules::convolution, "BatchNorm1d",
            WeightedModules::batchNormalization, "LayerNorm", WeightedModules::layerNormalization, "PReLU",
            WeightedModules::prelu, "GRU", WeightedModules::gru);

    private final String name;
    private final Fields fields;
    private final StateDict.Module module;

    private WeightedModules(String name, Fields fields, StateDict.Module module) {
        this.name = name;
        this.fields = fields;
        this.module = module;
    }

    /** Returns the types that there are. */
    static Set<String> types() {
        return MAKERS.keySet();
    }

    /**
     * Returns the layers that a module is, first to last.
     *
     * @param name what the layers are called
     */
    static List<Layer> make(String type, String name, Fields fields, StateDict.Module module) throws IOException {
        return MAKERS.get(type).make(new WeightedModules(name, fields, module));
    }

    private List<Layer> embedding() throws IOException {
        // Gradients of the row of padding are 0 in training; a model runs with it as with any other.
        fields.skip("padding_idx", "sparse", "scale_grad_by_freq", "norm_type");
        fields.require("max_norm");
        int[] shape = module.tensor(ModuleWeights.WEIGHT, "num_embeddings", "embedding_dim").shape();
        int tokens = fields.agreed("num_embeddings", shape[0]);
        int features = fields.agreed("embedding_dim", shape[1]);
        return List.of(Embedding.owning(name, tokens, features,
                OwnedFloats.of(module.floats(ModuleWeights.WEIGHT, tokens, features))));
    }

    private List<Layer> linear() throws IOException {
        int[] shape = module.tensor(ModuleWeights.WEIGHT, "out_features", "in_features").shape();
        fields.agreed(ModuleWeights.BIAS, module.has(ModuleWeights.BIAS));
        return List.of(new Dense(name, ModuleWeights.linear(module, fields.agreed("in_features", shape[1]),
                fields.agreed("out_features", shape[0]), Activation.LINEAR)));
    }

    private List<Layer> convolution() throws IOException {
        int[] shape = module.tensor(ModuleWeights.WEIGHT, "out_channels", "in_channels / groups", "kernel_size")
                .shape();
        int groups = fields.size("groups", 1);
        if (shape[0] % groups != 0 || (long) shape[1] * groups > Integer.MAX_VALUE) {
            throw fields.error("groups is " + groups + ", which out_channels = " + shape[0]
                    + " must be a multiple of, and in_channels is so many times " + shape[1]);
        }
        fields.agreed(ModuleWeights.BIAS, module.has(ModuleWeights.BIAS));
        fields.require("padding_mode", "zeros");
        int channels = fields.agreed("in_channels", shape[1] * groups);
        DenseWeights weights = ModuleWeights.convolution(module, fields.agreed("out_channels", shape[0]), shape[1],
                fields.agreed("kernel_size", shape[2]), Activation.LINEAR);
        int stride = fields.size("stride", 1);
        int dilation = fields.size("dilation", 1);
        if (stride > 1 && dilation > 1) {
            throw fields.error("stride and dilation above 1 together are not supported, are " + stride + " and "
                    + dilation);
        }
        Conv1D conv = new Conv1D(name, channels, shape[2], weights).withStride(stride).withDilation(dilation);
        return padded(conv);
    }

    /** Returns a convolution with its padding, which is a layer of its own if it is as wide as no padding of ours. */
    private List<Layer> padded(Conv1D conv) throws ModelFormatException {
        Object padding = fields.get("padding");
        if ("same".equals(padding) || "causal".equals(padding)) {
            if (conv.stride() > 1) {
                throw fields.error("padding = \"" + padding + "\" needs a stride of 1, is " + conv.stride());
            }
            return List.of(conv.withPadding("same".equals(padding) ? Conv1D.Padding.SAME : Conv1D.Padding.CAUSAL));
        }
        if (padding instanceof String) {
            fields.require("padding", "valid", "same", "causal");
            return List.of(conv);
        }
        int zeros = fields.count("padding", 0);
        if (zeros == 0) {
            return List.of(conv);
        }
        return conv.stride() == 1 && 2L * zeros == conv.window() - 1
                ? List.of(conv.withPadding(Conv1D.Padding.SAME))
                : List.of(new ZeroPadding1D(name + ".padding", zeros, zeros), conv);
    }

    private List<Layer> batchNormalization() throws IOException {
        fields.require("track_running_stats", true);
        int size = fields.agreed("num_features", module.tensor(ModuleWeights.RUNNING_MEAN, "num_features").shape()[0]);
        boolean affine = fields.agreed("affine", module.has(ModuleWeights.WEIGHT));
        Learnt learnt = Learnt.of(affine, affine);
        double momentum = fields.number("momentum", 0.1);
        if (!(momentum >= 0 && momentum <= 1)) {
            throw fields.error("momentum must be from 0 to 1, is " + momentum);
        }
        // PyTorch's momentum is the share of the batch, Keras's and ours that of what was there.
        return List.of(new BatchNormalization(name, size, epsilon(), (float) (1 - momentum), learnt,
                ModuleWeights.batchNormalization(module, size, learnt)));
    }

    private List<Layer> layerNormalization() throws IOException {
        int found = module.has(ModuleWeights.WEIGHT)
                ? module.tensor(ModuleWeights.WEIGHT, "normalized_shape").shape()[0]
                : fields.size("normalized_shape");
        int size = fields.agreed("normalized_shape", found);
        Learnt learnt = Learnt.of(fields.agreed("elementwise_affine", module.has(ModuleWeights.WEIGHT)),
                fields.agreed(ModuleWeights.BIAS, module.has(ModuleWeights.BIAS)));
        return List.of(new LayerNormalization(name, size, epsilon(), learnt,
                ModuleWeights.normalization(module, size, learnt)));
    }

    private float epsilon() throws ModelFormatException {
        float epsilon = (float) fields.number("eps", 1e-5);
        if (!(epsilon >= 0 && Float.isFinite(epsilon))) {
            throw fields.error("eps must be at least 0 and finite, is " + epsilon);
        }
        return epsilon;
    }

    private List<Layer> prelu() throws IOException {
        fields.skip("init");
        int size = fields.agreed("num_parameters", module.tensor(ModuleWeights.WEIGHT, "num_parameters").shape()[0]);
        float[] slopes = module.floats(ModuleWeights.WEIGHT, size);
        return List.of(size == 1
                ? new ActivationLayer(name, Activation.leakyRelu(slopes[0]))
                : new PReLU(name, 1, size, slopes));
    }

    private List<Layer> gru() throws IOException {
        fields.skip("batch_first");
        fields.require("proj_size", 0L);
        GruModule gru = GruModule.of(module);
        int hidden = fields.agreed("hidden_size", gru.hiddenSize());
        fields.agreed("input_size", gru.inputSize());
        int count = fields.agreed("num_layers", gru.layers());
        fields.agreed("bidirectional", gru.directions() == 2);
        fields.agreed(ModuleWeights.BIAS, gru.hasBias());
        boolean state = fields.string("returns", "output").equals("h_n");
        fields.require("returns", "output", "h_n");
        double dropout = fields.number("dropout", 0);
        if (!(dropout >= 0 && dropout < 1)) {
            throw fields.error("dropout must be at least 0 and below 1, is " + dropout);
        }
        List<Layer> layers = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            if (k > 0 && dropout > 0) {
                layers.add(new Dropout(name + ".dropout" + (k - 1), dropout));
            }
            String layerName = count == 1 ? name : name + ".l" + k;
            Layer layer = gru.layer(layerName, "l" + k, k == 0 ? gru.inputSize() : gru.directions() * hidden, hidden);
            layers.add(state && k == count - 1 ? lastState(layer) : layer);
        }
        return layers;
    }

    private static Layer lastState(Layer layer) {
        return layer instanceof Bidirectional both
                ? both.withReturnSequences(false)
                : ((GruLayer) layer).withReturnSequences(false);
    }
}
