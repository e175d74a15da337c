package dev.gru.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.safetensors.DType;
import dev.gru.format.safetensors.StoredTensor;
import dev.gru.format.safetensors.TensorFile;
import dev.gru.format.shared.HeldFile;
import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Printable;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Presence;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * Reads the {@code torch.nn.GRU} in a PyTorch {@code state_dict} that was saved as safetensors, with
 * {@code safetensors.torch.save_file(model.state_dict(), file)}.
 *
 * <p>A state dict has the tensors of a model and nothing else, so all that is known of the GRU comes from names and
 * shapes: {@code weight_ih_l0}, {@code weight_hh_l0}, {@code bias_ih_l0} and {@code bias_hh_l0} for the first layer,
 * with {@code _reverse} for the other direction, {@code l1} for the next layer and so on, all with one prefix, which
 * may be empty. Tensors are F32, or F16 or BF16, which are widened.
 *
 * <p>The arrays of the model have the names of PyTorch's documentation: {@code x} (batch, steps, features) is the
 * input, and {@code h0} (layers · directions, batch, hidden) and {@code lengths} (batch) may; {@code y} (batch, steps,
 * directions · hidden) and {@code hn}, shaped like {@code h0}, are the outputs. The batch comes first in {@code x} and
 * {@code y}, whatever {@code batch_first} said when the model was trained, which a state dict does not say. With
 * lengths, a row is computed as by {@code pack_padded_sequence}: outputs behind its length are 0, {@code hn} is the
 * state at its length, and the reverse direction begins there.
 *
 * <p>Needs no library. Files need not be trusted: time and memory grow as their size does
 * (the package says how), and messages are a single line. Safe for use by any number of threads.
 */
public final class PyTorchReader {
    /** What comes before, what the tensor is, the number of its layer, and the direction. */
    private static final Pattern NAME = Pattern.compile(
            "(.*?)((?:weight|bias)_(?:ih|hh)_l)(0|[1-9]\\d{0,8})(_reverse)?",
            Pattern.DOTALL);

    private static final String REVERSE = "_reverse";
    private static final Set<DType> TYPES = Set.of(DType.F32, DType.F16, DType.BF16);

    /** How many names a message lists. */
    private static final int LISTED = 8;

    private PyTorchReader() {
    }

    /**
     * Reads a file that holds one GRU and nothing else.
     *
     * @param file a state dict as safetensors
     * @return the model
     * @throws ModelFormatException if the file is damaged, holds no GRU, more than one, an LSTM, a plain RNN, or
     *     tensors beside those of the GRU
     * @throws IOException if the file is not there or cannot be read
     */
    public static Graph read(Path file) throws IOException {
        return HeldFile.read(file, held -> read(TensorFile.open(held)));
    }

    /**
     * Reads one GRU of a file that may hold any other tensors too.
     *
     * @param file a state dict as safetensors
     * @param prefix what the names of the GRU's tensors begin with, such as {@code encoder.gru.}
     * @return the model
     * @throws ModelFormatException if the file is damaged or holds no GRU of that prefix
     * @throws IOException if the file is not there or cannot be read
     */
    public static Graph read(Path file, String prefix) throws IOException {
        return HeldFile.read(file, held -> read(TensorFile.open(held), prefix));
    }

    private static Graph read(TensorFile tensors, String prefix) throws IOException {
        Map<String, StateDict> found = find(tensors);
        StateDict dict = found.get(prefix);
        if (dict == null) {
            throw tensors.error("holds no GRU with the prefix " + Printable.quoted(prefix)
                    + (found.isEmpty() ? "" : ", but with " + list(found.keySet())));
        }
        return dict.read();
    }

    /** Reads an opened file that holds one GRU and nothing else. */
    static Graph read(TensorFile tensors) throws IOException {
        Map<String, StateDict> found = find(tensors);
        if (found.isEmpty()) {
            throw tensors.error("holds no torch.nn.GRU: no tensor is called weight_ih_l0, whatever the prefix"
                    + (tensors.tensors().isEmpty() ? "" : ", but " + list(tensors.tensors().keySet())));
        }
        if (found.size() > 1) {
            throw tensors.error("holds " + found.size() + " recurrent modules, with the prefixes "
                    + list(found.keySet()) + "; PyTorchReader.read(file, prefix) reads one of them");
        }
        StateDict dict = found.values().iterator().next();
        dict.requireGru();
        List<String> others = tensors.tensors().keySet().stream().filter(name -> !dict.names.contains(name)).toList();
        if (!others.isEmpty()) {
            throw tensors.error("holds tensors beside those of the GRU, which would be left out: " + list(others)
                    + "; PyTorchReader.read(file, " + Printable.quoted(dict.prefix) + ") reads the GRU alone");
        }
        return dict.read();
    }

    private static Map<String, StateDict> find(TensorFile tensors) {
        Map<String, StateDict> found = new LinkedHashMap<>();
        for (String name : tensors.tensors().keySet()) {
            Matcher parts = NAME.matcher(name);
            if (parts.matches()) {
                found.computeIfAbsent(parts.group(1), prefix -> new StateDict(tensors, prefix)).add(name, parts);
            }
        }
        return found;
    }

    private static String list(Collection<String> names) {
        String first = names.stream().limit(LISTED).map(Printable::quoted).collect(Collectors.joining(", "));
        return names.size() > LISTED ? first + " and " + (names.size() - LISTED) + " more" : first;
    }

    /** The tensors of one GRU. */
    private static final class StateDict {
        private final TensorFile tensors;
        private final String prefix;
        private final Set<String> names = new LinkedHashSet<>();
        private int layers;
        private boolean bidirectional;
        private boolean biased;

        private StateDict(TensorFile tensors, String prefix) {
            this.tensors = tensors;
            this.prefix = prefix;
        }

        private void add(String name, Matcher parts) {
            names.add(name);
            layers = Math.max(layers, Integer.parseInt(parts.group(3)) + 1);
            bidirectional |= parts.group(4) != null;
            biased |= parts.group(2).startsWith("bias");
        }

        /** Returns the number of units. */
        private int requireGru() throws ModelFormatException {
            StoredTensor recurrent = tensor("weight_hh_l0");
            int[] shape = recurrent.shape();
            if (shape.length != 2 || shape[1] < 1 || shape[0] != (long) Gate.COUNT * shape[1]) {
                throw recurrent.error("has the shape " + Arrays.toString(shape) + ", but that of a GRU is "
                        + "(3 · hidden, hidden)" + otherKind(shape));
            }
            return shape[1];
        }

        private static String otherKind(int[] shape) {
            if (shape.length == 2 && shape[0] == 4L * shape[1]) {
                return "; (4 · hidden, hidden) looks like an LSTM, which is not supported";
            }
            if (shape.length == 2 && shape[0] == shape[1]) {
                return "; (hidden, hidden) looks like a plain RNN, which is not supported";
            }
            return "";
        }

        private Graph read() throws IOException {
            int hiddenSize = requireGru();
            int directions = bidirectional ? 2 : 1;
            int inputSize = inputSize();
            List<Layer> stack = new ArrayList<>();
            for (int k = 0; k < layers; k++) {
                int features = k == 0 ? inputSize : directions * hiddenSize;
                String name = prefix + "l" + k;
                GruWeights forward = weights("l" + k, features, hiddenSize);
                stack.add(bidirectional
                        ? new Bidirectional(name, forward, weights("l" + k + REVERSE, features, hiddenSize))
                                .withNames(name, name + REVERSE).withReturnSequences(true).withZeroOutputForMask(true)
                        : new GruLayer(name, forward).withReturnSequences(true).withZeroOutputForMask(true));
            }
            return new Sequential(stack, signature(layers * directions, directions * hiddenSize));
        }

        private int inputSize() throws ModelFormatException {
            StoredTensor first = tensor("weight_ih_l0");
            int[] shape = first.shape();
            if (shape.length != 2 || shape[1] < 1) {
                throw first.error("has the shape " + Arrays.toString(shape) + ", but must have (3 · hidden, features)");
            }
            return shape[1];
        }

        private GruWeights weights(String suffix, int features, int hiddenSize) throws IOException {
            int rows = Gate.COUNT * hiddenSize;
            // Gates are stacked in the canonical order.
            float[] weightIh = floats("weight_ih_" + suffix, rows, features);
            float[] weightHh = floats("weight_hh_" + suffix, rows, hiddenSize);
            float[] biasIh = biased ? floats("bias_ih_" + suffix, rows) : new float[rows];
            float[] biasHh = biased ? floats("bias_hh_" + suffix, rows) : new float[rows];
            return GruWeights.owning(GruVariant.RESET_AFTER, GruActivations.STANDARD, features, hiddenSize,
                    OwnedFloats.of(weightIh), OwnedFloats.of(weightHh), OwnedFloats.of(biasIh),
                    OwnedFloats.of(biasHh));
        }

        private float[] floats(String name, long... shape) throws IOException {
            StoredTensor tensor = tensor(name);
            tensor.requireShape(shape);
            if (!TYPES.contains(tensor.dtype())) {
                throw tensor.error("is of type " + tensor.dtype()
                        + ", but weights must be F32, F16 or BF16; model.float() makes them F32");
            }
            return tensor.floats();
        }

        private StoredTensor tensor(String name) throws ModelFormatException {
            StoredTensor tensor = tensors.tensors().get(prefix + name);
            if (tensor == null) {
                throw tensors.error("has no tensor " + Printable.quoted(prefix + name) + ", but others of such a GRU: "
                        + list(names));
            }
            return tensor;
        }

        private static Signature signature(int states, int features) {
            List<Axis> sequence = List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE);
            List<Axis> state = List.of(Axis.DIRECTION, Axis.BATCH, Axis.FEATURE);
            return new Signature(List.of(
                    new Port("x", Role.INPUT, 0, 0, sequence),
                    new Port("h0", Role.INITIAL_STATE, 0, states, state, Presence.OPTIONAL),
                    new Port("lengths", Role.LENGTHS, 0, 0, List.of(Axis.BATCH), Presence.OPTIONAL)),
                    List.of(new Port("y", Role.OUTPUT, 0, features, sequence),
                            new Port("hn", Role.FINAL_STATE, 0, states, state)));
        }
    }
}
