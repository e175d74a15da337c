package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.internal.Printable;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.weights.Activation;

/**
 * The layers that an ONNX graph turns out to be. Each takes the output of the one before it, or the graph is refused.
 *
 * <p>For use by one thread.
 */
final class Chain {
    private final GraphInputs inputs;
    private final Budget budget;
    private final List<Stage> stages = new ArrayList<>();
    /** How many operations have changed values; the newest array is the output of the last of them. */
    private int layer;
    private Stage.Gru lastGru;
    private int states;
    /** The input that holds the lengths, or null. */
    private String lengths;

    /**
     * Begins a chain.
     *
     * @param inputs the inputs of the graph
     * @param budget for what the layers hold
     */
    Chain(GraphInputs inputs, Budget budget) {
        this.inputs = inputs;
        this.budget = budget;
    }

    /** Returns the last GRU layer so far, or null. */
    Stage.Gru lastGru() {
        return lastGru;
    }

    /** Returns whether rows may be of different lengths. */
    boolean hasLengths() {
        return lengths != null;
    }

    /** Adds a table of features, indexed by the tokens that go into the graph. */
    Flow embedding(Node node, Flow tokens, Tensor table) throws ModelFormatException {
        if (!(tokens.origin() instanceof Flow.Input(String name)) || !tokens.index().isEmpty()
                || !tokens.wholeNumbers()) {
            throw node.error("its indices must be token ids that go into the graph, or a constant");
        }
        requireFirst(node, name);
        int features = table.shape()[1];
        budget.takeForLayer(node, table.length());
        stages.add(new Stage.Plain(new Embedding(node.label(), table.shape()[0], features, table.floats()),
                features));
        List<List<FlowAxis>> dims = new ArrayList<>(tokens.dims());
        dims.add(List.of());
        return output(tokens.withDims(dims), dims.size() - 1, features);
    }

    /**
     * Adds a dense layer.
     *
     * @param weight (outputs, inputs), row-major
     * @param bias (outputs), or null
     */
    Flow dense(Node node, Flow x, int inputSize, int outputSize, float[] weight, float[] bias)
            throws ModelFormatException {
        int dim = x.rank() - 1;
        requireFeatures(node, x, dim, inputSize);
        stages.add(new Stage.Product(node.label(), inputSize, outputSize, weight, bias));
        return output(x, dim, outputSize);
    }

    /** Adds a constant to the output of a dense layer. */
    Flow bias(Node node, Flow x, Tensor bias) throws ModelFormatException {
        if (stages.isEmpty() || !(stages.getLast() instanceof Stage.Product dense) || dense.hasBias()
                || !dense.isLinear()) {
            throw node.error("adds to something else than a product with weights, which is not supported");
        }
        int dim = x.rank() - 1;
        requireFeatures(node, x, dim, dense.outputSize());
        dense.setBias(row(node, bias, dense.outputSize()));
        return output(x, dim, dense.outputSize());
    }

    /** Returns a constant that is added to every row: a row of its own, or one value. */
    static float[] row(Node node, Tensor tensor, int size) throws ModelFormatException {
        boolean isRow = tensor.length() == size && (tensor.rank() > 0 && tensor.shape()[tensor.rank() - 1] == size);
        if (tensor.floats() == null || (!isRow && tensor.length() != 1)) {
            throw node.error("adds " + tensor + " to rows of " + size);
        }
        float[] row = new float[size];
        for (int i = 0; i < size; i++) {
            row[i] = tensor.floats()[isRow ? i : 0];
        }
        return row;
    }

    /**
     * Adds a function.
     *
     * @param dim the dimension over which it goes, or -1 for a function of one number
     */
    Flow activation(Node node, Flow x, int dim, Activation activation) throws ModelFormatException {
        Flow newest = newest(node, x);
        if (newest.origin() instanceof Flow.Input) {
            throw node.error("is a function of the input itself, which is not supported");
        }
        if (dim >= 0 && !areFeatures(newest, dim)) {
            throw node.error("goes over " + newest.dims().get(dim) + ", it must be all features");
        }
        if (stages.getLast() instanceof Stage.Product dense && dense.isLinear()) {
            dense.setActivation(activation);
        } else {
            stages.add(
                    new Stage.Plain(new ActivationLayer(node.label(), activation), stages.getLast().outputSize()));
        }
        layer++;
        return new Flow(new Flow.Output(layer), 0, newest.index(), newest.dims(), false);
    }

    /**
     * Adds a GRU layer.
     *
     * @param rowLengths how many steps of each row count, or null
     * @param initial the states before the first step, or null
     * @return its outputs for every step, and its states after the last
     */
    List<Flow> gru(Node node, Recurrence gru, Flow x, Value rowLengths, Value initial) throws ModelFormatException {
        if (x.rank() != 3) {
            throw node.error("its X must have 3 dimensions, has " + x.rank());
        }
        requireFeatures(node, x, 2, gru.inputs());
        FlowAxis steps = axis(node, "X", x, 1 - gru.batchDim(), Axis.STEP);
        FlowAxis batch = axis(node, "X", x, gru.batchDim(), Axis.BATCH);
        setLengths(node, rowLengths, steps);
        if (initial instanceof Flow flow) {
            initialStates(node, flow, gru);
        } else if (initial != null && !initial.isZero()) {
            throw node.error("its initial_h is a constant other than 0, which is not supported");
        }
        layer++;
        lastGru = new Stage.Gru(node.label(), gru.weights(), gru.reverse(), layer, states);
        stages.add(lastGru);
        states += gru.directions();

        FlowAxis direction = new FlowAxis(Axis.DIRECTION, gru.directions());
        FlowAxis unit = new FlowAxis(Axis.FEATURE, gru.units());
        List<FlowAxis> half = gru.directions() > 1 ? List.of(direction) : List.of();
        Flow y = new Flow(new Flow.Output(layer), 0, Stream.concat(half.stream(), Stream.of(unit)).toList(),
                switch (gru.layout()) {
                    case STEPS_FIRST -> List.of(List.of(steps), half, List.of(batch), List.of(unit));
                    case BATCH_FIRST -> List.of(List.of(batch), List.of(steps), half, List.of(unit));
                    case NO_DIRECTIONS -> List.of(List.of(steps), List.of(batch), List.of(unit));
                }, false);
        List<FlowAxis> state = gru.layout() == Recurrence.Layout.NO_DIRECTIONS ? List.of() : List.of(direction);
        Flow last = new Flow(new Flow.States(), lastGru.firstState(), state, switch (gru.layout()) {
            case STEPS_FIRST -> List.of(List.of(direction), List.of(batch), List.of(unit));
            case BATCH_FIRST -> List.of(List.of(batch), List.of(direction), List.of(unit));
            case NO_DIRECTIONS -> List.of(List.of(batch), List.of(unit));
        }, false);
        return List.of(y, last);
    }

    private static FlowAxis axis(Node node, String name, Flow flow, int dim, Axis role)
            throws ModelFormatException {
        List<FlowAxis> axes = flow.dims().get(dim);
        if (axes.size() != 1 || !axes.getFirst().canBe(role)) {
            throw node.error("dimension " + dim + " of its " + name + " must be that of " + role + ", is " + axes);
        }
        axes.getFirst().become(role);
        return axes.getFirst();
    }

    /** Gives an axis a meaning and a size, if it can have both. */
    private static boolean claim(FlowAxis axis, Axis role, int size) {
        boolean fits = axis.canBe(role) && axis.canHave(size);
        if (fits) {
            axis.become(role);
            axis.resize(size);
        }
        return fits;
    }

    private void setLengths(Node node, Value value, FlowAxis steps) throws ModelFormatException {
        String name = null;
        if (value instanceof Flow flow && flow.origin() instanceof Flow.Input(String input)
                && flow.index().isEmpty() && flow.rank() == 1 && flow.wholeNumbers()) {
            axis(node, "sequence_lens", flow, 0, Axis.BATCH);
            inputs.use(node, input, Role.LENGTHS);
            name = input;
        } else if (value != null && !isEverywhere(value, steps)) {
            throw node
                    .error("its sequence_lens must be an input of the graph, of whole numbers, or the number of steps");
        }
        if (lastGru != null && !Objects.equals(name, lengths)) {
            throw node.error("its sequence_lens are not those of the GRU before it");
        }
        lengths = name;
    }

    /** Returns whether a value is the size of an axis in every element. */
    private static boolean isEverywhere(Value value, FlowAxis axis) {
        Size size = Size.of(List.of(axis));
        Value elements = value instanceof Value.Fill fill ? fill.element() : value;
        return SizeArithmetic.of(elements)
                .map(sizes -> sizes.elements().stream().allMatch(element -> element.isSame(size))).orElse(false);
    }

    private void initialStates(Node node, Flow flow, Recurrence gru) throws ModelFormatException {
        boolean hasDirections = gru.layout() != Recurrence.Layout.NO_DIRECTIONS;
        int rank = hasDirections ? 3 : 2;
        if (!(flow.origin() instanceof Flow.Input(String name)) || flow.rank() != rank || flow.wholeNumbers()) {
            throw node.error("its initial_h must be an input of the graph, (directions, batch, units), or 0");
        }
        int batchDim = gru.layout() == Recurrence.Layout.STEPS_FIRST ? 1 : 0;
        List<FlowAxis> counted = hasDirections ? flow.dims().get(1 - batchDim) : List.of();
        boolean fits;
        if (!flow.index().isEmpty()) {
            fits = flow.count() == gru.directions()
                    && Flow.withoutSpare(counted).equals(Flow.withoutSpare(flow.index()));
        } else if (counted.size() == 1) {
            fits = claim(counted.getFirst(), Axis.DIRECTION, gru.directions());
        } else {
            fits = counted.isEmpty() && gru.directions() == 1;
        }
        int last = rank - 1;
        if (!fits || !claim(axis(node, "initial_h", flow, last, Axis.FEATURE), Axis.FEATURE, gru.units())) {
            throw node.error("its initial_h has the dimensions " + flow.dims() + ", it must have "
                    + gru.directions() + " directions and " + gru.units() + " units");
        }
        axis(node, "initial_h", flow, batchDim, Axis.BATCH);
        inputs.useStates(node, name, flow.first(), states, gru.directions());
    }

    private Flow output(Flow flow, int dim, int features) {
        layer++;
        FlowAxis axis = new FlowAxis(Axis.FEATURE, features);
        List<List<FlowAxis>> dims = new ArrayList<>();
        for (List<FlowAxis> axes : flow.dimsWith(dim, List.of(axis))) {
            // What is left of directions is of size 1, and counts nothing any more.
            dims.add(axes.stream().filter(other -> other.role() != Axis.DIRECTION).toList());
        }
        return new Flow(new Flow.Output(layer), 0, List.of(axis), dims, false);
    }

    private void requireFirst(Node node, String input) throws ModelFormatException {
        if (layer != 0) {
            throw node.error("takes the input " + Printable.quoted(input)
                    + ", but there are layers before it; only a chain of layers is supported");
        }
        inputs.use(node, input, Role.INPUT);
    }

    /** Returns an array as the features that the next layer gets: all outputs of the last one. */
    private Flow newest(Node node, Flow flow) throws ModelFormatException {
        switch (flow.origin()) {
            case Flow.Input(String name) -> {
                requireFirst(node, name);
                if (flow.wholeNumbers() || !flow.index().isEmpty()) {
                    throw node.error("takes whole numbers, or a part of the input, as features");
                }
                return flow;
            }
            case Flow.Output(int from) -> {
                if (from != layer) {
                    throw node.error("takes the output of an inner layer, which another node takes as well; "
                            + "only a chain of layers is supported");
                }
                if (flow.first() != 0 || flow.count() != stages.getLast().outputSize()) {
                    throw node.error("takes only some of the outputs of the layer before it");
                }
                return flow;
            }
            case Flow.States() -> {
                if (!isLastOutput(flow)) {
                    throw node.error("takes states that are not all those of the layer before it");
                }
                return lastOutput(flow);
            }
        }
    }

    /** Returns whether states are the last output of the newest layer, a GRU. */
    private boolean isLastOutput(Flow flow) {
        return layer == lastGru.layer() && flow.first() == lastGru.firstState()
                && flow.count() == lastGru.directions();
    }

    private Flow lastOutput(Flow flow) {
        Stream<FlowAxis> units = flow.dims().stream().flatMap(List::stream).filter(axis -> axis.role() == Axis.FEATURE);
        return new Flow(new Flow.Output(layer), 0, Stream.concat(flow.index().stream(), units).toList(),
                flow.dims(), false);
    }

    private static boolean areFeatures(Flow flow, int dim) {
        return Flow.withoutSpare(flow.dims().get(dim)).equals(Flow.withoutSpare(flow.index()));
    }

    /** Checks that a dimension holds all features of the newest array, and that they are as many as expected. */
    private void requireFeatures(Node node, Flow x, int dim, int expected) throws ModelFormatException {
        Flow newest = newest(node, x);
        boolean fits;
        if (dim < 0) {
            fits = false;
        } else if (newest.origin() instanceof Flow.Input) {
            List<FlowAxis> axes = newest.dims().get(dim);
            fits = axes.size() == 1 && claim(axes.getFirst(), Axis.FEATURE, expected);
        } else {
            fits = areFeatures(newest, dim) && newest.count() == expected;
        }
        if (!fits) {
            throw node.error("takes " + expected + " features, but gets " + newest.dims());
        }
    }

    /**
     * Returns the model.
     *
     * @param file what messages call the file
     * @param outputs the outputs of the graph, in order
     */
    Graph finish(String file, Map<String, Flow> outputs) throws ModelFormatException {
        if (lastGru == null) {
            throw new ModelFormatException(file + ": no output of the graph depends on a GRU node");
        }
        boolean sequences = outputs.values().stream()
                .anyMatch(flow -> flow.origin() instanceof Flow.Output && flow.hasSteps());
        List<Signature.Port> ports = new ArrayList<>();
        for (Map.Entry<String, Flow> output : outputs.entrySet()) {
            Flow flow = output.getValue();
            boolean isLast = flow.origin() instanceof Flow.States && !sequences && isLastOutput(flow)
                    && !flow.hasDirections();
            GraphOutput port = new GraphOutput(file, output.getKey(), isLast ? lastOutput(flow) : flow);
            ports.add(port.port(layer, sequences));
        }
        List<Layer> layers = stages.stream().map(stage -> stage.layer(!stage.equals(lastGru) || sequences)).toList();
        return new Sequential(layers, new Signature(inputs.ports(), ports));
    }
}
