package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.stage.Work;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.internal.Printable;
import dev.gru.layer.Merge;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Signature.Axis;

/**
 * Where branches of an ONNX graph join: element by element, as ONNX broadcasts, or side by side.
 *
 * <p>For use by one thread.
 */
final class Joins {
    private final Layers layers;
    private final Recurrences recurrences;

    /** Makes joins of what goes through layers. */
    Joins(Layers layers, Recurrences recurrences) {
        this.layers = layers;
        this.recurrences = recurrences;
    }

    private List<Flow> features(Node node, List<Flow> flows, int dim) throws ModelFormatException {
        List<Flow> all = new ArrayList<>();
        for (Flow flow : flows) {
            all.add(plain(layers.features(node, recurrences.features(node, flow), dim, -1)));
        }
        return all;
    }

    /** Returns an array whose features are one axis, as far as they are in one dimension. */
    private static Flow plain(Flow flow) {
        for (int i = 0; i < flow.rank(); i++) {
            if (!Flow.withoutSpare(flow.index()).isEmpty() && Layers.areFeatures(flow, i)) {
                List<FlowAxis> axis = List.of(new FlowAxis(Axis.FEATURE, flow.count()));
                return new Flow(flow.origin(), flow.first(), axis, flow.dimsWith(i, axis), false);
            }
        }
        return flow;
    }

    /** Joins arrays element by element. */
    Flow elements(Node node, Merge.Kind kind, List<Flow> given) throws ModelFormatException {
        List<Flow> flows = features(node, given, -1);
        int rank = flows.stream().mapToInt(Flow::rank).max().orElseThrow();
        Flow widest = flows.getFirst();
        for (Flow flow : flows) {
            widest = flow.count() > widest.count() ? flow : widest;
        }
        List<List<FlowAxis>> dims = new ArrayList<>(Collections.nCopies(rank, List.of()));
        for (Flow flow : flows) {
            int more = rank - flow.rank();
            for (int i = 0; i < flow.rank(); i++) {
                dims.set(more + i, joined(node, dims.get(more + i), flow.dims().get(i)));
            }
        }
        for (int i = 0; i < widest.rank(); i++) {
            // Of axes that mean the same, those stay that count the features.
            if (widest.dims().get(i).stream().anyMatch(widest.index()::contains)) {
                dims.set(rank - widest.rank() + i, widest.dims().get(i));
            }
        }
        boolean sequence = hasSteps(dims);
        List<Integer> from = new ArrayList<>();
        for (Flow flow : flows) {
            int value = layers.value(node, flow);
            from.add(sequence && !flow.hasSteps() ? repeated(node, dims, value, flow.count()) : value);
        }
        // Where a single feature meets several, the axes are those of the several.
        int stage = layers.add(node, new Work.Merged(kind), widest.count(), from.toArray(Integer[]::new));
        return new Flow(new Flow.Output(stage), 0, widest.index(), dims, false);
    }

    private static boolean hasSteps(List<List<FlowAxis>> dims) {
        return dims.stream().flatMap(List::stream).anyMatch(axis -> axis.role() == Axis.STEP);
    }

    /** Returns a dimension that two arrays have, of which one may have a single element. */
    private static List<FlowAxis> joined(Node node, List<FlowAxis> a, List<FlowAxis> b) throws ModelFormatException {
        List<FlowAxis> left = Flow.withoutSpare(a);
        List<FlowAxis> right = Flow.withoutSpare(b);
        if (left.isEmpty() || right.isEmpty()) {
            return left.isEmpty() ? (right.isEmpty() && b.isEmpty() ? a : b) : a;
        }
        boolean alike = left.size() == right.size();
        for (int i = 0; alike && i < left.size(); i++) {
            alike = unified(left.get(i), right.get(i));
        }
        if (!alike) {
            throw node.error("joins the dimensions " + Printable.of(a.toString()) + " and " + Printable.of(b.toString())
                    + ", element by element");
        }
        return a;
    }

    /** Makes two axes mean the same, if they can. */
    static boolean unified(FlowAxis a, FlowAxis b) {
        if (a == b) {
            return true;
        }
        boolean sizes = a.size() == FlowAxis.UNKNOWN || b.canHave(a.size());
        if (!sizes || a.isReversed() != b.isReversed() || (a.role() != null && !b.canBe(a.role()))
                || (b.role() != null && !a.canBe(b.role()))) {
            return false;
        }
        if (a.role() != null) {
            b.become(a.role());
        } else if (b.role() != null) {
            a.become(b.role());
        }
        return true;
    }

    /** Returns a vector as a sequence that is the same in every step of another. */
    private int repeated(Node node, List<List<FlowAxis>> dims, int value, int features) throws ModelFormatException {
        long steps = dims.stream().flatMap(List::stream).filter(axis -> axis.role() == Axis.STEP).findFirst()
                .orElseThrow().size();
        if (steps == FlowAxis.UNKNOWN || steps > Integer.MAX_VALUE) {
            throw node.error("joins a vector and every step of a sequence, whose number of steps only a run knows; "
                    + "export the model with a fixed number of steps");
        }
        return layers.add(node, new Work.Made(false, name -> new Reshaping.RepeatVector(name, (int) steps)), features,
                value);
    }

    /** Joins arrays side by side: their features, or their steps. */
    Flow concat(Node node, List<Flow> given, int dim) throws ModelFormatException {
        boolean areSteps = given.stream().allMatch(flow -> dim < flow.rank()
                && flow.dims().get(dim).stream().anyMatch(axis -> axis.role() == Axis.STEP));
        List<Flow> flows = features(node, given, areSteps ? -1 : dim);
        Flow first = flows.getFirst();
        List<Integer> from = new ArrayList<>();
        int features = 0;
        long steps = 0;
        for (Flow flow : flows) {
            boolean fits = flow.rank() == first.rank();
            for (int i = 0; fits && i < flow.rank(); i++) {
                fits = i == dim || areAlike(flow.dims().get(i), first.dims().get(i));
            }
            if (!fits || (areSteps
                    ? flow.count() != first.count() || flow.dims().get(dim).size() != 1
                    : flow.hasSteps() != first.hasSteps())) {
                throw node.error("joins " + Printable.of(first.dims().toString()) + " and "
                        + Printable.of(flow.dims().toString()) + " along dimension " + dim);
            }
            from.add(layers.value(node, flow));
            features = Math.addExact(features, flow.count());
            long more = areSteps ? flow.dims().get(dim).getFirst().size() : 0;
            steps = steps < 0 || more == FlowAxis.UNKNOWN ? -1 : Math.addExact(steps, more);
        }
        if (areSteps) {
            Layers.requireForward(node, first, dim);
            int stage = layers.add(node, new Work.Merged(Merge.Kind.CONCATENATE_STEPS), first.count(),
                    from.toArray(Integer[]::new));
            FlowAxis axis = new FlowAxis(Axis.STEP, Math.max(steps, FlowAxis.UNKNOWN));
            return new Flow(new Flow.Output(stage), 0, first.index(), first.dimsWith(dim, List.of(axis)), false);
        }
        int stage = layers.add(node, new Work.Merged(Merge.Kind.CONCATENATE), features, from.toArray(Integer[]::new));
        return Layers.output(stage, first, dim, features);
    }

    private static boolean areAlike(List<FlowAxis> a, List<FlowAxis> b) {
        List<FlowAxis> left = Flow.withoutSpare(a);
        List<FlowAxis> right = Flow.withoutSpare(b);
        boolean alike = left.size() == right.size();
        for (int i = 0; alike && i < left.size(); i++) {
            alike = unified(left.get(i), right.get(i));
        }
        return alike;
    }
}
