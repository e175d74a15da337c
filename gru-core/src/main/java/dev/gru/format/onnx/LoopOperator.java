package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.Item.Condition;
import dev.gru.format.onnx.Item.Count;
import dev.gru.format.onnx.Item.Outer;
import dev.gru.format.onnx.Item.Vector;
import dev.gru.format.onnx.value.Budget;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.format.onnx.value.Size;
import dev.gru.format.onnx.value.Value.Constant;
import dev.gru.format.onnx.loop.Algebra;
import dev.gru.format.onnx.loop.DepartureException;
import dev.gru.format.onnx.loop.Equations;
import dev.gru.format.onnx.loop.Formula;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Node.Subgraph;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Value;
import dev.gru.internal.Printable;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;

/**
 * A {@code Loop} over the steps of a sequence whose body is one step of a GRU, as tf2onnx writes Keras's GRU layers:
 * its equations are found in the body, and it becomes a layer. Any other loop is refused.
 *
 * @see <a href="https://onnx.ai/onnx/operators/onnx__Loop.html">the definition of the operator</a>
 */
final class LoopOperator {
    /** The inputs before those that are carried from step to step: how many steps at most, and whether to begin. */
    private static final int FIRST_CARRIED = 2;

    private final Values values;
    private final Recurrences recurrences;
    private final Budget budget;
    private final Function<Values, Evaluation> evaluations;

    /**
     * Makes the operator.
     *
     * @param evaluations evaluate the nodes of a body that do not depend on the step, from its values
     * @param values what nodes take
     * @param recurrences where GRU layers go
     * @param budget for what nodes do
     */
    LoopOperator(Function<Values, Evaluation> evaluations, Values values, Recurrences recurrences,
            Budget budget) {
        this.evaluations = evaluations;
        this.values = values;
        this.recurrences = recurrences;
        this.budget = budget;
    }

    /** What is carried from step to step and is a state: which input of the body it is, and its units. */
    private record State(int index, Value initial, int units) {
    }

    /** Returns the outputs of a loop: what was carried, and what every step made. */
    List<Value> results(Node node) throws ModelFormatException {
        node.requireOnly(Integer.MAX_VALUE, "body");
        Subgraph body = node.graph("body");
        int carried = node.inputs().size() - FIRST_CARRIED;
        if (carried < 0 || body.inputs().size() != FIRST_CARRIED + carried || body.outputs().size() < 1 + carried
                || new HashSet<>(body.inputs()).size() != body.inputs().size()) {
            throw refused(node, "its body has " + body.inputs().size() + " inputs and " + body.outputs().size()
                    + " outputs");
        }
        Values inside = values.inside(body);
        Algebra algebra = new Algebra();
        LoopBody steps = new LoopBody(algebra, inside, evaluations.apply(inside));
        List<State> states = begin(node, body, algebra, steps);
        if (states.size() != 1) {
            throw refused(node, "it carries " + states.size() + " states from step to step, a GRU has one");
        }
        run(node, body, steps);
        return results(node, body, states.getFirst(), algebra, steps);
    }

    private List<Value> results(Node node, Subgraph body, State state, Algebra algebra, LoopBody steps)
            throws ModelFormatException {
        String next = body.outputs().get(state.index() - 1);
        try {
            Flow x = steps.sequence();
            if (x == null) {
                throw refused(node, "its body takes no steps of a sequence");
            }
            requireAllSteps(node, body, steps, x.dims().get(steps.sequenceDim()));
            Formula formula = vector(node, steps, next);
            int inputs = x.dims().get(2).isEmpty() ? 1 : Math.toIntExact(Size.of(x.dims().get(2)).value());
            budget.takeForLayer(node, (long) Gate.COUNT * state.units() * ((long) inputs + state.units() + 2));
            GruWeights weights = Equations.weights(algebra, formula, inputs, state.units());
            List<Flow> flows = recurrences.gru(node, Recurrence.loop(weights,
                    steps.isReverse() ? Direction.BACKWARD_AS_READ : Direction.FORWARD, steps.sequenceDim()), x,
                    null, state.initial());
            List<Value> results = new ArrayList<>();
            for (int i = 1; i < body.outputs().size(); i++) {
                boolean isScan = i > body.inputs().size() - FIRST_CARRIED;
                String name = i - 1 < node.outputs().size() ? node.outputs().get(i - 1) : "";
                if (isScan && !name.isEmpty() && !vector(node, steps, body.outputs().get(i)).equals(formula)) {
                    throw departure(node, producer(node, body, body.outputs().get(i)),
                            "what the loop hands out of each step is not the new state");
                }
                results.add(isScan ? flows.getFirst() : i == state.index() - 1 ? flows.getLast() : null);
            }
            return results;
        } catch (DepartureException e) {
            throw departure(node, producer(node, body, next), e.getMessage());
        }
    }

    private static Formula vector(Node node, LoopBody steps, String name) throws ModelFormatException {
        if (steps.item(node, name) instanceof Vector(Formula formula)) {
            return formula;
        }
        throw new DepartureException("what is carried or handed out is no vector of the step");
    }

    /** Checks that the loop ends after the last step of the sequence, and not before. */
    private void requireAllSteps(Node node, Subgraph body, LoopBody steps, List<FlowAxis> dim)
            throws ModelFormatException {
        Size length = Size.of(dim);
        List<Size> bounds = new ArrayList<>();
        Value most = values.optional(node, 0);
        if (most != null) {
            bounds.add(LoopCounts.number(most).orElseThrow(
                    () -> refused(node, "how many steps it makes at most is not known")));
        }
        Value start = values.optional(node, 1);
        if (start != null && !(start instanceof Constant(Tensor tensor) && !tensor.isZero())) {
            throw refused(node, "whether it begins at all is not known");
        }
        switch (steps.item(node, body.outputs().getFirst())) {
            case Condition(List<Size> more) -> bounds.addAll(more);
            case Outer(Constant(Tensor tensor)) when !tensor.isZero() -> {
                // It goes on as long as it may.
            }
            default -> throw departure(node, producer(node, body, body.outputs().getFirst()),
                    "whether the loop goes on depends on something else than the number of the step");
        }
        boolean reached = false;
        for (Size bound : bounds) {
            if (bound.isSame(length)) {
                reached = true;
            } else if (!bound.isNumber() || bound.value() < (length.isNumber() ? length.value() : Integer.MAX_VALUE)) {
                throw refused(node, "it makes " + bound + " steps, but its sequence has " + length);
            }
        }
        if (!reached) {
            throw refused(node, "it makes more steps than its sequence has, " + length);
        }
    }

    private List<State> begin(Node node, Subgraph body, Algebra algebra, LoopBody steps) throws ModelFormatException {
        steps.define(body.inputs().get(0), new Count(0, false));
        steps.define(body.inputs().get(1), new Condition(List.of()));
        List<State> states = new ArrayList<>();
        for (int i = FIRST_CARRIED; i < body.inputs().size(); i++) {
            Value initial = values.input(node, i);
            budget.takeLayout(node, initial);
            String name = body.inputs().get(i);
            if (isUnchanged(body, i)) {
                steps.define(name, new Outer(initial));
            } else if (initial instanceof Constant(Tensor tensor) && tensor.longs() != null && tensor.length() == 1) {
                steps.define(name, new Count(tensor.longs()[0], false));
            } else {
                int units = units(node, body.inputs().get(i), initial);
                states.add(new State(i, initial, units));
                steps.define(name, new Vector(algebra.state(units)));
            }
        }
        return states;
    }

    /** Returns the size of a state, which the body or the initial state says. */
    private static int units(Node node, String name, Value initial) throws ModelFormatException {
        List<Size> shape = switch (initial) {
            case Constant(Tensor tensor) -> Arrays.stream(tensor.shape()).mapToObj(Size::of).toList();
            case Value.Fill fill when fill.shape() != null -> fill.shape();
            case Flow flow -> flow.dims().stream().map(Size::of).toList();
            default -> List.of();
        };
        if (shape.size() == 2 && shape.getLast().isNumber() && shape.getLast().value() > 0) {
            return Math.toIntExact(shape.getLast().value());
        }
        throw refused(node, "the size of the state " + Printable.quoted(name) + " is not known");
    }

    private static boolean isUnchanged(Subgraph body, int input) {
        String name = body.outputs().get(input - 1);
        for (int i = body.nodes().size() - 1; i >= 0; i--) {
            Node node = body.nodes().get(i);
            if (node.opType().equals("Identity") && node.outputs().contains(name)) {
                name = node.input(0);
            }
        }
        return name.equals(body.inputs().get(input));
    }

    private void run(Node node, Subgraph body, LoopBody steps) throws ModelFormatException {
        Set<String> names = new HashSet<>(body.outputs());
        List<Node> needed = new ArrayList<>();
        for (Node inner : body.nodes().reversed()) {
            if (inner.outputs().stream().anyMatch(output -> !output.isEmpty() && names.contains(output))) {
                names.addAll(inner.inputs());
                needed.add(inner);
            }
        }
        for (Node inner : needed.reversed()) {
            try {
                steps.run(inner);
            } catch (DepartureException e) {
                throw departure(node, inner, e.getMessage());
            } catch (ArithmeticException | IllegalArgumentException e) {
                throw departure(node, inner, Printable.of(e));
            } catch (ModelFormatException e) {
                String prefix = inner.error("").getMessage();
                throw departure(node, inner, e.getMessage().startsWith(prefix)
                        ? e.getMessage().substring(prefix.length())
                        : Printable.of(e));
            }
        }
    }

    /** Returns the node that makes an output of the body. */
    private static Node producer(Node loop, Subgraph body, String output) {
        String name = output;
        Node found = loop;
        for (Node inner : body.nodes().reversed()) {
            if (inner.outputs().contains(name)) {
                found = inner;
                if (!inner.opType().equals("Identity")) {
                    break;
                }
                name = inner.input(0);
            }
        }
        return found;
    }

    private static ModelFormatException departure(Node loop, Node inner, String problem) {
        return refused(loop, (inner.equals(loop)
                ? "it"
                : "node \"" + inner.label() + "\" (" + Printable.of(inner.opType()) + ") of its body")
                + " departs from a GRU's equations: " + problem);
    }

    private static ModelFormatException refused(Node node, String problem) {
        return node.error("is no GRU, and other loops are not supported: " + problem
                + "; if the model comes from Keras, read its .keras file");
    }
}
