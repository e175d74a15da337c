package dev.gru.format.onnx.pattern;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Model;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;

/**
 * The nodes of a graph by what they make and by what they take.
 *
 * <p>For one graph and one thread.
 */
final class NodeGraph {
    private final Map<String, Tensor.Source> initializers;
    private final Map<String, Node> makers = new HashMap<>();
    private final Map<String, List<Node>> takers = new HashMap<>();
    private final Set<String> outputs;
    /** What was looked at, as a constant is decoded for that. */
    private final Map<String, Double> numbers = new HashMap<>();

    /** Makes the maps. */
    NodeGraph(Model model) throws ModelFormatException {
        initializers = model.initializers();
        outputs = new HashSet<>(model.outputs());
        for (Node node : model.nodes()) {
            node.outputs().forEach(output -> makers.put(output, node));
            Set<String> names = new HashSet<>();
            node.addDependencies(names);
            names.forEach(name -> takers.computeIfAbsent(name, _ -> new ArrayList<>()).add(node));
        }
    }

    /** Returns the node that makes a value if it is of an operator, or null. */
    Node maker(String value, String opType) {
        Node node = makers.get(value);
        return node != null && node.opType().equals(opType) && node.outputs().getFirst().equals(value) ? node : null;
    }

    /** Returns the only node that takes a value, or null if there are several, or it is an output of the graph. */
    Node taker(String value) {
        List<Node> nodes = takers.getOrDefault(value, List.of());
        return nodes.size() == 1 && !outputs.contains(value) ? nodes.getFirst() : null;
    }

    /** Returns the only node that takes a value if it is of an operator, or null. */
    Node taker(String value, String opType) {
        Node node = taker(value);
        return node != null && node.opType().equals(opType) ? node : null;
    }

    /** Returns the nodes that take a value. */
    List<Node> takers(String value) {
        return takers.getOrDefault(value, List.of());
    }

    /** Returns a constant number, or NaN if a value is none. */
    double number(String value) throws ModelFormatException {
        Double known = numbers.get(value);
        if (known == null) {
            Tensor tensor = constant(value);
            known = tensor == null || tensor.length() != 1
                    ? Double.NaN
                    : tensor.floats() != null ? (double) tensor.floats()[0] : tensor.longs()[0];
            numbers.put(value, known);
        }
        return known;
    }

    private Tensor constant(String value) throws ModelFormatException {
        Node node = maker(value, "Constant");
        if (node != null) {
            return node.attributes().get("value") instanceof Tensor.Source
                    ? node.tensor("value")
                    : node.has("value_float") ? Tensor.of(new float[]{node.number("value_float", 0)}) : null;
        }
        return initializers.containsKey(value) ? initializers.get(value).read() : null;
    }

    /** Returns whether a value is a constant. */
    boolean isConstant(String value) {
        return initializers.containsKey(value) || maker(value, "Constant") != null;
    }

    /** Returns the input of a node with two of them that is not the given one, or an empty name if it is both. */
    static String other(Node node, String value) {
        return node.input(0).equals(value) ? node.input(1) : node.input(0);
    }
}
