package dev.gru.format.pytorch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.gru.internal.Printable;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Scale;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Puts the tensors of a state dict into a model that was made in code, whose layers have the names of modules. */
public final class Architecture {
    /** One of the layers of a GRU module with several. */
    private static final Pattern GRU_LAYER = Pattern.compile("(?:(.*)\\.)?(l\\d+)", Pattern.DOTALL);

    private final StateDict dict;
    private final Map<String, GruModule> grus = new HashMap<>();

    /** Starts on a state dict. */
    public Architecture(StateDict dict) {
        this.dict = dict;
    }

    /**
     * Returns a model with the tensors in the place of its weights.
     *
     * @throws dev.gru.format.file.ModelFormatException if the file lacks one, has others, or one of another shape
     * @throws IllegalArgumentException if the model has a layer whose weights no module of PyTorch has
     */
    public Graph withWeights(Graph architecture) throws IOException {
        List<Layer> layers = new ArrayList<>();
        for (Layer layer : architecture.layers()) {
            layers.add(withWeights(layer));
        }
        dict.requireAllAsked();
        return architecture.withLayers(layers);
    }

    private Layer withWeights(Layer layer) throws IOException {
        StateDict.Module module = dict.module(layer.name());
        return switch (layer) {
            case Embedding embedding -> embedding.withParameters(List.of(module.floats(ModuleWeights.WEIGHT,
                    embedding.vocabularySize(), embedding.outputSize())));
            case Dense dense -> dense(module, dense);
            case TimeDistributed each -> new TimeDistributed(each.name(), dense(module, each.layer()));
            case Conv1D convolution -> ModuleWeights.convolution(module, convolution);
            case BatchNormalization norm -> ModuleWeights.batchNormalization(module, norm);
            case LayerNormalization norm -> new LayerNormalization(norm.name(), norm.size(), norm.epsilon(),
                    norm.learnt(), ModuleWeights.normalization(module, norm.size(), norm.learnt()));
            case PReLU prelu -> prelu(module, prelu);
            case GruLayer gru -> gru.withWeights(weights(gru, gru.name(),
                    gru.direction() == GruLayer.Direction.FORWARD ? "" : GruModule.REVERSE));
            case Bidirectional both -> both.withWeights(weights(both.forward(), both.name(), ""),
                    weights(both.backward(), both.name(), GruModule.REVERSE));
            case Scale scale -> scale; // constants, which a module has in its code
            default -> {
                if (!layer.parameters().isEmpty()) {
                    throw new IllegalArgumentException("layer " + Printable.of(layer.name()) + ": no module of PyTorch"
                            + " has the weights of the type " + layer.type());
                }
                yield layer;
            }
        };
    }

    private static Dense dense(StateDict.Module module, Dense like) throws IOException {
        return new Dense(like.name(), ModuleWeights.linear(module, like.weights().inputSize(),
                like.weights().outputSize(), like.weights().activation()));
    }

    private static PReLU prelu(StateDict.Module module, PReLU like) throws IOException {
        if (like.steps() != 1) {
            throw new IllegalArgumentException("layer " + Printable.of(like.name())
                    + ": torch.nn.PReLU has the same slopes for all steps, not " + like.steps());
        }
        boolean one = module.tensor(ModuleWeights.WEIGHT, "num_parameters").shape()[0] == 1;
        float[] slopes = module.floats(ModuleWeights.WEIGHT, one ? 1 : like.size());
        if (one) {
            float slope = slopes[0];
            slopes = new float[like.size()];
            Arrays.fill(slopes, slope);
        }
        return new PReLU(like.name(), 1, like.size(), slopes);
    }

    /** Returns the weights of a layer, which is the only one of a module of its name, or one of several by its name. */
    private GruWeights weights(GruLayer gru, String name, String direction) throws IOException {
        GruWeights old = gru.weights();
        if (old.variant() != GruVariant.RESET_AFTER || !old.activations().areStandard()) {
            throw new IllegalArgumentException("layer " + Printable.of(gru.name())
                    + " must be of the variant RESET_AFTER with sigmoid and tanh, as torch.nn.GRU has no other, was "
                    + old);
        }
        Matcher one = GRU_LAYER.matcher(name);
        StateDict.Module module = dict.module(name);
        String suffix = "l0";
        if (!module.has("weight_hh_l0") && one.matches()) {
            module = dict.module(one.group(1) == null ? "" : one.group(1));
            suffix = one.group(2);
        }
        StateDict.Module found = module;
        return grus.computeIfAbsent(found.name(), _ -> GruModule.of(found)).weights(suffix + direction, old.inputSize(),
                old.hiddenSize());
    }
}
