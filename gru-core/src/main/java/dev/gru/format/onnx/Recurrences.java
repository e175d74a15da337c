package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.stage.Work;
import dev.gru.format.onnx.value.Budget;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.format.onnx.value.Size;
import dev.gru.format.onnx.value.SizeArithmetic;
import dev.gru.format.onnx.value.Value;
import dev.gru.internal.Printable;
import dev.gru.layer.Dense;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.Merge;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Role;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/**
 * The GRU layers of a graph, and their states.
 *
 * <p>For use by one thread.
 */
final class Recurrences {
    private final GraphInputs inputs;
    private final Layers layers;
    private final Budget budget;
    /** Of each state of the model, in the order of the layers and, in them, directions, whose it is. */
    private final List<State> states = new ArrayList<>();
    /** The stages of states that layers take, by the first of them and how many they are. */
    private final Map<List<Integer>, Integer> finals = new HashMap<>();
    /** The input that holds the lengths, or null. */
    private String lengths;

    /**
     * A state of a GRU.
     *
     * @param node the node that the GRU is
     * @param stage the number of its stage
     * @param direction its direction
     * @param work the GRU
     */
    record State(Node node, int stage, int direction, Work.Recurrent work) {
    }

    /**
     * Begins with no GRU.
     *
     * @param inputs the inputs of the graph
     * @param layers its layers
     * @param budget for what they hold
     */
    Recurrences(GraphInputs inputs, Layers layers, Budget budget) {
        this.inputs = inputs;
        this.layers = layers;
        this.budget = budget;
    }

    /** Returns the states of all GRUs so far. */
    List<State> states() {
        return states;
    }

    /** Returns whether rows may be of different lengths. */
    boolean hasLengths() {
        return lengths != null;
    }

    /**
     * Adds a GRU layer.
     *
     * @param rowLengths how many steps of each row count, or null
     * @param initial the states before the first step, or null
     * @return its outputs for every step, and its states after the last
     */
    List<Flow> gru(Node node, Recurrence gru, Flow given, Value rowLengths, Value initial)
            throws ModelFormatException {
        if (given.rank() != 3) {
            throw node.error("its X must have 3 dimensions, has " + given.rank());
        }
        Flow x = layers.features(node, features(node, given), 2, gru.inputs());
        FlowAxis steps = Layers.axis(node, "X", x, 1 - gru.batchDim(), Axis.STEP);
        FlowAxis batch = Layers.axis(node, "X", x, gru.batchDim(), Axis.BATCH);
        setLengths(node, rowLengths, steps);
        List<Integer> from = new ArrayList<>(List.of(layers.value(node, x)));
        from.addAll(initialStates(node, initial, gru, from.getFirst()));
        Work.Recurrent work = new Work.Recurrent(gru.weights(), direction(node, gru, steps));
        int stage = layers.add(node, work, gru.directions() * gru.units(), from.toArray(Integer[]::new));
        int firstState = states.size();
        for (int i = 0; i < gru.directions(); i++) {
            states.add(new State(node, stage, i, work));
        }

        FlowAxis direction = new FlowAxis(Axis.DIRECTION, gru.directions());
        FlowAxis unit = new FlowAxis(Axis.FEATURE, gru.units());
        List<FlowAxis> half = gru.directions() > 1 ? List.of(direction) : List.of();
        Flow y = new Flow(new Flow.Output(stage), 0, Stream.concat(half.stream(), Stream.of(unit)).toList(),
                switch (gru.layout()) {
                    case STEPS_FIRST -> List.of(List.of(steps), half, List.of(batch), List.of(unit));
                    case BATCH_FIRST -> List.of(List.of(batch), List.of(steps), half, List.of(unit));
                    case NO_DIRECTIONS -> List.of(List.of(steps), List.of(batch), List.of(unit));
                }, false);
        List<FlowAxis> state = gru.layout() == Recurrence.Layout.NO_DIRECTIONS ? List.of() : List.of(direction);
        Flow last = new Flow(new Flow.States(), firstState, state, switch (gru.layout()) {
            case STEPS_FIRST -> List.of(List.of(direction), List.of(batch), List.of(unit));
            case BATCH_FIRST -> List.of(List.of(batch), List.of(direction), List.of(unit));
            case NO_DIRECTIONS -> List.of(List.of(batch), List.of(unit));
        }, false);
        return List.of(y, last);
    }

    /** Returns from which end a GRU reads, where an array may have its steps from the last to the first. */
    private Direction direction(Node node, Recurrence gru, FlowAxis steps) throws ModelFormatException {
        if (!steps.isReversed()) {
            return gru.direction();
        }
        if (gru.directions() != 1 || gru.direction() == Direction.BACKWARD_AS_READ || hasLengths()) {
            throw node.error("reads steps from the last to the first, of which it is a layer of two directions, or one "
                    + "that has lengths or turns them around itself; that is not supported");
        }
        return gru.direction() == Direction.FORWARD ? Direction.BACKWARD : Direction.FORWARD;
    }

    /** Returns states as features of a stage; any other array as it is. */
    Flow features(Node node, Flow flow) throws ModelFormatException {
        if (!(flow.origin() instanceof Flow.States)) {
            return flow;
        }
        List<FlowAxis> units = flow.dims().stream().flatMap(List::stream).filter(axis -> axis.role() == Axis.FEATURE)
                .toList();
        return new Flow(new Flow.Output(stage(node, flow.first(), flow.count())), 0,
                Stream.concat(flow.index().stream(), units.stream()).toList(), flow.dims(), false);
    }

    /** Returns the stage whose features are some states. */
    private int stage(Node node, int first, int count) throws ModelFormatException {
        List<Integer> range = List.of(first, count);
        Integer known = finals.get(range);
        if (known == null) {
            known = newStage(node, first, count);
            finals.put(range, known);
        }
        return known;
    }

    private int newStage(Node node, int first, int count) throws ModelFormatException {
        State state = states.get(first);
        int units = state.work().units();
        if (state.direction() == 0 && count == state.work().weights().size()) {
            return layers.add(node, new Work.Final(Work.Final.ALL), count * units, state.stage());
        }
        Integer[] each = new Integer[count];
        int features = 0;
        for (int i = 0; i < count; i++) {
            State part = states.get(first + i);
            features += part.work().units();
            each[i] = layers.add(node, new Work.Final(part.direction()), part.work().units(), part.stage());
        }
        return count == 1 ? each[0] : layers.add(node, new Work.Merged(Merge.Kind.CONCATENATE), features, each);
    }

    private void setLengths(Node node, Value value, FlowAxis steps) throws ModelFormatException {
        String name = null;
        if (value instanceof Flow flow && flow.origin() instanceof Flow.Input(String input)
                && flow.index().isEmpty() && flow.rank() == 1 && flow.wholeNumbers()) {
            Layers.axis(node, "sequence_lens", flow, 0, Axis.BATCH);
            inputs.use(node, input, Role.LENGTHS);
            name = input;
        } else if (value != null && !isEverywhere(value, steps)) {
            throw node
                    .error("its sequence_lens must be an input of the graph, of whole numbers, or the number of steps");
        }
        if (!states.isEmpty() && !Objects.equals(name, lengths)) {
            throw node.error("its sequence_lens are not those of the GRU before it");
        }
        lengths = name;
    }

    /** Returns whether a value is the size of an axis in every element. */
    static boolean isEverywhere(Value value, FlowAxis axis) {
        Size size = Size.of(List.of(axis));
        Value elements = value instanceof Value.Fill fill ? fill.element() : value;
        return SizeArithmetic.of(elements)
                .map(sizes -> sizes.elements().stream().allMatch(element -> element.isSame(size))).orElse(false);
    }

    /** Returns the stages of the initial states of each direction, or none if an input of the graph has them. */
    private List<Integer> initialStates(Node node, Value initial, Recurrence gru, int x) throws ModelFormatException {
        boolean hasDirections = gru.layout() != Recurrence.Layout.NO_DIRECTIONS;
        int batchDim = gru.layout() == Recurrence.Layout.STEPS_FIRST ? 1 : 0;
        if (initial == null || initial.isZero()) {
            return List.of();
        }
        Value one = initial instanceof Value.Fill fill ? fill.element() : initial;
        if (one instanceof Value.Constant(Tensor tensor) && (initial instanceof Value.Constant || tensor.rank() > 1)) {
            return constantStates(node, tensor, gru, hasDirections ? 1 - batchDim : -1, x);
        }
        if (!(initial instanceof Flow flow) || flow.rank() != (hasDirections ? 3 : 2) || flow.wholeNumbers()) {
            throw node.error("its initial_h must be floats of the shape (directions, batch, units)");
        }
        List<FlowAxis> counted = hasDirections ? flow.dims().get(1 - batchDim) : List.of();
        if (flow.origin() instanceof Flow.Input(String name)
                && (flow.index().isEmpty() || flow.index().getFirst().role() == Axis.DIRECTION)) {
            inputStates(node, name, flow, counted, batchDim, gru);
            return List.of();
        }
        Layers.axis(node, "initial_h", flow, batchDim, Axis.BATCH);
        if (gru.directions() == 1) {
            return List.of(layers.value(node, layers.features(node, features(node, flow), flow.rank() - 1,
                    gru.units())));
        }
        List<Integer> stages = new ArrayList<>();
        if (flow.origin() instanceof Flow.States && flow.count() == gru.directions()
                && Flow.withoutSpare(counted).equals(Flow.withoutSpare(flow.index()))) {
            for (int i = 0; i < gru.directions(); i++) {
                State state = states.get(flow.first() + i);
                stages.add(layers.add(node, new Work.Final(state.direction()), state.work().units(), state.stage()));
            }
            return stages;
        }
        throw node.error("its initial_h has the dimensions " + flow.dims() + ", it must have " + gru.directions()
                + " directions and " + gru.units() + " units");
    }

    /** Returns stages that are constants, the same for each row of the batch. */
    private List<Integer> constantStates(Node node, Tensor tensor, Recurrence gru, int directionDim, int x)
            throws ModelFormatException {
        int units = gru.units();
        int rank = directionDim < 0 ? 2 : 3;
        int directions = directionDim < 0 || tensor.rank() != rank ? 1 : tensor.shape()[directionDim];
        int rows = units * directions == 0 ? 0 : tensor.length() / (units * directions);
        if (tensor.floats() == null || tensor.rank() != rank || tensor.shape()[rank - 1] != units
                || directions != gru.directions() || rows == 0) {
            throw node.error("its initial_h is " + tensor + ", it must have " + gru.directions() + " directions and "
                    + units + " units");
        }
        budget.take(node, tensor.length());
        int features = layers.stages().get(x).features();
        int first = layers.add(node, new Work.Pooled(GlobalPooling1D.Kind.FIRST), features, x);
        List<Integer> stages = new ArrayList<>();
        for (int d = 0; d < directions; d++) {
            float[] row = new float[units];
            for (int i = 0; i < rows * units; i++) {
                int at = directionDim == 0 ? d * rows * units + i : (i / units * directions + d) * units + i % units;
                if (i < units) {
                    row[i] = tensor.floats()[at];
                } else if (row[i % units] != tensor.floats()[at]) {
                    throw node.error("its initial_h is a constant that differs from row to row of the batch");
                }
            }
            budget.takeForLayer(node, (long) features * units);
            // No product, and the constants as the bias: a vector for each row, whatever the row holds.
            stages.add(layers.add(node, new Work.Made(true, name -> new Dense(name,
                    new DenseWeights(features, units, Activation.LINEAR, new float[features * units], row))), units,
                    first));
        }
        return stages;
    }

    private void inputStates(Node node, String name, Flow flow, List<FlowAxis> counted, int batchDim, Recurrence gru)
            throws ModelFormatException {
        boolean fits;
        if (!flow.index().isEmpty()) {
            fits = flow.count() == gru.directions()
                    && Flow.withoutSpare(counted).equals(Flow.withoutSpare(flow.index()));
        } else if (counted.size() == 1) {
            fits = claim(counted.getFirst(), Axis.DIRECTION, gru.directions());
        } else {
            fits = counted.isEmpty() && gru.directions() == 1;
        }
        int last = flow.rank() - 1;
        if (!fits || !claim(Layers.axis(node, "initial_h", flow, last, Axis.FEATURE), Axis.FEATURE, gru.units())) {
            throw node.error("its initial_h has the dimensions " + Printable.of(flow.dims().toString())
                    + ", it must have " + gru.directions() + " directions and " + gru.units() + " units");
        }
        Layers.axis(node, "initial_h", flow, batchDim, Axis.BATCH);
        inputs.useStates(node, name, flow.first(), states.size(), gru.directions());
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
}
