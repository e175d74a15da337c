package dev.gru.format.pytorch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.safetensors.StoredTensor;
import dev.gru.internal.OwnedFloats;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** The tensors of a {@code torch.nn.GRU}, from whose names and shapes all is known of it. */
public final class GruModule {
    /** What comes before, what the tensor is, the number of its layer, and the direction. */
    private static final Pattern NAME = Pattern.compile(
            "(.*?)((?:weight|bias)_(?:ih|hh)_l)(0|[1-9]\\d{0,8})(_reverse)?",
            Pattern.DOTALL);

    static final String REVERSE = "_reverse";
    private static final String FIRST = "l0";

    private final StateDict.Module module;
    private final String prefix;
    private final Set<String> names = new LinkedHashSet<>();
    private int layers;
    private boolean bidirectional;
    private boolean biased;

    private GruModule(StateDict.Module module, String prefix) {
        this.module = module;
        this.prefix = prefix;
    }

    /** Returns the modules that have tensors of such names, by what these begin with. */
    public static Map<String, GruModule> find(StateDict dict) {
        Map<String, GruModule> found = new LinkedHashMap<>();
        for (String name : dict.names()) {
            Matcher parts = NAME.matcher(name);
            if (parts.matches()) {
                found.computeIfAbsent(parts.group(1), prefix -> new GruModule(dict.prefixed(prefix), prefix))
                        .add(name, parts);
            }
        }
        return found;
    }

    /** Returns a module by its name, which has a GRU's tensors or none. */
    static GruModule of(StateDict.Module module) {
        GruModule gru = new GruModule(module, "");
        for (String name : module.tensors()) {
            Matcher parts = NAME.matcher(name);
            if (parts.matches() && parts.group(1).isEmpty()) {
                gru.add(name, parts);
            }
        }
        return gru;
    }

    private void add(String name, Matcher parts) {
        names.add(name);
        layers = Math.max(layers, Integer.parseInt(parts.group(3)) + 1);
        bidirectional |= parts.group(4) != null;
        biased |= parts.group(2).startsWith("bias");
    }

    /** Returns what the names of its tensors begin with. */
    public String prefix() {
        return prefix;
    }

    /** Returns the names of its tensors. */
    public Set<String> names() {
        return names;
    }

    /** Returns how many layers lie one on another. */
    public int layers() {
        return layers;
    }

    /** Returns how many directions each has, 1 or 2. */
    public int directions() {
        return bidirectional ? 2 : 1;
    }

    /** Returns whether it has biases. */
    boolean hasBias() {
        return biased;
    }

    /** Returns the number of units of each layer and direction. */
    public int hiddenSize() throws ModelFormatException {
        StoredTensor recurrent = module.tensor("weight_hh_" + FIRST, "3 · hidden", "hidden");
        int[] shape = recurrent.shape();
        if (shape[0] != (long) Gate.COUNT * shape[1]) {
            throw recurrent.error("has the shape " + Arrays.toString(shape) + ", but that of a GRU is "
                    + "(3 · hidden, hidden)" + otherKind(shape));
        }
        return shape[1];
    }

    private static String otherKind(int[] shape) {
        if (shape[0] == 4L * shape[1]) {
            return "; (4 · hidden, hidden) looks like an LSTM, which is not supported";
        }
        if (shape[0] == shape[1]) {
            return "; (hidden, hidden) looks like a plain RNN, which is not supported";
        }
        return "";
    }

    /** Returns the features of each step that go into the first layer. */
    int inputSize() throws ModelFormatException {
        return module.tensor("weight_ih_" + FIRST, "3 · hidden", "features").shape()[1];
    }

    /**
     * Reads all layers, which return every step.
     *
     * @param name what they are called: this, and l0, l1 and so on
     */
    public List<Layer> read(String name) throws IOException {
        int hiddenSize = hiddenSize();
        List<Layer> stack = new ArrayList<>();
        for (int k = 0; k < layers; k++) {
            int features = k == 0 ? inputSize() : directions() * hiddenSize;
            stack.add(layer(name + "l" + k, "l" + k, features, hiddenSize));
        }
        return stack;
    }

    /**
     * Reads one of the layers, which returns every step.
     *
     * @param suffix what the names of its tensors end in, such as {@code l0}
     */
    Layer layer(String name, String suffix, int features, int hiddenSize) throws IOException {
        GruWeights forward = weights(suffix, features, hiddenSize);
        return bidirectional
                ? new Bidirectional(name, forward, weights(suffix + REVERSE, features, hiddenSize))
                        .withNames(name, name + REVERSE).withReturnSequences(true).withZeroOutputForMask(true)
                : new GruLayer(name, forward).withReturnSequences(true).withZeroOutputForMask(true);
    }

    /**
     * Reads the weights of one layer and direction.
     *
     * @param suffix what the names of their tensors end in, such as {@code l0_reverse}
     */
    GruWeights weights(String suffix, int features, int hiddenSize) throws IOException {
        int rows = Gate.COUNT * hiddenSize;
        // Gates are stacked in the canonical order.
        float[] weightIh = module.floats("weight_ih_" + suffix, rows, features);
        float[] weightHh = module.floats("weight_hh_" + suffix, rows, hiddenSize);
        float[] biasIh = biased ? module.floats("bias_ih_" + suffix, rows) : new float[rows];
        float[] biasHh = biased ? module.floats("bias_hh_" + suffix, rows) : new float[rows];
        return GruWeights.owning(GruVariant.RESET_AFTER, GruActivations.STANDARD, features, hiddenSize,
                OwnedFloats.of(weightIh), OwnedFloats.of(weightHh), OwnedFloats.of(biasIh), OwnedFloats.of(biasHh));
    }
}
