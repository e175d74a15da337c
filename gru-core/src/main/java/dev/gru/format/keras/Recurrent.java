package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Signature.Port;
import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * Turns the configurations and the variables of Keras's {@code GRU}, {@code RNN(GRUCell)} and {@code Bidirectional}
 * into layers.
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
    private final Flow flow;

    /**
     * Starts on a model.
     *
     * @param dialect what its configuration means
     * @param flow what flows from layer to layer
     */
    Recurrent(Dialect dialect, Flow flow) {
        this.dialect = dialect;
        this.flow = flow;
    }

    /** One recurrent layer: its options, and the cell that has the weights. */
    private record Recurrence(ConfigObject config, ConfigObject cell, boolean returnSequences, boolean returnState,
            boolean goBackwards, boolean zeroOutputForMask, boolean stateful) {
    }

    private Recurrence recurrence(String className, ConfigObject config) throws ModelFormatException {
        ConfigObject cell = config;
        if (className.equals("RNN")) {
            config.requireOnly(Options.RNN);
            ConfigObject wrapped = config.object("cell");
            if (!wrapped.string("class_name").equals("GRUCell")) {
                throw config.error("RNN of " + Printable.of(wrapped.string("class_name"))
                        + " is not supported, only of GRUCell");
            }
            cell = Options.open(wrapped, dialect);
            cell.requireOnly(Options.CELL);
            Options.requirePolicy(cell);
        } else {
            config.requireOnly(Options.GRU);
        }
        Options.requirePolicy(config);
        return new Recurrence(config, cell, config.bool("return_sequences"), config.boolOrFalse("return_state"),
                config.boolOrFalse("go_backwards"), config.boolOrFalse("zero_output_for_mask"),
                config.boolOrFalse("stateful"));
    }

    private GruWeights weights(Recurrence recurrence, Variables.Layer layer, String path)
            throws ModelFormatException {
        ConfigObject cell = recurrence.cell;
        Activation gates = functionOfOne(cell, "recurrent_activation");
        Activation candidate = functionOfOne(cell, "activation");
        boolean useBias = cell.bool("use_bias");
        GruVariant variant = cell.bool("reset_after") ? GruVariant.RESET_AFTER : GruVariant.RESET_BEFORE;
        return Weights.gru(layer, path, variant,
                new GruActivations(gates, candidate, GruActivations.STANDARD.clip()), flow.features(),
                cell.size("units"), useBias);
    }

    private Activation functionOfOne(ConfigObject cell, String key) throws ModelFormatException {
        Activation activation = Options.activation(cell, key, dialect);
        if (activation.equals(Activation.SOFTMAX)) {
            throw cell.error(key + " \"softmax\" is not supported in a GRU");
        }
        return activation;
    }

    /**
     * Reads a {@code GRU} or {@code RNN(GRUCell)}. If all that is used of it is its state, it becomes a layer that
     * returns its last output, which is the same.
     */
    BuiltLayer gru(Chain.Step step, Variables.Layer variables) throws ModelFormatException {
        ConfigObject config = step.config();
        Recurrence recurrence = recurrence(step.className(), config);
        flow.requireSequence(config);
        flow.requireCertainMask(config);
        requireOneForNext(step, recurrence.returnState);
        boolean stateOnly = recurrence.returnState && step.uses(STATE) && !step.uses(0);
        boolean returnSequences = recurrence.returnSequences && !stateOnly;
        if (flow.masked() && recurrence.zeroOutputForMask && !returnSequences && !stateOnly) {
            throw config.error("zero_output_for_mask without return_sequences, where steps are masked, "
                    + "has the output 0 if the last step is, which is not supported");
        }
        GruLayer layer = new GruLayer(Options.name(config), weights(recurrence, variables, CELL))
                .withReturnSequences(returnSequences)
                .withDirection(recurrence.goBackwards ? Direction.BACKWARD_AS_READ : Direction.FORWARD)
                .withZeroOutputForMask(recurrence.zeroOutputForMask);
        variables.end();
        flow.passedMask(layer.name(), dialect);
        flow.passedRecurrent(layer.weights().hiddenSize(), returnSequences);
        Port state = Flow.state(flow.nextState());
        // A last output is the state. Both are arrays of the model wherever they are, the output only at the end.
        Port output = returnSequences || step.last() ? flow.output() : state;
        return new BuiltLayer(layer,
                recurrence.returnState ? List.of(output, stateOnly ? output : state) : List.of(output));
    }

    /**
     * A layer takes one array from the layer before it, and says which; only in a Sequential it takes whatever there
     * is.
     */
    private static void requireOneForNext(Chain.Step step, boolean many) throws ModelFormatException {
        if (many && !step.last() && step.passed() == Chain.ALL) {
            throw step.config().error("has several outputs, which only the last layer of a Sequential may have");
        }
    }

    /** Reads a {@code Bidirectional} of two of these. */
    BuiltLayer bidirectional(Chain.Step step, Variables.Layer variables)
            throws ModelFormatException {
        ConfigObject config = step.config();
        config.requireOnly(Options.BIDIRECTIONAL);
        flow.requireSequence(config);
        flow.requireCertainMask(config);
        boolean unmerged = config.has("merge_mode") && config.get("merge_mode") == null;
        MergeMode merge = unmerged ? MergeMode.CONCAT : mergeMode(config);
        Recurrence forward = direction(config, "layer", false);
        // Without one, Keras makes it of the other.
        boolean own = config.get("backward_layer") != null;
        Recurrence backward = own ? direction(config, "backward_layer", true) : forward;
        requireSame(config, forward, backward);
        requireOneForNext(step, unmerged || forward.returnState);
        if (step.passed() > 0 || (unmerged && !step.last())) {
            throw config.error("the next layer takes one of its outputs only, which is not supported");
        }
        GruWeights ahead = weights(forward, variables, FORWARD_CELL);
        GruWeights back = weights(backward, variables, BACKWARD_CELL);
        variables.end();
        // Whatever a file says, the outputs of masked steps are 0 in Keras's pairs that return sequences, and only
        // there.
        Bidirectional both = new Bidirectional(Options.name(config), ahead, back)
                .withNames(Options.name(forward.config), Options.name(backward.config)).withMerge(merge)
                .withReturnSequences(forward.returnSequences).withZeroOutputForMask(forward.returnSequences);
        flow.passedMask(both.name(), dialect);
        flow.passedRecurrent(both.outputSize(), both.returnSequences());
        List<Port> outputs = new ArrayList<>();
        if (unmerged) {
            int units = ahead.hiddenSize();
            outputs.add(flow.output(0, units));
            outputs.add(flow.output(units, back.hiddenSize()));
        } else {
            outputs.add(flow.output());
        }
        Port forwardState = Flow.state(flow.nextState());
        Port backwardState = Flow.state(flow.nextState());
        if (forward.returnState) {
            outputs.add(forwardState);
            outputs.add(backwardState);
        }
        return new BuiltLayer(both, outputs);
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
        Recurrence recurrence = recurrence(className, Options.open(wrapped, dialect));
        if (recurrence.goBackwards != backwards) {
            throw recurrence.config.error("go_backwards = " + !backwards + " is not supported");
        }
        return recurrence;
    }

    private void requireSame(ConfigObject config, Recurrence forward, Recurrence backward)
            throws ModelFormatException {
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
        if (dialect.legacy() && forward.config.boolOrFalse("trainable") != backward.config.boolOrFalse("trainable")) {
            throw config.error("forward and backward must have the same trainable in a legacy file");
        }
    }
}
