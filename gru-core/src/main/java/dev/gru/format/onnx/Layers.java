package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.stage.Stage;
import dev.gru.format.onnx.stage.Work;
import dev.gru.format.onnx.value.Budget;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.internal.Printable;
import dev.gru.layer.Embedding;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Role;
import dev.gru.weights.Activation;

/**
 * The layers that an ONNX graph turns out to be: each is a {@link Stage}, whose value any later one may take.
 *
 * <p>A value is laid out as (batch, steps, features), or (batch, features); how an array of the graph lays it out is
 * said by its {@link Flow}. For use by one thread.
 */
final class Layers {
    private final GraphInputs inputs;
    private final Budget budget;
    private final List<Stage> stages = new ArrayList<>();
    /** The stages of the graph's inputs, by name. */
    private final Map<String, Integer> ofInputs = new HashMap<>();
    private final Map<Part, Integer> parts = new HashMap<>();

    /** Some of the features of a stage. */
    private record Part(int stage, int first, int count) {
    }

    /**
     * Begins with no layers.
     *
     * @param inputs the inputs of the graph
     * @param budget for what the layers hold
     */
    Layers(GraphInputs inputs, Budget budget) {
        this.inputs = inputs;
        this.budget = budget;
    }

    /** Returns the stages so far. */
    List<Stage> stages() {
        return stages;
    }

    /** Adds a stage and returns its number. */
    int add(Node node, Work work, int features, Integer... from) throws ModelFormatException {
        budget.take(node, from.length);
        stages.add(new Stage(node.label(), work, List.of(from), features));
        return stages.size() - 1;
    }

    private int input(String name, int features) {
        return ofInputs.computeIfAbsent(name, added -> {
            stages.add(new Stage(added, new Work.Input(added), List.of(), features));
            return stages.size() - 1;
        });
    }

    /**
     * Returns an array that holds features of a stage, which the given one turns out to be.
     *
     * @param dim the dimension of its features, or -1 if that is open
     * @param expected how many they must be, or -1 for any number
     * @throws ModelFormatException if it cannot be that
     */
    Flow features(Node node, Flow flow, int dim, int expected) throws ModelFormatException {
        Flow known = flow.origin() instanceof Flow.Input(String name) ? ofInput(node, flow, name, dim, expected) : flow;
        if (dim >= 0 && known.origin() instanceof Flow.Output && !areFeatures(known, dim)) {
            known = flattened(node, known, dim, expected);
        }
        boolean fits = known.origin() instanceof Flow.Output && (expected < 0 || known.count() == expected)
                && (dim < 0 || areFeatures(known, dim));
        if (!fits) {
            throw node.error("takes " + (expected < 0 ? "" : expected + " ") + "features, but gets " + flow.dims());
        }
        return known;
    }

    /** Returns an array in whose dimension are features of all steps as one of features alone, if it is that. */
    private Flow flattened(Node node, Flow flow, int dim, int expected) throws ModelFormatException {
        List<FlowAxis> axes = Flow.withoutSpare(flow.dims().get(dim));
        List<FlowAxis> rest = axes.stream().filter(axis -> axis.role() != Axis.STEP).toList();
        boolean stepsFirst = !axes.isEmpty() && axes.getFirst().role() == Axis.STEP;
        int count = flow.count();
        if (axes.size() != rest.size() + 1 || !rest.equals(Flow.withoutSpare(flow.index()))
                || (!stepsFirst && axes.getLast().role() != Axis.STEP)) {
            return flow;
        }
        FlowAxis steps = stepsFirst ? axes.getFirst() : axes.getLast();
        if (steps.size() == FlowAxis.UNKNOWN && expected > 0 && expected % count == 0) {
            steps.resize(expected / count);
        }
        requireForward(node, flow, dim);
        if (steps.size() == FlowAxis.UNKNOWN || steps.size() * count > Integer.MAX_VALUE) {
            return flow;
        }
        int size = (int) steps.size();
        int stage = value(node, flow);
        if (!stepsFirst && count > 1) {
            stage = add(node, new Work.Made(false, name -> new Reshaping.Permute(name, size, count)), size, stage);
        }
        int all = size * count;
        stage = add(node, new Work.Made(false, name -> new Reshaping.Reshape(name, Shape.vector(all))), all, stage);
        return output(stage, flow, dim, all);
    }

    private Flow ofInput(Node node, Flow flow, String name, int dim, int expected) throws ModelFormatException {
        boolean isPart = !flow.index().isEmpty();
        if (flow.wholeNumbers() || (isPart && flow.index().getFirst().role() != Axis.FEATURE)) {
            throw node.error("takes whole numbers, or states, as features");
        }
        inputs.use(node, name, Role.INPUT);
        if (isPart) {
            int features = Math.toIntExact(inputs.features(name));
            return new Flow(new Flow.Output(input(name, features)), flow.first(), flow.index(), flow.dims(), false);
        }
        FlowAxis axis = featureAxis(flow, dim);
        if (axis == null || !axis.canBe(Axis.FEATURE) || (expected >= 0 && !axis.canHave(expected))
                || (expected < 0 && axis.size() == FlowAxis.UNKNOWN)) {
            return flow;
        }
        axis.become(Axis.FEATURE);
        if (expected >= 0) {
            axis.resize(expected);
        }
        return new Flow(new Flow.Output(input(name, Math.toIntExact(axis.size()))), 0, List.of(axis), flow.dims(),
                false);
    }

    /** Returns the axis of features: that of a dimension, or the one that is known to be it, or the last one. */
    private static FlowAxis featureAxis(Flow flow, int dim) {
        if (dim >= 0) {
            List<FlowAxis> axes = flow.dims().get(dim);
            return axes.size() == 1 ? axes.getFirst() : null;
        }
        List<FlowAxis> all = flow.dims().stream().flatMap(List::stream).toList();
        FlowAxis known = null;
        for (FlowAxis axis : all) {
            if (axis.role() == Axis.FEATURE) {
                return axis;
            }
            known = axis.role() == null && axis.size() != FlowAxis.UNKNOWN && axis != all.getFirst() ? axis : known;
        }
        return known;
    }

    /** Returns whether a dimension holds the features of an array, and nothing else. */
    static boolean areFeatures(Flow flow, int dim) {
        return Flow.withoutSpare(flow.dims().get(dim)).equals(Flow.withoutSpare(flow.index()));
    }

    /** Returns the stage that has the features of an array, which may be some of those of a stage. */
    int value(Node node, Flow flow) throws ModelFormatException {
        int stage = ((Flow.Output) flow.origin()).stage();
        if (flow.first() == 0 && flow.count() == stages.get(stage).features()) {
            return stage;
        }
        Part part = new Part(stage, flow.first(), flow.count());
        Integer known = parts.get(part);
        if (known == null) {
            known = add(node, new Work.Part(part.first()), part.count(), stage);
            parts.put(part, known);
        }
        return known;
    }

    /** Says what a dimension of an array means, and returns its axis. */
    static FlowAxis axis(Node node, String name, Flow flow, int dim, Axis role) throws ModelFormatException {
        List<FlowAxis> axes = flow.dims().get(dim);
        if (axes.size() != 1 || !axes.getFirst().canBe(role)) {
            throw node.error("dimension " + dim + " of its " + name + " must be that of " + role + ", is " + axes);
        }
        axes.getFirst().become(role);
        return axes.getFirst();
    }

    /** Checks that a dimension of steps goes from the first to the last. */
    static void requireForward(Node node, Flow flow, int dim) throws ModelFormatException {
        if (flow.dims().get(dim).stream().anyMatch(FlowAxis::isReversed)) {
            throw node.error("works on steps from the last to the first, which is supported for GRU nodes only");
        }
    }

    /** Adds a table of features, indexed by the tokens that go into the graph. */
    Flow embedding(Node node, Flow tokens, Tensor table) throws ModelFormatException {
        if (!(tokens.origin() instanceof Flow.Input(String name)) || !tokens.index().isEmpty()
                || !tokens.wholeNumbers()) {
            throw node.error("its indices must be token ids that go into the graph, or a constant");
        }
        inputs.use(node, name, Role.INPUT);
        int size = table.shape()[1];
        budget.takeForLayer(node, table.length());
        int stage = add(node,
                new Work.Made(true, label -> new Embedding(label, table.shape()[0], size, table.floats())),
                size, input(name, 1));
        List<List<FlowAxis>> dims = new ArrayList<>(tokens.dims());
        dims.add(List.of());
        return output(stage, tokens.withDims(dims), dims.size() - 1, size);
    }

    /**
     * Adds what is done with the features of each step.
     *
     * @param dim the dimension of the features
     * @param inputs how many they must be
     * @param outputs how many come out
     */
    Flow perStep(Node node, Flow x, int dim, int inputs, Work work, int outputs) throws ModelFormatException {
        Flow flow = features(node, x, dim, inputs);
        return output(add(node, work, outputs, value(node, flow)), flow, dim, outputs);
    }

    /** Adds what is done with each feature, wherever an array has them. */
    Flow perFeature(Node node, Flow x, Work work) throws ModelFormatException {
        Flow flow = features(node, x, -1, -1);
        return sameLayout(add(node, work, flow.count(), value(node, flow)), flow);
    }

    /**
     * Adds a function.
     *
     * @param dim the dimension over which it goes, or -1 for a function of one number
     */
    Flow activation(Node node, Flow x, int dim, Activation activation) throws ModelFormatException {
        Flow flow = features(node, x, dim >= 0 && x.origin() instanceof Flow.Input ? dim : -1, -1);
        if (dim >= 0 && !areFeatures(flow, dim)) {
            throw node.error("goes over " + flow.dims().get(dim) + ", it must be all features");
        }
        return perFeature(node, flow, new Work.Function(activation));
    }

    /** Returns the value of a stage in the layout of another with as many features. */
    static Flow sameLayout(int stage, Flow like) {
        return new Flow(new Flow.Output(stage), 0, like.index(), like.dims(), false);
    }

    /** Returns the value of a stage in the layout of another array but for its features. */
    static Flow output(int stage, Flow flow, int dim, int features) {
        FlowAxis axis = new FlowAxis(Axis.FEATURE, features);
        List<List<FlowAxis>> dims = new ArrayList<>();
        for (List<FlowAxis> axes : flow.dimsWith(dim, List.of(axis))) {
            // What is left of directions is of size 1, and counts nothing any more.
            dims.add(axes.stream().filter(other -> other.role() != Axis.DIRECTION).toList());
        }
        return new Flow(new Flow.Output(stage), 0, List.of(axis), dims, false);
    }

    /**
     * Returns constants for each feature: a row of its own, or one value for all.
     *
     * @param flow the array that they are joined with
     * @param what what the node does with them, which messages say
     */
    static float[] row(Node node, Tensor tensor, Flow flow, String what) throws ModelFormatException {
        int size = flow.count();
        int along = -1;
        int more = tensor.rank() - flow.rank();
        for (int i = 0; i < tensor.rank(); i++) {
            if (tensor.shape()[i] != 1) {
                along = along == -1 && i >= more ? i - more : Integer.MAX_VALUE;
            }
        }
        boolean fits = tensor.floats() != null && more <= 0 && along < flow.rank()
                && (along == -1 || (areFeatures(flow, along) && tensor.length() == size));
        if (!fits) {
            throw node.error(what + " " + tensor + " to " + Printable.of(flow.dims().toString())
                    + "; constants must be one number, or one for each feature");
        }
        float[] row = new float[size];
        for (int i = 0; i < size; i++) {
            row[i] = tensor.floats()[tensor.length() == 1 ? 0 : i];
        }
        return row;
    }

    /** Returns a number of features times. */
    static float[] repeated(float value, int size) {
        float[] row = new float[size];
        Arrays.fill(row, value);
        return row;
    }
}
