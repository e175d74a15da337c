package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.OnnxReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.Value.Constant;
import dev.gru.internal.Printable;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;

/**
 * Goes through the nodes of one ONNX graph without running them, and finds the layers that they make.
 *
 * <p>Constants are computed as the nodes say, arrays that depend on an input are followed from layer to layer, and
 * everything that is neither is refused by the name of its node. For one graph and one thread.
 */
final class Graph {
    /**
     * In version 13 some operators got their axes as an input, which had been attributes, and softmax became one of
     * rows.
     */
    private static final int OPSET_13 = 13;
    /** GRU nodes have their present form from this version on. */
    private static final int OLDEST_OPSET = 7;
    /** Operators that put out what they are given or hold. */
    private static final Set<String> AS_THEY_ARE = Set.of("Constant", "Identity", "Dropout");

    private final Model model;
    private final Map<String, Tensor> given;
    private final boolean onlyWeights;
    private final GraphInputs inputs;
    private final Chain chain;
    private final LayoutOperators layout;
    private final PartOperators parts;
    private final Budget budget;
    private final Map<String, Value> values = new HashMap<>();

    /**
     * Starts on a graph.
     *
     * @param model the graph
     * @param given constants for inputs of the graph
     * @param onlyWeights whether they are to be used only where a node needs weights; otherwise all of them are
     *     constants
     */
    Graph(Model model, Map<String, Tensor> given, boolean onlyWeights) {
        this.model = model;
        this.given = given;
        this.onlyWeights = onlyWeights;
        budget = new Budget(model.bytes()
                + Float.BYTES * given.values().stream().mapToLong(Tensor::length).sum());
        inputs = new GraphInputs(model);
        chain = new Chain(inputs, budget);
        ConstantFolding folding = new ConstantFolding(budget);
        parts = new PartOperators(folding, new Selection(chain), budget);
        layout = new LayoutOperators(folding, parts);
    }

    /** Returns the model that the graph is. */
    Sequential build() throws ModelFormatException {
        if (model.opset() < OLDEST_OPSET) {
            throw new ModelFormatException(model.file() + ": its operators are of version " + model.opset()
                    + ", supported are those from " + OLDEST_OPSET + " on");
        }
        for (Node node : needed()) {
            List<? extends Value> results;
            try {
                results = results(node);
            } catch (ArithmeticException | IllegalArgumentException e) {
                throw new ModelFormatException(node.error("is not supported").getMessage() + ": " + Printable.of(e), e);
            }
            for (int i = 0; i < node.outputs().size(); i++) {
                Value result = i < results.size() ? results.get(i) : null;
                if (!AS_THEY_ARE.contains(node.opType())) {
                    budget.takeLayout(node, result);
                }
                define(node, node.outputs().get(i), result);
            }
        }
        try {
            return chain.finish(model.file(), outputs());
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new ModelFormatException(model.file() + ": " + Printable.of(e), e);
        }
    }

    private Map<String, Flow> outputs() throws ModelFormatException {
        Map<String, Flow> outputs = new LinkedHashMap<>();
        for (String name : model.outputs()) {
            if (!(value(name) instanceof Flow flow)) {
                throw new ModelFormatException(model.file() + ": output " + Printable.quoted(name)
                        + ": is not computed from the inputs by layers");
            }
            if (outputs.put(name, flow) != null) {
                throw new ModelFormatException(model.file() + ": output " + Printable.quoted(name) + " is there twice");
            }
        }
        return outputs;
    }

    /** Returns the nodes that something which comes out depends on, in the order of the graph. */
    private List<Node> needed() {
        Set<String> names = new HashSet<>(model.outputs());
        List<Node> needed = new ArrayList<>();
        for (Node node : model.nodes().reversed()) {
            if (node.outputs().stream().anyMatch(output -> !output.isEmpty() && names.contains(output))) {
                names.addAll(node.inputs());
                needed.add(node);
            }
        }
        return needed.reversed();
    }

    private void define(Node node, String name, Value value) throws ModelFormatException {
        if (name.isEmpty() || value == null) {
            return;
        }
        if (values.containsKey(name) || inputs.has(name) || model.initializers().containsKey(name)) {
            throw node.error("puts out " + Printable.quoted(name) + ", which is there already");
        }
        values.put(name, value);
    }

    /** Returns what has a name, or null if nothing has. */
    private Value value(String name) throws ModelFormatException {
        Value value = values.get(name);
        if (value == null) {
            if (isGiven(name)) {
                value = new Constant(given.get(name));
            } else if (model.initializers().containsKey(name)) {
                value = new Constant(model.initializers().get(name).read());
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
    private boolean isGiven(String name) {
        return given.containsKey(name) && !onlyWeights;
    }

    /** Returns an array that a node needs as weights, or null if it is not known before the model runs. */
    @SuppressWarnings("ReferenceEquality") // what is the same array but for its layout may be equal
    private Tensor weights(Value value) {
        if (value instanceof Flow flow && flow.origin() instanceof Flow.Input(String name)) {
            return flow == values.get(name) ? given.get(name) : null;
        }
        return value instanceof Constant(Tensor tensor) ? tensor : null;
    }

    private Value input(Node node, int index) throws ModelFormatException {
        if (!node.hasInput(index)) {
            throw node.error("has no input " + index);
        }
        Value value = value(node.input(index));
        if (value == null) {
            throw node.error("takes " + Printable.quoted(node.input(index)) + ", which no node before it puts out");
        }
        return value;
    }

    private Value optional(Node node, int index) throws ModelFormatException {
        return node.hasInput(index) ? input(node, index) : null;
    }

    private Flow flow(Node node, int index) throws ModelFormatException {
        if (input(node, index) instanceof Flow flow) {
            return flow;
        }
        throw node.error("its input " + index + " does not depend on the inputs of the graph, which is not supported");
    }

    /** Returns the constants at some inputs; null where one is left out that may be. */
    private List<Tensor> constants(Node node, int from, int required, int most) throws ModelFormatException {
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

    private List<? extends Value> results(Node node) throws ModelFormatException {
        return switch (node.opType()) {
            case "Constant" -> List.of(constant(node));
            case "Identity" -> List.of(identity(node));
            case "Dropout" -> List.of(dropout(node));
            case "Gather" -> List.of(gather(node));
            case "GRU" -> gru(node);
            case "MatMul" -> List.of(matMul(node));
            case "Gemm" -> List.of(gemm(node));
            case "Add" -> List.of(add(node));
            case "Relu" -> List.of(function(node, Activation.RELU));
            case "Sigmoid" -> List.of(function(node, Activation.SIGMOID));
            case "Tanh" -> List.of(function(node, Activation.TANH));
            case "HardSigmoid" -> List.of(hardSigmoid(node));
            case "Softmax" -> List.of(softmax(node));
            default -> {
                List<Value> operands = new ArrayList<>();
                for (int i = 0; i < node.inputs().size(); i++) {
                    Value operand = optional(node, i);
                    budget.takeLayout(node, operand);
                    operands.add(operand);
                }
                yield layout.results(node, operands);
            }
        };
    }

    private static Value constant(Node node) throws ModelFormatException {
        node.requireOnly(0, "value", "value_float", "value_floats", "value_int", "value_ints");
        if (node.attributes().size() != 1) {
            throw node.error("must have one value, has " + node.attributes().size());
        }
        String kind = node.attributes().keySet().iterator().next();
        return new Constant(switch (kind) {
            case "value" -> node.tensor(kind);
            case "value_float" -> Tensor.of(new float[]{node.number(kind, 0)});
            case "value_int" -> Tensor.of(new long[]{node.integer(kind, 0)});
            case "value_ints" -> {
                List<Long> ints = node.list(kind, Long.class, List.of());
                yield Tensor.of(ints.stream().mapToLong(Long::longValue).toArray(), ints.size());
            }
            default -> {
                List<Float> numbers = node.list(kind, Float.class, List.of());
                float[] floats = new float[numbers.size()];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = numbers.get(i);
                }
                yield Tensor.of(floats, floats.length);
            }
        });
    }

    private Value identity(Node node) throws ModelFormatException {
        node.requireOnly(1);
        return input(node, 0);
    }

    /** Dropout changes nothing where a model runs. */
    private Value dropout(Node node) throws ModelFormatException {
        node.requireOnly(3, "ratio", "seed");
        Value training = optional(node, 2);
        if (training != null && !training.isZero()) {
            throw node.error("training_mode must be false");
        }
        return input(node, 0);
    }

    private Value gather(Node node) throws ModelFormatException {
        if (!(optional(node, 1) instanceof Flow tokens)) {
            return parts.gather(node, input(node, 0), optional(node, 1));
        }
        node.requireOnly(2, "axis");
        Tensor table = constants(node, 0, 1, 1).getFirst();
        if (table.rank() != 2 || table.floats() == null || node.axis(node.integer("axis", 0), 2) != 0) {
            throw node.error("looks up tokens in " + table + " along the axis " + node.integer("axis", 0)
                    + "; it must be a table of floats with a row for each token");
        }
        return chain.embedding(node, tokens, table);
    }

    private List<Flow> gru(Node node) throws ModelFormatException {
        GruNode gru = new GruNode(node);
        List<Tensor> tensors = constants(node, 1, 2, 3);
        Value lengths = optional(node, 4);
        budget.takeLayout(node, lengths);
        Value initial = optional(node, 5);
        String name = node.input(5);
        if (initial instanceof Constant && initial.isZero() && inputs.has(name)
                && !isGiven(name)) {
            // An input with zeros to fall back on: a run may bring other states.
            initial = inputs.flow(name);
            inputs.setOptional(name);
        }
        return chain.gru(node, gru, flow(node, 0),
                gru.weights(tensors.get(0), tensors.get(1), tensors.get(2), budget), lengths, initial);
    }

    private Flow matMul(Node node) throws ModelFormatException {
        node.requireOnly(2);
        return product(node, flow(node, 0), constants(node, 1, 1, 1).getFirst(), false, 1, null);
    }

    private Flow gemm(Node node) throws ModelFormatException {
        node.requireOnly(3, "alpha", "beta", "transA", "transB");
        Flow x = flow(node, 0);
        if (node.flag("transA") || x.rank() != 2) {
            throw node.error("its A must have 2 dimensions, (rows, features), and not be transposed");
        }
        List<Tensor> constants = constants(node, 1, 1, 2);
        boolean rows = node.flag("transB");
        Tensor weight = constants.get(0);
        float[] bias = null;
        float beta = node.number("beta", 1);
        if (constants.get(1) != null && beta != 0) {
            requireMatrix(node, weight);
            bias = Chain.row(node, constants.get(1), weight.shape()[rows ? 0 : 1]);
            scale(bias, beta);
        }
        return product(node, x, weight, rows, node.number("alpha", 1), bias);
    }

    private static void requireMatrix(Node node, Tensor weight) throws ModelFormatException {
        if (weight.rank() != 2 || weight.floats() == null || weight.length() == 0) {
            throw node.error("its weights must be a matrix of floats, are " + weight);
        }
    }

    /** Adds a dense layer; {@code rows} says whether its weights have one row per output or one column. */
    private Flow product(Node node, Flow x, Tensor weight, boolean rows, float alpha, float[] bias)
            throws ModelFormatException {
        requireMatrix(node, weight);
        Tensor perOutput = rows ? weight : layout.transpose(node, weight, new int[]{1, 0});
        float[] values = perOutput.floats();
        if (alpha != 1) {
            budget.take(node, values.length);
            values = values.clone();
            scale(values, alpha);
        }
        budget.takeForLayer(node, values.length);
        return chain.dense(node, x, perOutput.shape()[1], perOutput.shape()[0], values, bias);
    }

    private static void scale(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    private Value add(Node node) throws ModelFormatException {
        node.requireOnly(2);
        int constant = weights(input(node, 1)) == null ? 0 : 1;
        Flow x = flow(node, 1 - constant);
        Tensor bias = weights(input(node, constant));
        if (bias == null) {
            throw node.error("adds two arrays that depend on the inputs, which is not supported");
        }
        return chain.bias(node, x, bias);
    }

    private Flow function(Node node, Activation activation) throws ModelFormatException {
        node.requireOnly(1);
        return chain.activation(node, flow(node, 0), -1, activation);
    }

    private Flow hardSigmoid(Node node) throws ModelFormatException {
        node.requireOnly(1, "alpha", "beta");
        return chain.activation(node, flow(node, 0), -1, GruNode.hardSigmoid(node));
    }

    private Flow softmax(Node node) throws ModelFormatException {
        node.requireOnly(1, "axis");
        Flow x = flow(node, 0);
        int axis = node.axis(node.integer("axis", model.opset() < OPSET_13 ? 1 : -1), x.rank());
        if (model.opset() < OPSET_13 && axis != x.rank() - 1) {
            // Up to then it went over all dimensions from the axis on.
            throw node.error("goes over the dimensions from " + axis + " on, only over the last one is supported");
        }
        return chain.activation(node, x, axis, Activation.SOFTMAX);
    }
}
