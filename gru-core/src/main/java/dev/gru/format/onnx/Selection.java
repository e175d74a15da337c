package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.Signature.Axis;

/**
 * Parts of arrays that go through an ONNX graph, and what puts such parts together again: of states, or of the features
 * of the two directions of a layer, and the last step of the output of a layer.
 *
 * <p>For use by one thread.
 */
final class Selection {
    private final Chain chain;

    /** Makes selections of what goes through a chain. */
    Selection(Chain chain) {
        this.chain = chain;
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
        if (axes.stream().anyMatch(axis -> axis.role() == Axis.STEP)) {
            return lastStep(node, flow, dim, start, length, drop);
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
        if (flow.origin() instanceof Flow.Input && index.isEmpty() && axes.size() == 1
                && axes.getFirst().canBe(Axis.DIRECTION)) {
            axes.getFirst().become(Axis.DIRECTION);
            index = axes;
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
     * Returns one step of the output of a layer, which must be the last that the layer reads: then it is its state
     * after all steps, or what the layers behind make of that.
     */
    private Flow lastStep(Node node, Flow flow, int dim, long start, int length, boolean drop)
            throws ModelFormatException {
        List<FlowAxis> axes = flow.dims().get(dim);
        Stage.Gru gru = chain.lastGru();
        if (length != 1 || axes.size() != 1 || !(flow.origin() instanceof Flow.Output(int layer)) || gru == null
                || layer < gru.layer()) {
            throw node.error("takes steps out of a sequence; only the last that a layer reads is supported");
        }
        int direction = 0;
        if (gru.directions() == 2) {
            direction = flow.first() / gru.units();
            if (layer != gru.layer() || flow.count() != gru.units() || flow.first() % gru.units() != 0) {
                throw node.error("takes one step of a bidirectional layer, which is the last that it reads for one "
                        + "direction only; use the states of the layer (Y_h, in PyTorch h_n), or take the last step of "
                        + "the forward direction and the first of the backward one");
            }
        }
        long steps = axes.getFirst().size();
        // Where the number of steps is unknown, it is 0 here, and the second comparisons say what the first do.
        boolean isLast = start == -1 || start == steps - 1;
        boolean isFirst = start == 0 || start == -steps;
        if (gru.direction(direction) == Direction.FORWARD ? !isLast : !isFirst) {
            throw node.error("takes step " + start + ", which is not the last that the layer reads");
        }
        if (chain.hasLengths()) {
            throw node.error("takes a step that short rows do not have; use the states of the layer (Y_h)");
        }
        List<List<FlowAxis>> dims = flow.dimsWith(dim, List.of());
        if (drop) {
            dims.remove(dim);
        }
        return layer == gru.layer() && flow.count() == gru.units()
                ? new Flow(new Flow.States(), gru.firstState() + direction, List.of(), dims, false)
                : flow.withDims(dims);
    }

    /** Returns arrays one after another along a dimension. */
    Flow concat(Node node, List<Flow> flows, int dim) throws ModelFormatException {
        Flow first = flows.getFirst();
        int next = first.first();
        for (Flow flow : flows) {
            boolean fits = flow.origin().equals(first.origin()) && flow.rank() == first.rank()
                    && flow.first() == next && !(flow.origin() instanceof Flow.Input);
            for (int i = 0; fits && i < flow.rank(); i++) {
                fits = i == dim || areAlike(flow.dims().get(i), first.dims().get(i));
            }
            if (!fits) {
                throw node.error("joins arrays that are not parts of one layer's features or states, side by side");
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
