package dev.gru.train.math;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Regularization;
import dev.gru.layer.Shape;

/**
 * In which order a model is computed in training: its nodes in steps, of which a dense layer with an activation has two
 * and one that is the identity none.
 *
 * <p>Values are counted as those of a {@link Graph}: first the inputs of the model, then the outputs of the steps. In
 * the backward pass the derivatives of a value that goes to several places are added, from the last of them to the
 * first.
 *
 * <p>Immutable, if the parts are.
 *
 * @param <T> what computes a step
 */
public final class Plan<T> {
    private final int inputs;
    private final List<Step<T>> steps = new ArrayList<>();
    private final List<Integer> outputs;
    private final List<Penalty> penalties = new ArrayList<>();
    /** Which inputs of the model have derivatives: token ids have none. */
    private final List<Boolean> differentiable;

    /**
     * A step.
     *
     * @param part what computes it
     * @param inputs the numbers of the values that go in
     * @param output that of the value that comes out
     * @param state the number of the first of the model's states that belong to the step, if it has some
     */
    public record Step<T>(T part, List<Integer> inputs, int output, int state) {
    }

    /**
     * What an activity regularization adds to the loss: ofSizes Σ|v| + ofSquares Σv² over a value of a batch, divided
     * by its rows.
     *
     * @param value the number of the value
     * @param ofSizes the factor of the sizes
     * @param ofSquares the factor of the squares
     */
    public record Penalty(int value, double ofSizes, double ofSquares) {
        /** Returns the term of one number. */
        public double of(double v) {
            return ofSizes * Math.abs(v) + ofSquares * v * v;
        }

        /** Returns its derivative, which is that of the squares alone at 0. */
        public double slope(double v) {
            return ofSizes * Math.signum(v) + 2 * ofSquares * v;
        }
    }

    /** Makes the parts of a model. */
    @FunctionalInterface
    public interface Maker<T> {
        /**
         * Returns what computes a node, one part after the other, the first of which takes the node's inputs; none if
         * the layer is the identity in training too.
         *
         * @param layer the layer
         * @param inputs the shapes of its inputs
         */
        List<T> parts(Layer layer, List<Shape> inputs);
    }

    /** Plans a model. */
    public Plan(Graph model, Maker<T> maker) {
        inputs = model.inputs().size();
        differentiable = model.inputs().stream().map(input -> input.shape().kind() != Shape.Kind.TOKENS).toList();
        List<Integer> values = new ArrayList<>(IntStream.range(0, inputs).boxed().toList());
        int state = 0;
        for (Graph.Node node : model.nodes()) {
            List<Integer> from = node.inputs().stream().map(values::get).toList();
            List<Shape> shapes = model.inputShapes(node);
            if (node.layer() instanceof Regularization layer
                    && layer.kind() == Regularization.Kind.ACTIVITY_REGULARIZATION) {
                penalties.add(new Penalty(from.getFirst(), layer.amount(), layer.amount2()));
            }
            for (T part : maker.parts(node.layer(), shapes)) {
                steps.add(new Step<>(part, from, inputs + steps.size(), state));
                from = List.of(steps.getLast().output());
            }
            values.add(from.getFirst());
            state += node.layer().stateSizes(shapes).size();
        }
        outputs = model.outputs().stream().map(values::get).toList();
    }

    /** Returns how many inputs the model has: the first values. */
    public int inputs() {
        return inputs;
    }

    /** Returns how many values there are. */
    public int values() {
        return inputs + steps.size();
    }

    /** Returns the steps, each after those whose outputs it takes. */
    public List<Step<T>> steps() {
        return steps;
    }

    /** Returns the numbers of the values that the model returns. */
    public List<Integer> outputs() {
        return outputs;
    }

    /** Returns what is added to the loss. */
    public List<Penalty> penalties() {
        return penalties;
    }

    /** Returns the step whose output a value is, or nothing if it is an input of the model. */
    public Optional<Step<T>> producer(int value) {
        return value < inputs ? Optional.empty() : Optional.of(steps.get(value - inputs));
    }

    /**
     * Returns the values that a loss is computed from: the outputs, or, if it takes the sums that go into the last
     * function of the model, these.
     *
     * @param isFunction whether a part is that function, or null if the loss takes outputs
     */
    public List<Integer> ends(Predicate<T> isFunction) {
        return outputs.stream().map(output -> producer(output)
                .filter(step -> isFunction != null && isFunction.test(step.part()))
                .map(step -> step.inputs().getFirst()).orElse(output)).toList();
    }

    /**
     * Returns the steps that some values depend on, in their order, those of the penalties among them.
     *
     * @param ends the values
     */
    public List<Step<T>> stepsTo(List<Integer> ends) {
        Set<Integer> wanted = new HashSet<>(ends);
        penalties.forEach(penalty -> wanted.add(penalty.value()));
        List<Step<T>> found = new ArrayList<>();
        for (Step<T> step : steps.reversed()) {
            if (wanted.contains(step.output())) {
                wanted.addAll(step.inputs());
                found.addFirst(step);
            }
        }
        return found;
    }

    /**
     * Returns which values need derivatives, because there is something to be learnt before them.
     *
     * @param learns whether a part has weights that are learnt
     * @param ofInputs whether those with respect to the inputs are wanted too
     */
    public boolean[] needDerivatives(Predicate<T> learns, boolean ofInputs) {
        boolean[] needs = new boolean[values()];
        for (int i = 0; i < inputs; i++) {
            needs[i] = ofInputs && differentiable.get(i);
        }
        for (Step<T> step : steps) {
            boolean any = learns.test(step.part());
            for (int input : step.inputs()) {
                any |= needs[input];
            }
            needs[step.output()] = any;
        }
        return needs;
    }
}
