package dev.gru.engine;

import java.util.ArrayList;
import java.util.List;

import dev.gru.internal.Printable;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.Attention;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Shape;

/**
 * How many steps each value of a graph has in a run: what {@link Graph#steps} says, without the layers, whose weights
 * need not be kept for it.
 */
final class StepRules {
    private interface Rule {
        int outputSteps(List<Shape> inputs, List<Integer> steps);
    }

    private record Node(String name, List<Shape> shapes, List<Integer> inputs, Rule rule) {
    }

    private final List<Node> nodes;

    StepRules(Graph model) {
        nodes = model.nodes().stream().map(node -> new Node(node.layer().name(), model.inputShapes(node),
                node.inputs(), rule(node.layer()))).toList();
    }

    private static Rule rule(Layer layer) {
        return switch (layer) {
            case Conv1D conv -> {
                Conv1D.Padding padding = conv.padding();
                int window = conv.window();
                int stride = conv.stride();
                yield (_, steps) -> padding.windows(window, stride, steps.getFirst());
            }
            case GruLayer gru -> ofRecurrent(gru.returnSequences());
            case Bidirectional both -> ofRecurrent(both.returnSequences());
            case PReLU prelu when prelu.steps() > 1 -> {
                int expected = prelu.steps();
                yield (_, steps) -> Reshaping.requireSteps(expected, steps.getFirst());
            }
            // These have no weights, or few.
            case Pooling1D _,Reshaping _,Merge _,Attention _ -> layer::outputSteps;
            case GlobalPooling1D _ -> (_, _) -> 1;
            default -> (_, steps) -> steps.getFirst();
        };
    }

    private static Rule ofRecurrent(boolean returnSequences) {
        return (_, steps) -> returnSequences ? steps.getFirst() : 1;
    }

    /**
     * Returns the steps of all values.
     *
     * @param ofInputs the steps of the model's inputs; a vector has 1
     * @throws IllegalArgumentException if a layer does not take so many; the message names it
     */
    List<Integer> steps(List<Integer> ofInputs) {
        List<Integer> steps = new ArrayList<>(ofInputs);
        for (Node node : nodes) {
            try {
                steps.add(node.rule.outputSteps(node.shapes, node.inputs.stream().map(steps::get).toList()));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new IllegalArgumentException("layer " + Printable.of(node.name) + ": " + e.getMessage(), e);
            }
        }
        return steps;
    }
}
