package dev.gru.format.keras;

import java.util.List;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;

/**
 * A layer with what it is called on.
 *
 * @param entry the layer
 * @param inputs what it is called on
 * @param states the initial states that it is given beside that
 * @param used the numbers of the outputs that anything takes; empty in a Sequential, where all are
 * @param givenMask whether the file says which mask the layer is given
 * @param causal whether an attention is asked not to look at later steps
 * @param operation for an operation between layers, what it does; otherwise null
 */
record Call(Entry entry, List<Flow> inputs, List<Flow> states, Set<Integer> used, boolean givenMask, boolean causal,
        Operation operation) {

    /** Describes the call of a layer on one array, all of whose outputs are used. */
    Call(Entry entry, Flow input) {
        this(entry, List.of(input));
    }

    /** Describes the call of a layer on arrays, with no states or masks beside them. */
    Call(Entry entry, List<Flow> inputs) {
        this(entry, inputs, List.of(), Set.of(), false, false, null);
    }

    /** Returns the same call on other arrays and with other states. */
    Call on(List<Flow> others, List<Flow> otherStates) {
        return new Call(entry, others, otherStates, used, givenMask, causal, operation);
    }

    ConfigObject config() {
        return entry.config();
    }

    boolean uses(int output) {
        return used.isEmpty() || used.contains(output);
    }

    /** Returns its only input. */
    Flow input() throws ModelFormatException {
        if (inputs.size() != 1 || !states.isEmpty()) {
            throw config().error("is called on " + (inputs.size() + states.size())
                    + " arguments, only one is supported");
        }
        return inputs.getFirst();
    }
}
