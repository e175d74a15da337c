package dev.gru.layer;

import java.util.List;
import java.util.Objects;

/**
 * The arrays that go into a model and come out of it, by the names and in the layouts that its file gives them. A model
 * that is made in code has {@link #standard}.
 *
 * <p>The states of a model are counted over its recurrent layers, first to last, a {@link Bidirectional} layer having two:
 * that of its forward layer, then that of its backward layer.
 *
 * @param inputs what goes in; exactly one has the role {@link Role#INPUT}
 * @param outputs what comes out; at least one
 */
public record Signature(List<Port> inputs, List<Port> outputs) {

    /** What an array means to the model. */
    public enum Role {
        /** The model's input, token ids or features. */
        INPUT,
        /** How many steps of each row count, ints; the steps after do not. */
        LENGTHS,
        /** States before the first step. */
        INITIAL_STATE,
        /** What the last layer puts out, or some of its features. */
        OUTPUT,
        /** States after the last step. */
        FINAL_STATE
    }

    /** A dimension of an array. */
    public enum Axis {
        /** The rows of a batch. */
        BATCH,
        /** The steps of a sequence. */
        STEP,
        /** Features, or the units of a state. */
        FEATURE,
        /**
         * Of a state: which of the port's states. Of an output: the first half of its features and then the second, which
         * are the two directions of a bidirectional layer.
         */
        DIRECTION,
        /** A dimension of size 1. */
        ONE
    }

    /**
     * One array.
     *
     * @param name its name
     * @param role what it means
     * @param first of a state, which is the first; of an output, the first feature; otherwise 0
     * @param count of a state, how many; of an output, how many features; otherwise 0
     * @param axes its dimensions, slowest first
     * @param optional whether it may be left out: lengths then are all steps, states zeros
     */
    public record Port(String name, Role role, int first, int count, List<Axis> axes, boolean optional) {
        /** Copies the dimensions. */
        public Port {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(role, "role");
            axes = List.copyOf(axes);
        }
    }

    /** Copies the lists. */
    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * Returns the signature of a model that says nothing else: {@code x} (batch, steps) or (batch, steps, features) goes
     * in, and may come with {@code lengths} (batch); {@code y} (batch, steps, features) or (batch, features) comes out.
     *
     * @param takesTokens whether the model takes token ids
     * @param outputSize features that the model puts out
     * @param returnsSequences whether it puts them out for every step
     */
    public static Signature standard(boolean takesTokens, int outputSize, boolean returnsSequences) {
        List<Axis> sequence = List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE);
        return new Signature(
                List.of(new Port("x", Role.INPUT, 0, 0, takesTokens ? List.of(Axis.BATCH, Axis.STEP) : sequence, false),
                        new Port("lengths", Role.LENGTHS, 0, 0, List.of(Axis.BATCH), true)),
                List.of(new Port("y", Role.OUTPUT, 0, outputSize,
                        returnsSequences ? sequence : List.of(Axis.BATCH, Axis.FEATURE), false)));
    }
}
