package dev.gru.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.pytorch.Architecture;
import dev.gru.format.pytorch.Description;
import dev.gru.format.pytorch.GruModule;
import dev.gru.format.pytorch.StateDict;
import dev.gru.format.safetensors.TensorFile;
import dev.gru.format.shared.HeldFile;
import dev.gru.format.shared.StateLimit;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Presence;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;

/**
 * Reads a PyTorch {@code state_dict} that was saved as safetensors, with
 * {@code safetensors.torch.save_file(model.state_dict(), file)}: one {@code torch.nn.GRU}, or a whole module whose
 * architecture is given.
 *
 * <p>A state dict has the tensors of a model and nothing else, so all that is known of a GRU alone comes from names and
 * shapes: {@code weight_ih_l0}, {@code weight_hh_l0}, {@code bias_ih_l0} and {@code bias_hh_l0} for the first layer,
 * with {@code _reverse} for the other direction, {@code l1} for the next layer and so on, all with one prefix, which
 * may be empty. Tensors are F32, or F16 or BF16, which are widened.
 *
 * <p>The arrays of such a model have the names of PyTorch's documentation: {@code x} (batch, steps, features) is the
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
    private static final String WHOLE_MODULE = ", and with its architecture the whole module is read";

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

    /**
     * Reads a whole module into a model that was made in code.
     *
     * <p>Layers have the names of the modules whose tensors they take: a {@link dev.gru.layer.Dense} called
     * {@code head.fc} takes {@code head.fc.weight} and {@code head.fc.bias}. A {@link dev.gru.layer.GruLayer} or
     * {@link dev.gru.layer.Bidirectional} called {@code gru} is the only layer of that module; those of a module with
     * several are called {@code gru.l0}, {@code gru.l1} and so on. Layers stand for {@code nn.Embedding},
     * {@code nn.Linear}, {@code nn.Conv1d}, {@code nn.BatchNorm1d}, {@code nn.LayerNorm}, {@code nn.PReLU} and
     * {@code nn.GRU}; without tensors named {@code bias} their biases are 0.
     *
     * @param file a state dict as safetensors
     * @param architecture the model, with weights of the shapes that the file has; their values are not looked at
     * @return the same model with the weights of the file
     * @throws ModelFormatException if the file is damaged, lacks a tensor, has one of another shape, or weights that no
     *     layer takes
     * @throws IOException if the file is not there or cannot be read
     * @throws IllegalArgumentException if the model has a layer whose weights no module of PyTorch has
     */
    public static Graph readWeights(Path file, Graph architecture) throws IOException {
        Objects.requireNonNull(architecture, "architecture");
        return HeldFile.read(file, held -> new Architecture(new StateDict(TensorFile.open(held)))
                .withWeights(architecture));
    }

    /**
     * Reads a whole module whose architecture is in a file of JSON, which {@code docs/formats.md} describes:
     *
     * <pre>{@code
     * {"layers": [
     *     {"name": "conv", "type": "Conv1d", "padding": "causal"},
     *     {"type": "ReLU"},
     *     {"name": "gru", "type": "GRU", "returns": "h_n"},
     *     {"name": "head.fc", "type": "Linear"}]}
     * }</pre>
     *
     * @param file a state dict as safetensors
     * @param architecture the modules and the functions that {@code forward} calls, with PyTorch's names of their
     *     arguments
     * @return the model; its arrays have the names that the architecture gives them, or {@code x} and {@code y}
     * @throws ModelFormatException if one of the files is damaged, the architecture has a module or an argument that is
     *     not supported, or the tensors are not those of its modules
     * @throws IOException if a file is not there or cannot be read
     */
    public static Graph read(Path file, Path architecture) throws IOException {
        return HeldFile.read(file, held -> {
            TensorFile tensors = TensorFile.open(held);
            return HeldFile.read(architecture, json -> StateLimit.require(json.where(), json.size() + held.size(),
                    Description.read(json, new StateDict(tensors))));
        });
    }

    private static Graph read(TensorFile tensors, String prefix) throws IOException {
        Map<String, GruModule> found = GruModule.find(new StateDict(tensors));
        GruModule module = found.get(prefix);
        if (module == null) {
            throw tensors.error("holds no GRU with the prefix " + Printable.quoted(prefix)
                    + (found.isEmpty() ? "" : ", but with " + StateDict.list(found.keySet())));
        }
        return read(module);
    }

    /** Reads an opened file that holds one GRU and nothing else. */
    static Graph read(TensorFile tensors) throws IOException {
        Map<String, GruModule> found = GruModule.find(new StateDict(tensors));
        if (found.isEmpty()) {
            throw tensors.error("holds no torch.nn.GRU: no tensor is called weight_ih_l0, whatever the prefix"
                    + (tensors.tensors().isEmpty() ? "" : ", but " + StateDict.list(tensors.tensors().keySet())));
        }
        if (found.size() > 1) {
            throw tensors.error("holds " + found.size() + " recurrent modules, with the prefixes "
                    + StateDict.list(found.keySet()) + "; PyTorchReader.read(file, prefix) reads one of them"
                    + WHOLE_MODULE);
        }
        GruModule module = found.values().iterator().next();
        module.hiddenSize();
        List<String> others = tensors.tensors().keySet().stream().filter(name -> !module.names().contains(name))
                .toList();
        if (!others.isEmpty()) {
            throw tensors.error("holds tensors beside those of the GRU, which would be left out: "
                    + StateDict.list(others) + "; PyTorchReader.read(file, " + Printable.quoted(module.prefix())
                    + ") reads the GRU alone" + WHOLE_MODULE);
        }
        return read(module);
    }

    private static Graph read(GruModule module) throws IOException {
        return new Sequential(module.read(module.prefix()), signature(module.layers() * module.directions(),
                module.directions() * module.hiddenSize()));
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
