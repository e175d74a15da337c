package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.stage.Work;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.format.onnx.value.Size;
import dev.gru.format.onnx.value.Value;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Signature.Axis;

/**
 * Parts of arrays that go through an ONNX graph, and what puts such parts together again: of states, or of the features
 * of the two directions of a layer, and the last step of the output of a layer.
 *
 * <p>For use by one thread.
 */
final class Selection {
    private final Layers layers;
    private final Recurrences recurrences;
    private final Joins joins;

    /** Makes selections of what goes through layers. */
    Selection(Layers layers, Recurrences recurrences, Joins joins) {
        this.layers = layers;
        this.recurrences = recurrences;
        this.joins = joins;
    }

    /**
     * Returns part of an array.
     *
     * @param dim the dimension of which a part is taken
     * @param start where the part begins; counted from the end if it is negative
     * @param length how long it is
     * @param drop whether the dimension goes, which must be of one element then
     */
    Flow select(Node node, Flow flow, int dim, long start, int length, boolean drop)
            throws ModelFormatException {
        List<FlowAxis> axes = flow.dims().get(dim);
        Size size = Size.of(axes);
        if (!drop && start == 0 && size.is(length)) {
            return flow;
        }
        if (axes.size() == 1 && axes.getFirst().role() == Axis.STEP) {
            return steps(node, flow, dim, start, length, drop);
        }
        long from = start < 0 && size.isNumber() ? start + size.value() : start;
        boolean isOutside = size.isNumber() && from + length > size.value();
        if (from < 0 || length < 1 || isOutside) {
            throw node.error("takes " + length + " elements from " + start + " on of a dimension of " + size);
        }
        if (drop && size.is(1) && flow.isDroppable(dim)) {
            return flow.squeeze(node, new int[]{dim});
        }
        return counted(node, flow, dim, Math.toIntExact(from), length, drop);
    }

    /** Returns part of what an array counts: features, directions or states. */
    private static Flow counted(Node node, Flow flow, int dim, int start, int length, boolean drop)
            throws ModelFormatException {
        List<FlowAxis> axes = flow.dims().get(dim);
        List<FlowAxis> index = flow.index();
        if (flow.origin() instanceof Flow.Input && index.isEmpty() && axes.size() == 1) {
            // Whoever takes a part of the last dimension means features, of any other the states of some layers.
            Axis role = dim == flow.rank() - 1 && flow.rank() > 1 ? Axis.FEATURE : Axis.DIRECTION;
            if (axes.getFirst().canBe(role) && (role == Axis.DIRECTION || axes.getFirst().size() != FlowAxis.UNKNOWN)) {
                axes.getFirst().become(role);
                index = axes;
            }
        }
        List<FlowAxis> placed = Flow.withoutSpare(axes);
        int at = placed.isEmpty() ? -1 : index.indexOf(placed.getFirst());
        if (at < 0 || at + placed.size() > index.size() || !index.subList(at, at + placed.size()).equals(placed)) {
            throw node.error("takes a part of " + axes + ", which is not supported");
        }
        int inner = Math.toIntExact(FlowAxis.elements(index.subList(at + placed.size(), index.size())));
        if (!Flow.withoutSpare(index.subList(0, at)).isEmpty()) {
            throw node.error("takes features of one direction and of another, which are not side by side");
        }
        List<FlowAxis> part = drop ? List.of() : List.of(new FlowAxis(placed.getLast().role(), length));
        List<FlowAxis> counted = new ArrayList<>(index);
        counted.subList(at, at + placed.size()).clear();
        counted.addAll(at, part);
        List<List<FlowAxis>> dims = flow.dimsWith(dim, part);
        if (drop) {
            dims.remove(dim);
        }
        return new Flow(flow.origin(), Math.addExact(flow.first(), Math.multiplyExact(start, inner)), counted, dims,
                flow.wholeNumbers());
    }

    /**
     * Returns some steps of an array: all but the first and last of them, or one. The last that a GRU layer reads is
     * its state after all steps.
     */
    private Flow steps(Node node, Flow given, int dim, long place, int length, boolean drop)
            throws ModelFormatException {
        Flow flow = layers.features(node, given, -1, -1);
        // Of steps from the last to the first, the first is the last one.
        boolean isReversed = flow.dims().get(dim).getFirst().isReversed();
        if (isReversed && length != 1) {
            Layers.requireForward(node, flow, dim);
        }
        long start = isReversed ? -1 - place : place;
        long steps = flow.dims().get(dim).getFirst().size();
        if (length != 1) {
            if (steps == FlowAxis.UNKNOWN || start < 0) {
                throw node.error("takes " + length + " steps from " + start + " on of a number that only a run knows");
            }
            return crop(node, flow, dim, start, steps - start - length);
        }
        // Where the number of steps is unknown, it is 0 here, and the second comparisons say what the first do.
        boolean isLast = start == -1 || start == steps - 1;
        boolean isFirst = start == 0 || start == -steps;
        Flow cut = flow;
        if (!isLast && !isFirst) {
            cut = start < 0 ? crop(node, flow, dim, 0, -start - 1) : crop(node, flow, dim, start, 0);
        }
        requireNoLengths(node);
        List<List<FlowAxis>> dims = cut.dimsWith(dim, List.of());
        if (drop) {
            dims.remove(dim);
        }
        Flow state = isLast || isFirst ? state(flow, isLast, dims) : null;
        if (state != null) {
            return state;
        }
        boolean fromEnd = isLast || (!isFirst && start < 0);
        int stage = layers.add(node, new Work.Pooled(fromEnd
                ? GlobalPooling1D.Kind.LAST
                : GlobalPooling1D.Kind.FIRST), cut.count(), layers.value(node, cut));
        return new Flow(new Flow.Output(stage), 0, cut.index(), dims, false);
    }

    private void requireNoLengths(Node node) throws ModelFormatException {
        if (recurrences.hasLengths()) {
            throw node.error("takes a step that short rows do not have; use the states of the layer (Y_h)");
        }
    }

    /** Returns an array with its steps from the last to the first. */
    Flow reversed(Node node, Flow flow, int dim) throws ModelFormatException {
        requireNoLengths(node);
        FlowAxis axis = Layers.axis(node, "input", flow, dim, Axis.STEP);
        return flow.withDims(flow.dimsWith(dim, List.of(axis.mirrored())));
    }

    /**
     * Returns an array with its steps from the last to the first.
     *
     * @param lengths how many steps of each row that is, which must be all
     */
    Flow reversed(Node node, Flow flow, Value lengths) throws ModelFormatException {
        node.requireOnly(2, "batch_axis", "time_axis");
        int dim = node.axis(node.integer("time_axis", 0), flow.rank());
        Flow result = reversed(node, flow, dim);
        if (!Recurrences.isEverywhere(lengths, flow.dims().get(dim).getFirst())) {
            throw node.error("its sequence_lens must be the number of steps");
        }
        return result;
    }

    /** Leaves out the first and the last steps of an array, so many of each. */
    Flow crop(Node node, Flow given, int dim, long before, long after) throws ModelFormatException {
        Flow flow = layers.features(node, recurrences.features(node, given), -1, -1);
        List<FlowAxis> axes = flow.dims().get(dim);
        long steps = axes.getFirst().size();
        if (axes.size() != 1 || before < 0 || after < 0 || before > Integer.MAX_VALUE || after > Integer.MAX_VALUE
                || (steps != FlowAxis.UNKNOWN && before + after >= steps)) {
            throw node.error("leaves out " + before + " and " + after + " steps of " + axes);
        }
        requireNoLengths(node);
        Layers.requireForward(node, flow, dim);
        int stage = layers.add(node, new Work.Made(false, name -> new Reshaping.Cropping1D(name, (int) before,
                (int) after)), flow.count(), layers.value(node, flow));
        FlowAxis left = new FlowAxis(Axis.STEP, steps == FlowAxis.UNKNOWN ? steps : steps - before - after);
        return new Flow(new Flow.Output(stage), 0, flow.index(), flow.dimsWith(dim, List.of(left)), false);
    }

    /** Returns the states that are a step of all outputs of a direction of a GRU, or null if it is another step. */
    private Flow state(Flow flow, boolean isLast, List<List<FlowAxis>> dims) {
        int stage = ((Flow.Output) flow.origin()).stage();
        for (int i = 0; i < recurrences.states().size(); i++) {
            Recurrences.State state = recurrences.states().get(i);
            int units = state.work().units();
            if (state.stage() == stage && flow.count() == units && flow.first() == state.direction() * units
                    && state.work().endsAtFirst(state.direction()) != isLast) {
                return new Flow(new Flow.States(), i, List.of(), dims, false);
            }
        }
        return null;
    }

    /** Returns arrays one after another along a dimension. */
    Flow concat(Node node, List<Flow> flows, int dim) throws ModelFormatException {
        Flow first = flows.getFirst();
        for (Flow flow : flows) {
            if (flow.rank() != first.rank()) {
                throw node.error("joins arrays of " + first.rank() + " and " + flow.rank() + " dimensions");
            }
        }
        int next = first.first();
        for (Flow flow : flows) {
            boolean fits = flow.origin().equals(first.origin()) && flow.first() == next
                    && !(flow.origin() instanceof Flow.Input);
            for (int i = 0; fits && i < flow.rank(); i++) {
                fits = i == dim || areAlike(flow.dims().get(i), first.dims().get(i));
            }
            if (!fits) {
                return joins.concat(node, flows, dim);
            }
            next = Math.addExact(next, flow.count());
        }
        return first.origin() instanceof Flow.States
                ? joinedStates(node, flows, dim)
                : joinedFeatures(node, flows, dim, next - first.first());
    }

    private static boolean areAlike(List<FlowAxis> a, List<FlowAxis> b) {
        List<FlowAxis> left = Flow.withoutSpare(a);
        List<FlowAxis> right = Flow.withoutSpare(b);
        boolean alike = left.size() == right.size();
        for (int i = 0; alike && i < left.size(); i++) {
            alike = left.get(i).isLike(right.get(i));
        }
        return alike;
    }

    private static Flow joinedFeatures(Node node, List<Flow> flows, int dim, int count)
            throws ModelFormatException {
        for (Flow flow : flows) {
            requireAll(node, flow, dim, flow.index());
        }
        List<FlowAxis> features = List.of(new FlowAxis(Axis.FEATURE, count));
        Flow first = flows.getFirst();
        return new Flow(first.origin(), first.first(), features, first.dimsWith(dim, features), false);
    }

    private static Flow joinedStates(Node node, List<Flow> flows, int dim) throws ModelFormatException {
        Flow first = flows.getFirst();
        List<FlowAxis> along = first.dims().get(dim);
        int each = first.count();
        FlowAxis unit = along.stream().filter(axis -> axis.role() == Axis.FEATURE).findFirst().orElse(null);
        for (Flow flow : flows) {
            boolean haveUnits = unit == null || areAlike(flow.dims().get(dim), along);
            if (flow.count() != each || !haveUnits) {
                throw node.error("joins " + flow.count() + " states and " + each);
            }
            requireAll(node, flow, dim, unit == null
                    ? flow.index()
                    : Stream.concat(flow.index().stream(), Stream.of(flow.dims().get(dim).getLast())).toList());
        }
        List<FlowAxis> index = new ArrayList<>(Flow.withoutSpare(first.index()));
        index.addFirst(new FlowAxis(Axis.DIRECTION, flows.size()));
        List<FlowAxis> joined = new ArrayList<>(index);
        if (unit != null) {
            joined.add(unit);
        }
        return new Flow(first.origin(), first.first(), index, first.dimsWith(dim, joined), false);
    }

    /** Checks that a dimension is made of the given axes, but for such of size 1. */
    private static void requireAll(Node node, Flow flow, int dim, List<FlowAxis> axes)
            throws ModelFormatException {
        if (!Flow.withoutSpare(flow.dims().get(dim)).equals(Flow.withoutSpare(axes))) {
            throw node.error("joins arrays along " + flow.dims().get(dim) + ", which is not supported");
        }
    }
}
