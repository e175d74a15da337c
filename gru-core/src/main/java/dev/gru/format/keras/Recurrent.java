package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.keras.forms.Keras1;
import dev.gru.format.keras.variables.LegacyVariables;
import dev.gru.internal.Printable;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking.SetMask;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Shape;
import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * Makes layers of the configurations and the variables of Keras's {@code GRU}, {@code RNN(GRUCell)} and
 * {@code Bidirectional}, and applies them.
 *
 * <p>{@code stateful} is read and needs nothing: it says that a batch begins where the batch before it ended, which is
 * what a session does, or a caller who hands the states on. Without that, every sequence begins at zeros, as it does in
 * Keras after {@code reset_state}.
 *
 * <p>For one model and one thread.
 */
final class Recurrent {
    /** What Keras calls the cell of a recurrent layer. */
    static final String CELL = "cell";
    /** The cells of the two layers of a Bidirectional. */
    static final String FORWARD_CELL = "forward_layer/" + CELL;
    static final String BACKWARD_CELL = "backward_layer/" + CELL;

    /** Of a GRU that returns its state, the number of the output that is the state. */
    private static final int STATE = 1;

    private final Dialect dialect;
    private final Assembly assembly;

    /**
     * Starts on a model.
     *
     * @param dialect what its configuration means
     * @param assembly the graph that its layers become nodes of
     */
    Recurrent(Dialect dialect, Assembly assembly) {
        this.dialect = dialect;
        this.assembly = assembly;
    }

    /** One recurrent layer: its options, and the cell that has the weights. */
    private record Recurrence(ConfigObject config, ConfigObject cell, boolean returnSequences, boolean returnState,
            boolean goBackwards, boolean zeroOutputForMask, boolean stateful) {
    }

    private Recurrence recurrence(String className, ConfigObject config) throws ModelFormatException {
        ConfigObject cell = config;
        if (className.equals("RNN")) {
            Options.requireOnly(Options.RNN, config);
            ConfigObject wrapped = config.object("cell");
            if (!wrapped.string("class_name").equals("GRUCell")) {
                throw config.error("RNN of " + Printable.of(wrapped.string("class_name"))
                        + " is not supported, only of GRUCell");
            }
            cell = Options.open(wrapped, dialect);
            Options.requireOnly(Options.CELL, cell);
            Options.requirePolicy(cell);
        } else {
            Options.requireKnown("GRU", config);
        }
        Options.requirePolicy(config);
        return new Recurrence(config, cell, config.boolOr("return_sequences", false),
                config.boolOrFalse("return_state"),
                config.boolOrFalse("go_backwards"), config.boolOrFalse("zero_output_for_mask"),
                config.boolOrFalse("stateful"));
    }

    private GruWeights weights(Recurrence recurrence, Entry entry, String path, int inputSize)
            throws ModelFormatException {
        ConfigObject cell = recurrence.cell;
        Activation gates = functionOfOne(cell, "recurrent_activation");
        Activation candidate = functionOfOne(cell, "activation");
        boolean useBias = cell.boolOr("use_bias", true);
        // Keras 2 had no other recurrence until 2.1.5, and did not say which.
        boolean resetAfter = dialect.major() < 3 ? cell.boolOrFalse("reset_after") : cell.bool("reset_after");
        GruVariant variant = resetAfter ? GruVariant.RESET_AFTER : GruVariant.RESET_BEFORE;
        GruActivations activations = new GruActivations(gates, candidate, GruActivations.STANDARD.clip());
        int units = cell.size("units");
        return dialect.major() == 1 && entry.variables().count(path) >= Weights.GRU_OF_KERAS_1
                ? Weights.gruOfKeras1(entry.variables(), path, activations, inputSize, units)
                : Weights.gru(entry.variables(), path, variant, activations, inputSize, units, useBias);
    }

    private Activation functionOfOne(ConfigObject cell, String key) throws ModelFormatException {
        Activation activation = Options.activation(cell, key, dialect);
        if (activation.function().isOfRow()) {
            throw cell.error(key + " " + ConfigObject.show(cell.get(key)) + " is not supported in a GRU");
        }
        return activation;
    }

    private static Flow[] arguments(Call call, int states) throws ModelFormatException {
        List<Flow> arguments = new ArrayList<>(call.inputs());
        arguments.addAll(call.states());
        if (arguments.size() != 1 && arguments.size() != 1 + states) {
            throw call.config().error("is called on " + arguments.size() + " arguments, only a sequence and "
                    + (states == 1 ? "an initial state are" : states + " initial states are") + " supported");
        }
        return arguments.toArray(new Flow[0]);
    }

    /**
     * Returns the sequence that a layer sees: one without a mask where the layer is not shown it. If the layer has an
     * initial state and does see a mask, checks what its outputs are.
     */
    private Flow seen(Call call, Flow input, boolean hasStates) throws ModelFormatException {
        if (!hasStates || !input.masked()) {
            return input;
        }
        if (!call.givenMask() && !dialect.showsMasksWithStates()) {
            Layer unmasked = assembly.layer(call.entry().name() + "/unmasked",
                    name -> new Reshaping.Reshape(name, input.ofSource()));
            return assembly.add(call.config(), unmasked, input);
        }
        if (!dialect.beginsOutputsAtZero()) {
            throw call.config().error("has an initial_state and masked steps, whose output in Keras before 2.3 is 0 or "
                    + "the initial state up to the first step that is not masked, as the backend makes it; that is not "
                    + "supported");
        }
        return input;
    }

    /** Returns an output with the mask of the input, of which the layer has seen one or not. */
    private Flow masked(Call call, Flow output, Flow input, Flow seen) throws ModelFormatException {
        String layer = call.entry().name();
        if (!input.masked() || seen.masked() || !output.isSequence()) {
            return ended(layer, output);
        }
        Layer masked = assembly.layer(layer + "/masked", SetMask::new);
        return ended(layer, assembly.add(call.config(), masked, output, input)
                .with(input.mask().withUndefined(false)));
    }

    /**
     * Applies a {@code GRU} or {@code RNN(GRUCell)}. If all that is used of it is its state, it becomes a layer that
     * returns its last output, which is the same; but not where a row may be masked as a whole and its state is the
     * initial one, which no output is.
     */
    List<Flow> gru(Call call) throws ModelFormatException {
        Entry entry = call.entry();
        ConfigObject config = entry.config();
        Recurrence recurrence = recurrence(entry.className(), config);
        Flow[] arguments = arguments(call, 1);
        Flow input = arguments[0];
        input.requireSequence(config);
        input.requireCertainMask(config);
        arguments[0] = seen(call, input, arguments.length > 1);
        Flow seen = arguments[0];
        boolean stateUsed = recurrence.returnState && call.uses(STATE);
        boolean stateOnly = stateUsed && !call.uses(0);
        boolean carried = stateUsed && seen.masked() && arguments.length > 1;
        if (seen.masked() && recurrence.zeroOutputForMask && !recurrence.returnSequences && !stateOnly) {
            throw config.error("zero_output_for_mask without return_sequences, where steps are masked, "
                    + "has the output 0 if the last step is, which is not supported");
        }
        boolean asRead = recurrence.returnSequences && !stateOnly;
        if (entry.made() == null) {
            // A state that no output may hold is found among the outputs of all steps, each at the place of its step.
            Direction backward = carried && !asRead ? Direction.BACKWARD : Direction.BACKWARD_AS_READ;
            entry.made(List.of(new GruLayer(entry.name(), weights(recurrence, entry, entry.path(CELL),
                    input.features()))
                    .withReturnSequences(carried || asRead)
                    .withDirection(recurrence.goBackwards ? backward : Direction.FORWARD)
                    .withZeroOutputForMask(recurrence.zeroOutputForMask)));
        }
        GruLayer layer = (GruLayer) entry.made().getFirst();
        if (carried && !layer.returnSequences()) {
            throw config.error("is called with an initial_state and masked steps, and without; that is not supported");
        }
        Flow returned = assembly.add(config, layer, arguments);
        if (!recurrence.returnState) {
            return List.of(masked(call, returned, input, seen));
        }
        String problem = seen.masked() && recurrence.goBackwards && asRead
                ? "which reads masked steps backwards; that is not supported"
                : null;
        int units = layer.weights().hiddenSize();
        boolean backward = layer.direction() == Direction.BACKWARD;
        Flow state = state(returned, layer.name() + "/state", backward, 0, units, 0, carried, problem);
        if (layer.returnSequences() && !asRead) {
            return List.of(call.uses(0)
                    ? assembly.last(layer.name() + "/last", backward, returned)
                    : returned, state);
        }
        return List.of(masked(call, returned, input, seen), state);
    }

    /** Masks do not go on in newer versions of Keras. */
    private Flow ended(String layer, Flow output) {
        return dialect.endsMasks() ? output.with(output.mask().doubtful(Flow.endedBy(layer, dialect))) : output;
    }

    private static Flow state(Flow returned, String name, boolean backward, int first, int count, int index,
            boolean carried, String problem) {
        int number = ((Flow.Value) returned.source()).number();
        return Flow.of(new Flow.State(number, name, backward, first, count, index, carried, problem),
                Shape.vector(count), 1);
    }

    /** Applies a {@code Bidirectional} of two of these. */
    List<Flow> bidirectional(Call call) throws ModelFormatException {
        Entry entry = call.entry();
        ConfigObject config = entry.config();
        Flow[] arguments = arguments(call, 2);
        Flow input = arguments[0];
        input.requireSequence(config);
        input.requireCertainMask(config);
        arguments[0] = seen(call, input, arguments.length > 1);
        boolean unmerged = config.has("merge_mode") && config.get("merge_mode") == null;
        MergeMode merge = unmerged ? MergeMode.CONCAT : mergeMode(config);
        Recurrence forward = direction(config, "layer", false);
        // Without one, Keras makes it of the other.
        boolean own = config.get("backward_layer") != null;
        Recurrence backward = own ? direction(config, "backward_layer", true) : forward;
        requireSame(entry, forward, backward);
        if (entry.made() == null) {
            GruWeights ahead = weights(forward, entry, entry.path(FORWARD_CELL), input.features());
            GruWeights back = weights(backward, entry, entry.path(BACKWARD_CELL), input.features());
            // Whatever a file says, the outputs of masked steps are 0 in Keras's pairs that return sequences, and only
            // there.
            entry.made(List.of(new Bidirectional(entry.name(), ahead, back)
                    .withNames(Options.name(forward.config), Options.name(backward.config)).withMerge(merge)
                    .withReturnSequences(forward.returnSequences).withZeroOutputForMask(forward.returnSequences)));
        }
        Bidirectional both = (Bidirectional) entry.made().getFirst();
        Flow returned = assembly.add(config, both, arguments);
        Flow output = masked(call, returned, input, arguments[0]);
        int units = both.forward().weights().hiddenSize();
        int backwardUnits = both.backward().weights().hiddenSize();
        List<Flow> outputs = new ArrayList<>();
        if (unmerged) {
            outputs.add(part(output, both.name() + "/forward", 0, units));
            outputs.add(part(output, both.name() + "/backward", units, backwardUnits));
        } else {
            outputs.add(output);
        }
        if (forward.returnState) {
            boolean carried = arguments[0].masked() && arguments.length > 1;
            String problem = merge != MergeMode.CONCAT
                    ? "whose merge_mode leaves no states in its output; that is not supported"
                    : carried && !both.returnSequences()
                            ? "which does not return sequences, but has initial states and masked steps; that is not "
                                    + "supported"
                            : null;
            outputs.add(state(returned, both.name() + "/forward_state", false, 0, units, 0, carried, problem));
            outputs.add(state(returned, both.name() + "/backward_state", true, units, backwardUnits, 1, carried,
                    problem));
        }
        return outputs;
    }

    private static Flow part(Flow output, String name, int first, int count) {
        return new Flow(new Flow.Part(((Flow.Value) output.source()).number(), name, first, count),
                new Shape(output.ofSource().kind(), count), output.steps(), output.mask(), false);
    }

    private static MergeMode mergeMode(ConfigObject config) throws ModelFormatException {
        return switch (config.string("merge_mode")) {
            case "concat" -> MergeMode.CONCAT;
            case "sum" -> MergeMode.SUM;
            case "mul" -> MergeMode.MUL;
            case "ave" -> MergeMode.AVE;
            default -> throw config.error("merge_mode " + ConfigObject.show(config.get("merge_mode"))
                    + " is not supported, only concat, sum, mul, ave and null");
        };
    }

    private Recurrence direction(ConfigObject config, String key, boolean backwards) throws ModelFormatException {
        ConfigObject wrapped = config.object(key);
        String className = wrapped.string("class_name");
        if (!className.equals("GRU") && !className.equals("RNN")) {
            throw config.error(
                    "Bidirectional of " + Printable.of(className) + " is not supported, only of GRU and RNN");
        }
        ConfigObject own = Options.open(wrapped, dialect);
        Recurrence recurrence = recurrence(className,
                dialect.major() == 1 ? Keras1.translated(className, own) : own);
        if (recurrence.goBackwards != backwards) {
            throw recurrence.config.error("go_backwards = " + !backwards + " is not supported");
        }
        return recurrence;
    }

    private static void requireSame(Entry entry, Recurrence forward, Recurrence backward)
            throws ModelFormatException {
        ConfigObject config = entry.config();
        if (forward.returnState != backward.returnState) {
            throw config.error("forward and backward must have the same return_state");
        }
        if (forward.stateful != backward.stateful) {
            throw config.error("forward and backward must have the same stateful");
        }
        if (forward.returnSequences != backward.returnSequences) {
            throw config.error("forward and backward must have the same return_sequences");
        }
        // A legacy file has what is trained first, so that the two could stand in the other order.
        if (entry.variables() instanceof LegacyVariables.LegacyLayer
                && forward.config.boolOrFalse("trainable") != backward.config.boolOrFalse("trainable")) {
            throw config.error("forward and backward must have the same trainable in a legacy file");
        }
    }
}
