package dev.gru.layer;

import java.util.List;

import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;

/** Whether the arrays of a signature are those of a model. */
final class SignatureCheck {
    private SignatureCheck() {
    }

    /**
     * Checks that a model can have this signature.
     *
     * @param signature the arrays of the model
     * @param ofInputs the shapes of the model's inputs
     * @param ofOutputs the shapes of its outputs
     * @param stateSizes the sizes of its states, in their order
     * @throws IllegalArgumentException if a port is of an input or output that there is not, has an axis that the
     *     model's array does not have or lacks one that it has, or asks for features or states that are not there or
     *     for states of different sizes
     */
    static void requireFits(Signature signature, List<Shape> ofInputs, List<Shape> ofOutputs, int[] stateSizes) {
        List<Port> inputs = signature.inputs();
        StateSizes states = new StateSizes(stateSizes);
        if (inputs.stream().filter(port -> port.role() == Role.INPUT).count() != ofInputs.size()) {
            throw new IllegalArgumentException("inputs must hold one port of the role INPUT for each of the model's "
                    + ofInputs.size() + " inputs, held " + inputs);
        }
        for (Port port : inputs) {
            switch (port.role()) {
                case INPUT -> {
                    Shape input = ofInputs.get(port.index());
                    boolean tokens = input.kind() == Shape.Kind.TOKENS;
                    requireAxis(port, Axis.STEP, input.isSequence(),
                            input.isSequence() ? "takes a sequence there" : "takes a vector there");
                    requireAxis(port, Axis.FEATURE, !tokens, tokens ? "takes tokens" : "takes features");
                }
                case INITIAL_STATE -> states.requireOne(port);
                default -> {
                    // Lengths are the same for every model.
                }
            }
        }
        for (Port port : signature.outputs()) {
            if (port.role() == Role.FINAL_STATE) {
                states.requireOne(port);
                continue;
            }
            if (port.index() >= ofOutputs.size()) {
                throw port.error("it is output " + port.index() + ", but the model has " + ofOutputs.size());
            }
            Shape output = ofOutputs.get(port.index());
            requireAxis(port, Axis.STEP, output.isSequence(),
                    output.isSequence() ? "returns sequences" : "returns its last output only");
            if (port.count() > output.features() - port.first()) {
                throw port.error("it has features up to " + (port.first() + port.count())
                        + ", but the output of the model has " + output.features());
            }
        }
    }

    private static void requireAxis(Port port, Axis axis, boolean needed, String whatModelDoes) {
        if (port.axes().contains(axis) != needed) {
            throw port.error("its axes must " + (needed ? "" : "not ") + "include " + axis + ", because the model "
                    + whatModelDoes + ", axes were " + port.axes());
        }
    }

    /** The sizes of a model's states, of which a port must have one. A model may have many of both. */
    private static final class StateSizes {
        private final int[] sizes;
        /**
         * For each state, the first one after it that is of another size; there may be none, which is how many there
         * are.
         */
        private final int[] nextOther;

        StateSizes(int[] sizes) {
            this.sizes = sizes;
            nextOther = new int[sizes.length];
            for (int i = sizes.length - 1; i >= 0; i--) {
                nextOther[i] = i + 1 < sizes.length && sizes[i + 1] == sizes[i] ? nextOther[i + 1] : i + 1;
            }
        }

        void requireOne(Port port) {
            if (port.count() > sizes.length - port.first()) {
                throw port.error("it has states up to " + (port.first() + port.count()) + ", but the model has "
                        + sizes.length);
            }
            int other = nextOther[port.first()];
            if (other < port.first() + port.count()) {
                throw port.error("its states must be of one size, were of " + sizes[port.first()] + " and "
                        + sizes[other]);
            }
        }
    }
}
