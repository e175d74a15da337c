package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.pattern.Patterns;
import dev.gru.format.onnx.proto.Model;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Budget;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.Value;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;

/**
 * Goes through the nodes of one ONNX graph without running them, and finds the layers that they make.
 *
 * <p>Constants are computed as the nodes say, arrays that depend on an input are followed from layer to layer, and
 * everything that is neither is refused by the name of its node. For one graph and one thread.
 */
final class Interpretation {
    /** GRU nodes have their present form from this version on. */
    private static final int OLDEST_OPSET = 7;

    /** A message is one that can be read. */
    private static final int MAX_NAMED = 20;

    private final Model model;
    private final Values values;
    private final ModelOfStages stages;
    private final Operators operators;

    /**
     * Starts on a graph.
     *
     * @param model the graph
     * @param given constants for inputs of the graph
     * @param onlyWeights whether they are to be used only where a node needs weights; otherwise all of them are
     *     constants
     */
    Interpretation(Model model, Map<String, Tensor> given, boolean onlyWeights) {
        this.model = model;
        long givenBytes = Float.BYTES * given.values().stream().mapToLong(Tensor::length).sum();
        Budget budget = new Budget(() -> model.bytes().getAsLong() + givenBytes);
        GraphInputs inputs = new GraphInputs(model);
        values = new Values(model, inputs, given, onlyWeights);
        Layers layers = new Layers(inputs, budget);
        Recurrences recurrences = new Recurrences(inputs, layers, budget);
        stages = new ModelOfStages(model.file(), inputs, layers, recurrences);
        operators = new Operators(model.opset(), values, layers, recurrences, budget);
    }

    /** Returns the model that the graph is. */
    Graph build() throws ModelFormatException {
        if (model.opset() < OLDEST_OPSET) {
            throw new ModelFormatException(model.file() + ": its operators are of version " + model.opset()
                    + ", supported are those from " + OLDEST_OPSET + " on");
        }
        List<Node> needed = needed();
        requireSupported(needed);
        for (Node node : needed) {
            List<? extends Value> results;
            try {
                results = operators.results(node);
            } catch (ArithmeticException | IllegalArgumentException e) {
                throw new ModelFormatException(node.error("is not supported").getMessage() + ": " + Printable.of(e), e);
            }
            for (int i = 0; i < node.outputs().size(); i++) {
                values.define(node, node.outputs().get(i), i < results.size() ? results.get(i) : null);
            }
        }
        try {
            return stages.build(outputs());
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new ModelFormatException(model.file() + ": " + Printable.of(e), e);
        }
    }

    /** Refuses a graph by the names of all operators that are not supported. */
    private void requireSupported(List<Node> nodes) throws ModelFormatException {
        Map<String, List<Node>> unsupported = new LinkedHashMap<>();
        for (Node node : nodes) {
            if (!operators.supports(node)) {
                unsupported.computeIfAbsent(node.opType(), _ -> new ArrayList<>()).add(node);
            }
        }
        if (unsupported.isEmpty()) {
            return;
        }
        Node first = unsupported.values().iterator().next().getFirst();
        String others = unsupported.values().stream().skip(1).limit(MAX_NAMED)
                .map(of -> Printable.of(of.getFirst().opType()) + " (node \"" + of.getFirst().label() + "\")")
                .collect(Collectors.joining(", "));
        throw first.error("the operator is not supported" + (others.isEmpty() ? "" : "; the same holds for " + others)
                + (unsupported.size() - 1 > MAX_NAMED ? " and others" : ""));
    }

    private Map<String, Flow> outputs() throws ModelFormatException {
        Map<String, Flow> outputs = new LinkedHashMap<>();
        for (String name : model.outputs()) {
            if (!(values.value(name) instanceof Flow flow)) {
                throw new ModelFormatException(model.file() + ": output " + Printable.quoted(name)
                        + ": is not computed from the inputs by layers");
            }
            if (outputs.put(name, flow) != null) {
                throw new ModelFormatException(model.file() + ": output " + Printable.quoted(name) + " appears twice");
            }
        }
        return outputs;
    }

    /** Returns the nodes that the outputs depend on, in the order of the graph. */
    private List<Node> needed() throws ModelFormatException {
        Set<String> names = new HashSet<>(model.outputs());
        List<Node> needed = new ArrayList<>();
        for (Node node : Patterns.joined(model).reversed()) {
            if (node.outputs().stream().anyMatch(output -> !output.isEmpty() && names.contains(output))) {
                node.addDependencies(names);
                needed.add(node);
            }
        }
        return needed.reversed();
    }
}
