package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.Value.Constant;
import dev.gru.format.onnx.proto.Model;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Node.Subgraph;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Value;
import dev.gru.internal.Printable;

/**
 * The values of one graph by name: its inputs, its initializers, and what its nodes have made so far.
 *
 * <p>For use by one thread.
 */
final class Values {
    private final Values outer;
    private final Map<String, Tensor.Source> initializers;
    private final GraphInputs inputs;
    private final Map<String, Tensor> given;
    private final boolean onlyWeights;
    private final Map<String, Value> values = new HashMap<>();

    /**
     * Begins with the inputs and the initializers.
     *
     * @param model the graph
     * @param inputs its inputs
     * @param given constants for some of them
     * @param onlyWeights whether these are to be used only where a node needs weights; otherwise all of them are
     *     constants
     */
    Values(Model model, GraphInputs inputs, Map<String, Tensor> given, boolean onlyWeights) {
        this(null, model.initializers(), inputs, given, onlyWeights);
    }

    private Values(Values outer, Map<String, Tensor.Source> initializers, GraphInputs inputs,
            Map<String, Tensor> given, boolean onlyWeights) {
        this.outer = outer;
        this.initializers = initializers;
        this.inputs = inputs;
        this.given = given;
        this.onlyWeights = onlyWeights;
    }

    /** Returns the values of a graph in a node of this one, which sees those of this one too. */
    Values inside(Subgraph graph) {
        return new Values(this, graph.initializers(), inputs, given, onlyWeights);
    }

    /** Gives a name to what a node has made; nothing happens if either is missing. */
    void define(Node node, String name, Value value) throws ModelFormatException {
        if (name.isEmpty() || value == null) {
            return;
        }
        if (values.containsKey(name) || inputs.has(name) || initializers.containsKey(name)) {
            throw node.error("defines " + Printable.quoted(name) + ", which is defined already");
        }
        values.put(name, value);
    }

    /** Returns what has a name, or null if nothing has. */
    Value value(String name) throws ModelFormatException {
        Value value = values.get(name);
        if (value == null) {
            if (outer != null && !initializers.containsKey(name)) {
                return outer.value(name);
            } else if (outer == null && isGiven(name)) {
                value = new Constant(given.get(name));
            } else if (initializers.containsKey(name)) {
                value = new Constant(initializers.get(name).read());
            } else if (inputs.has(name)) {
                value = inputs.flow(name);
            } else {
                return null;
            }
            values.put(name, value);
        }
        return value;
    }

    /** Returns whether an input of the graph is a constant wherever it is used. */
    boolean isGiven(String name) {
        return given.containsKey(name) && !onlyWeights;
    }

    /** Returns an array that a node needs as weights, or null if it is not known before the model runs. */
    @SuppressWarnings("ReferenceEquality") // what is the same array but for its layout may be equal
    Tensor weights(Value value) throws ModelFormatException {
        if (value instanceof Flow flow && flow.origin() instanceof Flow.Input(String name)) {
            return flow == value(name) ? given.get(name) : null;
        }
        return value instanceof Constant(Tensor tensor) ? tensor : null;
    }

    Value input(Node node, int index) throws ModelFormatException {
        if (!node.hasInput(index)) {
            throw node.error("has no input " + index);
        }
        Value value = value(node.input(index));
        if (value == null) {
            throw node
                    .error("takes " + Printable.quoted(node.input(index)) + ", which is no output of a node before it");
        }
        return value;
    }

    Value optional(Node node, int index) throws ModelFormatException {
        return node.hasInput(index) ? input(node, index) : null;
    }

    Flow flow(Node node, int index) throws ModelFormatException {
        if (input(node, index) instanceof Flow flow) {
            return flow;
        }
        throw node.error("its input " + index + " does not depend on the inputs of the graph, which is not supported");
    }

    /** Returns the constants at some inputs; null where one is left out that may be. */
    List<Tensor> constants(Node node, int from, int required, int most) throws ModelFormatException {
        List<Tensor> tensors = new ArrayList<>();
        List<String> asked = new ArrayList<>();
        for (int i = from; i < from + most; i++) {
            Value value = i < from + required ? input(node, i) : optional(node, i);
            Tensor tensor = weights(value);
            if (tensor == null && value instanceof Flow flow
                    && flow.origin() instanceof Flow.Input(String name)) {
                asked.add(Printable.quoted(name));
            } else if (tensor == null && value != null) {
                throw node.error("its input " + i + " must be a constant");
            }
            tensors.add(tensor);
        }
        if (!asked.isEmpty()) {
            throw node.error("its weights are inputs of the graph: " + String.join(", ", asked)
                    + "; give them to OnnxReader.read(file, weights)");
        }
        return tensors;
    }

    /**
     * Returns the initial states that a node takes, or null for none. An input of the graph that has zeros to fall back
     * on is the input: a run may bring other states.
     */
    Value initialStates(Node node, int index) throws ModelFormatException {
        Value initial = optional(node, index);
        String name = node.input(index);
        if (initial instanceof Constant && initial.isZero() && inputs.has(name) && !isGiven(name)) {
            inputs.setOptional(name);
            return inputs.flow(name);
        }
        return initial;
    }
}
