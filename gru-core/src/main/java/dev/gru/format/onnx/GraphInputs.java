package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Model;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.internal.Printable;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Presence;
import dev.gru.layer.Signature.Role;

/**
 * The inputs of an ONNX graph, and what each turns out to be: that of the model, lengths, or states.
 *
 * <p>For use by one thread.
 */
final class GraphInputs {
    private final String file;
    /** In the order of the graph. */
    private final Map<String, Input> inputs = new LinkedHashMap<>();

    /** An input: how it is declared, and what is known of it so far. */
    private static final class Input {
        final Model.Input declared;
        final List<FlowAxis> axes;
        Role role;
        boolean optional;
        /**
         * Of states: which state of the model is the first here, how many of those here layers have taken, and up to
         * which.
         */
        int firstState;
        int taken;
        int end;

        Input(Model.Input declared) {
            this.declared = declared;
            axes = declared.sizes() == null
                    ? null
                    : declared.sizes().stream().map(size -> new FlowAxis(null, size)).toList();
        }
    }

    /** Begins with the inputs of a model as they are declared. */
    GraphInputs(Model model) {
        file = model.file();
        for (Model.Input declared : model.inputs()) {
            inputs.put(declared.name(), new Input(declared));
        }
    }

    /** Returns whether there is an input of that name. */
    boolean has(String name) {
        return inputs.containsKey(name);
    }

    /** Returns an input as an array of which nothing is known but its dimensions. */
    Flow flow(String name) throws ModelFormatException {
        Input input = inputs.get(name);
        if (input.declared.elements() == Model.Elements.OTHER) {
            throw error(name, "holds neither floats nor whole numbers");
        }
        if (input.axes == null || input.axes.size() > Tensor.MAX_RANK) {
            throw error(name, input.axes == null ? "has no shape" : "has " + input.axes.size() + " dimensions");
        }
        return new Flow(new Flow.Input(name), 0, List.of(), input.axes.stream().map(List::of).toList(),
                input.declared.elements() == Model.Elements.WHOLE_NUMBERS);
    }

    /** Says what an input is. */
    void use(Node node, String name, Role role) throws ModelFormatException {
        Input input = inputs.get(name);
        if (input.role != null && input.role != role) {
            throw node.error("uses the input " + Printable.quoted(name) + " as " + role + ", but it is " + input.role
                    + " already");
        }
        input.role = role;
    }

    /** Returns how many features an input has; 0 for one that nothing has asked for features of. */
    long features(String name) {
        return inputs.get(name).axes.stream().filter(axis -> axis.role() == Axis.FEATURE).mapToLong(FlowAxis::size)
                .findFirst().orElse(0);
    }

    /** Returns the shape of an input of the model: of token ids, if nothing has asked for features of it. */
    Shape shape(String name) {
        Input input = inputs.get(name);
        int features = Math.toIntExact(features(name));
        settle(input, features > 0);
        if (features == 0) {
            return Shape.tokens();
        }
        boolean hasSteps = input.axes.stream().anyMatch(axis -> axis.role() == Axis.STEP);
        return hasSteps ? Shape.sequence(features) : Shape.vector(features);
    }

    /** Says of axes that nothing has asked for what they are: before the features come the batch and the steps. */
    private static void settle(Input input, boolean hasFeatures) {
        boolean isVector = hasFeatures && input.axes.size() == 2;
        for (Axis role : isVector ? List.of(Axis.BATCH) : List.of(Axis.BATCH, Axis.STEP)) {
            if (input.axes.stream().noneMatch(axis -> axis.role() == role)) {
                input.axes.stream().filter(axis -> axis.role() == null).findFirst()
                        .ifPresent(axis -> axis.become(role));
            }
        }
    }

    /** Says that a graph has zeros for an input that holds states, should it be left out. */
    void setOptional(String name) {
        inputs.get(name).optional = true;
    }

    /**
     * Says that an input holds states of a layer.
     *
     * @param first which of those of the input is the first
     * @param state which of those of the model that is
     * @param count how many
     */
    void useStates(Node node, String name, int first, int state, int count) throws ModelFormatException {
        use(node, name, Role.INITIAL_STATE);
        Input input = inputs.get(name);
        int firstState = state - first;
        // The states of the model only ever go up, so that those of an input do too.
        if (firstState < 0 || (input.taken > 0 && input.firstState != firstState)) {
            throw node.error("the input " + Printable.quoted(name)
                    + " must hold the states of the layers in their order, each once");
        }
        input.firstState = firstState;
        input.taken += count;
        input.end = first + count;
    }

    /**
     * Returns the inputs that the model uses.
     *
     * @param order the names of those that are inputs of layers, as the model counts them
     * @param state finds where a state is that layers count as they are made
     */
    List<Port> ports(List<String> order, IntUnaryOperator state) throws ModelFormatException {
        List<Port> ports = new ArrayList<>();
        for (Map.Entry<String, Input> entry : inputs.entrySet()) {
            Input input = entry.getValue();
            if (input.role == Role.INPUT ? order.contains(entry.getKey()) : input.role != null) {
                ports.add(port(entry.getKey(), input, Math.max(order.indexOf(entry.getKey()), 0), state));
            }
        }
        return ports;
    }

    private Port port(String name, Input input, int index, IntUnaryOperator state) throws ModelFormatException {
        List<Axis> axes = new ArrayList<>();
        for (FlowAxis axis : input.axes) {
            if (axis.role() == null && !axis.isOne()) {
                throw error(name, "the dimension " + axes.size() + " is neither the batch nor the steps nor features");
            }
            axes.add(axis.role() == null ? Axis.ONE : axis.role());
        }
        int count = 0;
        if (input.role == Role.INITIAL_STATE) {
            count = input.taken;
            long declared = FlowAxis.elements(input.axes.stream()
                    .filter(axis -> axis.role() == Axis.DIRECTION && axis.size() != FlowAxis.UNKNOWN).toList());
            if (count != input.end || declared > count) {
                throw error(name, "holds states that no layer takes");
            }
        }
        int first = count == 0 ? 0 : state.applyAsInt(input.firstState);
        for (int i = 0; i < count; i++) {
            if (state.applyAsInt(input.firstState + i) != first + i) {
                throw error(name, "holds states of layers that are not one after the other in the model");
            }
        }
        return new Port(name, input.role, index, first, count, axes, Presence.optionalIf(input.optional));
    }

    private ModelFormatException error(String name, String problem) {
        return new ModelFormatException(file + ": input " + Printable.quoted(name) + ": " + problem);
    }
}
