package dev.gru.format.onnx.pattern;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Model;
import dev.gru.format.onnx.proto.Node;

/**
 * Replaces nodes that compute a layer normalisation or GELU in elementary operators, as older exporters write them, by
 * ONNX's operators for these. Whatever is computed in another way stays as it is.
 *
 * <p>For one graph and one thread.
 */
public final class Patterns {
    /** Constants in files are rounded: √2 has seven digits. */
    private static final double ROUNDING = 1e-5;

    /** From here on, log(1 + eˣ) is x but for less than half a unit in the last place. */
    private static final double ONLY_ROUNDING = 15;

    private final NodeGraph graph;
    private final IdentityHashMap<Node, Node> replaced = new IdentityHashMap<>();

    private Patterns(NodeGraph graph) {
        this.graph = graph;
    }

    /** Returns the nodes of a graph, some of them put together. */
    public static List<Node> joined(Model model) throws ModelFormatException {
        boolean mayHave = model.nodes().stream().anyMatch(
                node -> List.of("Sqrt", "Erf", "Where").contains(node.opType()));
        if (!mayHave) {
            return model.nodes();
        }
        Patterns patterns = new Patterns(new NodeGraph(model));
        for (Node node : model.nodes()) {
            switch (node.opType()) {
                case "Sqrt" -> patterns.layerNormalization(node);
                case "Erf" -> patterns.gelu(node);
                case "Where" -> patterns.softplus(node);
                default -> {
                    // Any other operator is one of its own.
                }
            }
        }
        List<Node> nodes = new ArrayList<>();
        for (Node node : model.nodes()) {
            // What the last node took before is not needed any more, unless something else takes it.
            nodes.add(patterns.replaced.getOrDefault(node, node));
        }
        return nodes;
    }

    private void replace(Node last, String opType, List<String> inputs, Map<String, Object> attributes) {
        replaced.put(last, new Node(last.file(), last.name(), opType, inputs, last.outputs(), attributes));
    }

    /**
     * (x − mean) / √(variance + ε), perhaps times gamma, perhaps plus beta; or, as TensorFlow has it, x · s + (beta −
     * mean · s), where s is gamma / √(variance + ε). Means are such along one axis, which stays as one of size 1.
     */
    private void layerNormalization(Node root) throws ModelFormatException {
        Node add = graph.maker(root.input(0), "Add");
        if (add == null) {
            return;
        }
        double epsilon = graph.number(add.input(1));
        String variance = add.input(0);
        if (Double.isNaN(epsilon)) {
            epsilon = graph.number(add.input(0));
            variance = add.input(1);
        }
        Node ofSquares = graph.maker(variance, "ReduceMean");
        Node square = ofSquares == null ? null : square(ofSquares.input(0));
        Node difference = square == null ? null : difference(square.input(0));
        Node mean = difference == null ? null : graph.maker(difference.input(1), "ReduceMean");
        if (Double.isNaN(epsilon) || mean == null || !mean.input(0).equals(difference.input(0))) {
            return;
        }
        Long axis = axis(mean);
        if (axis == null || !axis.equals(axis(ofSquares))) {
            return;
        }
        Map<String, Object> attributes = Map.of("axis", axis, "epsilon", (float) epsilon);
        Node quotient = graph.taker(root.outputs().getFirst(), "Div");
        if (quotient != null && quotient.input(1).equals(root.outputs().getFirst())) {
            if (quotient.input(0).equals(difference.outputs().getFirst())) {
                scaled(quotient, difference.input(0), attributes);
                return;
            }
            if (graph.number(quotient.input(0)) != 1) {
                return;
            }
        } else {
            quotient = graph.taker(root.outputs().getFirst(), "Reciprocal");
        }
        if (quotient != null) {
            multiplied(quotient, difference, mean, attributes);
        }
    }

    private Node square(String value) throws ModelFormatException {
        Node power = graph.maker(value, "Pow");
        if (power != null) {
            return graph.number(power.input(1)) == 2 ? power : null;
        }
        Node product = graph.maker(value, "Mul");
        return product != null && product.input(0).equals(product.input(1)) ? product : null;
    }

    private Node difference(String value) {
        Node cast = graph.maker(value, "Cast");
        return graph.maker(cast == null ? value : cast.input(0), "Sub");
    }

    /** Returns the only axis of a mean whose dimension stays, or null. */
    private Long axis(Node mean) throws ModelFormatException {
        if (mean.integer("keepdims", 1) == 0) {
            return null;
        }
        if (mean.has("axes")) {
            List<Long> axes = mean.list("axes", Long.class, List.of());
            return axes.size() == 1 ? axes.getFirst() : null;
        }
        double axis = graph.number(mean.input(1));
        return Double.isNaN(axis) ? null : (Long) (long) axis;
    }

    /** What comes after the quotient: a factor and a summand that are constants. */
    private void scaled(Node quotient, String x, Map<String, Object> attributes) {
        Node last = quotient;
        String gamma = "";
        String beta = "";
        Node product = graph.taker(last.outputs().getFirst(), "Mul");
        if (product != null && graph.isConstant(NodeGraph.other(product, last.outputs().getFirst()))) {
            gamma = NodeGraph.other(product, last.outputs().getFirst());
            last = product;
        }
        Node sum = graph.taker(last.outputs().getFirst(), "Add");
        if (sum != null && graph.isConstant(NodeGraph.other(sum, last.outputs().getFirst()))) {
            beta = NodeGraph.other(sum, last.outputs().getFirst());
            last = sum;
        }
        replace(last, "LayerNormalization", List.of(x, gamma, beta), attributes);
    }

    /** x · s + (beta − mean · s), or (x − mean) · s, where s is the reciprocal, perhaps times gamma. */
    private void multiplied(Node reciprocal, Node difference, Node mean, Map<String, Object> attributes) {
        String x = difference.input(0);
        String factor = reciprocal.outputs().getFirst();
        String gamma = "";
        Node product = graph.taker(factor, "Mul");
        if (product != null && NodeGraph.other(product, factor).equals(difference.outputs().getFirst())) {
            scaled(product, x, attributes);
            return;
        }
        if (product != null && graph.isConstant(NodeGraph.other(product, factor))) {
            gamma = NodeGraph.other(product, factor);
            factor = product.outputs().getFirst();
        }
        Node ofInput = null;
        Node ofMean = null;
        for (Node taker : graph.takers(factor)) {
            String other = taker.opType().equals("Mul") ? NodeGraph.other(taker, factor) : "";
            ofInput = other.equals(x) ? taker : ofInput;
            ofMean = other.equals(mean.outputs().getFirst()) ? taker : ofMean;
        }
        if (ofInput == null || ofMean == null) {
            return;
        }
        Node rest = graph.taker(ofMean.outputs().getFirst(), "Sub");
        Node sum = graph.taker(ofInput.outputs().getFirst(), "Add");
        if (rest != null && sum != null && rest.input(1).equals(ofMean.outputs().getFirst())
                && graph.isConstant(rest.input(0))
                && NodeGraph.other(sum, ofInput.outputs().getFirst()).equals(rest.outputs().getFirst())) {
            replace(sum, "LayerNormalization", List.of(x, gamma, rest.input(0)), attributes);
        }
    }

    /** x · ½ · (1 + erf(x / √2)), in any order. */
    private void gelu(Node erf) throws ModelFormatException {
        Node quotient = graph.maker(erf.input(0), "Div");
        Node scaled = graph.maker(erf.input(0), "Mul");
        String x = null;
        if (quotient != null && isAbout(graph.number(quotient.input(1)), Math.sqrt(2))) {
            x = quotient.input(0);
        } else if (scaled != null && isAbout(graph.number(scaled.input(1)), Math.sqrt(0.5))) {
            x = scaled.input(0);
        } else if (scaled != null && isAbout(graph.number(scaled.input(0)), Math.sqrt(0.5))) {
            x = scaled.input(1);
        }
        Node sum = graph.taker(erf.outputs().getFirst(), "Add");
        if (x == null || sum == null || graph.number(NodeGraph.other(sum, erf.outputs().getFirst())) != 1) {
            return;
        }
        boolean hasInput = false;
        boolean hasHalf = false;
        Node last = sum;
        while (!hasInput || !hasHalf) {
            Node product = graph.taker(last.outputs().getFirst(), "Mul");
            if (product == null) {
                return;
            }
            String factor = NodeGraph.other(product, last.outputs().getFirst());
            Node half = graph.maker(factor, "Mul");
            if (factor.equals(x) && !hasInput) {
                hasInput = true;
            } else if (graph.number(factor) == 0.5 && !hasHalf) {
                hasHalf = true;
            } else if (half != null && !hasInput && !hasHalf && ((half.input(0).equals(x)
                    && graph.number(half.input(1)) == 0.5)
                    || (half.input(1).equals(x)
                            && graph.number(half.input(0)) == 0.5))) {
                hasInput = true;
                hasHalf = true;
            } else {
                return;
            }
            last = product;
        }
        replace(last, "Gelu", List.of(x), Map.of());
    }

    /** x where it is above a threshold, else log(1 + eˣ), which is x there but for rounding. */
    private void softplus(Node choice) throws ModelFormatException {
        Node condition = graph.maker(choice.input(0), "Greater");
        Node softplus = graph.maker(choice.input(2), "Softplus");
        String x = choice.input(1);
        if (condition != null && softplus != null && condition.input(0).equals(x) && softplus.input(0).equals(x)
                && graph.number(condition.input(1)) >= ONLY_ROUNDING) {
            replace(choice, "Softplus", List.of(x), Map.of());
        }
    }

    private static boolean isAbout(double value, double expected) {
        return Math.abs(value - expected) < ROUNDING;
    }
}
