package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.stage.Work;
import dev.gru.format.onnx.value.Budget;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.format.onnx.value.Operands;
import dev.gru.format.onnx.value.Value;
import dev.gru.internal.Printable;
import dev.gru.layer.Conv1D.Padding;
import dev.gru.layer.Conv1D;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Merge;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Signature.Axis;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/**
 * The operators over windows of steps, or over all of them: Conv, MaxPool and AveragePool, GlobalMaxPool and
 * GlobalAveragePool, ReduceMax and ReduceMean, and Pad. Their arrays are (batch, features, steps), perhaps with further
 * dimensions of size 1, as exporters write one-dimensional layers by two-dimensional ones.
 *
 * <p>For use by one thread.
 */
final class WindowOperators {
    /** The dimension of the features. */
    private static final int FEATURES = 1;

    private final Values values;
    private final Layers layers;
    private final Recurrences recurrences;
    private final Budget budget;

    /**
     * Makes the operators.
     *
     * @param values what nodes take
     * @param layers where layers go
     * @param recurrences the GRU layers among them
     * @param budget for what they hold
     */
    WindowOperators(Values values, Layers layers, Recurrences recurrences, Budget budget) {
        this.values = values;
        this.layers = layers;
        this.recurrences = recurrences;
        this.budget = budget;
    }

    private Flow flow(Node node) throws ModelFormatException {
        return recurrences.features(node, values.flow(node, 0));
    }

    /** A convolution. */
    Flow conv(Node node) throws ModelFormatException {
        node.requireOnly(3, "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides");
        List<Tensor> constants = values.constants(node, 1, 1, 2);
        Tensor w = constants.get(0);
        Flow x = flow(node);
        if (w.floats() == null || w.rank() != x.rank() || w.rank() < 3 || w.length() == 0) {
            throw node.error("its weights are " + w + ", its input has " + x.rank() + " dimensions");
        }
        int[] kernel = Arrays.copyOfRange(w.shape(), 2, w.rank());
        Windows windows = Windows.of(node, x, kernel);
        int filters = w.shape()[0];
        int perGroup = w.shape()[1];
        int groups = Math.toIntExact(node.integer("group", 1));
        int channels = Math.multiplyExact(perGroup, Math.max(groups, 1));
        if (groups < 1 || filters % groups != 0) {
            throw node.error("group is " + groups + ", its weights are " + w);
        }
        Tensor b = constants.get(1);
        if (b != null && (b.floats() == null || b.rank() != 1 || b.length() != filters)) {
            throw node.error("its bias is " + b + ", it has " + filters + " filters");
        }
        Flow flow = layers.features(node, x, FEATURES, channels);
        budget.takeForLayer(node, w.length());
        float[] weights = byStep(w.floats(), filters, perGroup, windows.size());
        Windows.Padded padded = windows.padded(node);
        Flow input = zeros(node, flow, windows, padded);
        int value = layers.value(node, input);
        // Zeros for a whole window before the first step, by the node itself or by one before it.
        boolean isCausal = padded.padding() == Padding.VALID
                && layers.stages().get(value).work() instanceof Work.Padded(int before, int after)
                && before == windows.span() - 1 && after == 0;
        Padding padding = isCausal ? Padding.CAUSAL : padded.padding();
        int from = isCausal ? layers.stages().get(value).inputs().getFirst() : value;
        // No layer has both; a window of one step leaves out what the stride does.
        boolean skips = windows.stride() > 1 && windows.dilation() > 1;
        if (skips && padding == Padding.SAME) {
            throw node.error("auto_pad SAME_UPPER is not supported with both strides and dilations above 1");
        }
        Work work = new Work.Weighted(windows.span() == 1 && windows.stride() == 1, b == null ? null : b.floats(),
                Activation.LINEAR, (name, bias, activation) -> new Conv1D(name, channels, windows.size(),
                        new DenseWeights(perGroup * windows.size(), filters, activation, weights, bias))
                        .withStride(skips ? 1 : windows.stride()).withDilation(windows.dilation())
                        .withPadding(padding));
        int stage = layers.add(node, work, filters, from);
        if (skips) {
            stage = layers.add(node, new Work.Made(false, name -> new Pooling1D(name, Pooling1D.Kind.MAX, 1,
                    windows.stride(), Padding.VALID)), filters, stage);
        }
        return Layers.output(stage, stepsOf(node, input, windows, padded), FEATURES, filters);
    }

    /** Returns weights (filters, channels, steps) as (filters, steps, channels). */
    private static float[] byStep(float[] weights, int filters, int channels, int steps) {
        float[] moved = new float[weights.length];
        for (int f = 0; f < filters; f++) {
            for (int c = 0; c < channels; c++) {
                for (int s = 0; s < steps; s++) {
                    moved[(f * steps + s) * channels + c] = weights[(f * channels + c) * steps + s];
                }
            }
        }
        return moved;
    }

    /** The largest value or the average of windows. */
    Flow pool(Node node, Pooling1D.Kind kind) throws ModelFormatException {
        node.requireOnly(1, "auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads",
                "storage_order", "strides");
        Flow x = flow(node);
        int[] kernel = Windows.ints(node, "kernel_shape", null);
        if (kernel == null || x.rank() != kernel.length + 2 || x.rank() < 3) {
            throw node.error("its kernel_shape does not fit an input of " + x.rank() + " dimensions");
        }
        Windows windows = Windows.of(node, x, kernel);
        if (windows.dilation() != 1) {
            throw node.error("dilations other than 1 are not supported");
        }
        Flow flow = layers.features(node, x, FEATURES, -1);
        long steps = steps(flow, windows);
        boolean countsZeros = kind == Pooling1D.Kind.AVERAGE && node.flag("count_include_pad");
        Windows.Padded padded = windows.padded(node);
        boolean padsItself = padded.padding() == Padding.SAME;
        boolean pads = padded.before() != 0 || padded.after() != 0;
        boolean repeatsEnds = pads && kind == Pooling1D.Kind.MAX && padded.before() < windows.size()
                && padded.after() < windows.size();
        if (pads && !countsZeros && !repeatsEnds) {
            throw node.error("its pads [" + windows.before() + ", " + windows.after()
                    + "] are not supported with a window of " + windows.size() + " and a stride of " + windows.stride()
                    + (steps == FlowAxis.UNKNOWN ? " and a number of steps that only a run knows" : ""));
        }
        if (countsZeros && padsItself) {
            padded = new Windows.Padded(windows.before(), windows.after(), Padding.VALID);
        }
        if (node.flag("ceil_mode")) {
            requireWhole(node, windows, steps);
        }
        Padding padding = padded.padding();
        Flow input = repeatsEnds
                ? withEnds(node, flow, windows.dim(), padded)
                : zeros(node, flow, windows, padded);
        int stage = layers.add(node, new Work.Made(false, name -> new Pooling1D(name, kind, windows.size(),
                windows.stride(), padding)), input.count(), layers.value(node, input));
        return Layers.sameLayout(stage, stepsOf(node, input, windows, padded));
    }

    /** With ceil_mode, a window that is not full counts too; that is the same if there is none. */
    private static void requireWhole(Node node, Windows windows, long steps) throws ModelFormatException {
        long rest = steps + windows.before() + windows.after() - windows.span();
        if (steps == FlowAxis.UNKNOWN || rest % windows.stride() != 0) {
            throw node.error("ceil_mode is not supported where windows do not end with the last step");
        }
    }

    private static long steps(Flow flow, Windows windows) {
        return flow.dims().get(windows.dim()).getFirst().size();
    }

    /** Adds zeros before and after the steps. */
    private Flow zeros(Node node, Flow flow, Windows windows, Windows.Padded padded) throws ModelFormatException {
        return padded.before() == 0 && padded.after() == 0
                ? flow
                : zeros(node, flow, windows.dim(), padded.before(), padded.after());
    }

    /**
     * Adds the first step before the steps and the last one after them. No window that reaches beyond an end is without
     * the step there, so the largest value is what it is among the others.
     */
    private Flow withEnds(Node node, Flow flow, int dim, Windows.Padded padded) throws ModelFormatException {
        int value = layers.value(node, flow);
        int features = flow.count();
        List<Integer> parts = new ArrayList<>();
        if (padded.before() > 0) {
            parts.add(repeated(node, value, features, GlobalPooling1D.Kind.FIRST, padded.before()));
        }
        parts.add(value);
        if (padded.after() > 0) {
            parts.add(repeated(node, value, features, GlobalPooling1D.Kind.LAST, padded.after()));
        }
        int stage = layers.add(node, new Work.Merged(Merge.Kind.CONCATENATE_STEPS), features,
                parts.toArray(new Integer[0]));
        return longer(flow, stage, dim, padded.before(), padded.after());
    }

    private int repeated(Node node, int value, int features, GlobalPooling1D.Kind end, int times)
            throws ModelFormatException {
        int step = layers.add(node, new Work.Pooled(end), features, value);
        return layers.add(node, new Work.Made(false, name -> new Reshaping.RepeatVector(name, times)), features, step);
    }

    private Flow zeros(Node node, Flow flow, int dim, int before, int after) throws ModelFormatException {
        int stage = layers.add(node, new Work.Padded(before, after), flow.count(), layers.value(node, flow));
        return longer(flow, stage, dim, before, after);
    }

    private static Flow longer(Flow flow, int stage, int dim, int before, int after) {
        long steps = flow.dims().get(dim).getFirst().size();
        FlowAxis axis = new FlowAxis(Axis.STEP, steps == FlowAxis.UNKNOWN ? steps : steps + before + after);
        return new Flow(new Flow.Output(stage), 0, flow.index(), flow.dimsWith(dim, List.of(axis)), false);
    }

    /** Returns the array with as many steps as there are windows. */
    private static Flow stepsOf(Node node, Flow flow, Windows windows, Windows.Padded padded)
            throws ModelFormatException {
        long steps = steps(flow, windows);
        if (steps > Integer.MAX_VALUE) {
            throw node.error("works on " + steps + " steps");
        }
        if (windows.span() == 1 && windows.stride() == 1) {
            return flow;
        }
        FlowAxis axis = new FlowAxis(Axis.STEP, steps == FlowAxis.UNKNOWN
                ? steps
                : padded.padding().windows(windows.span(), windows.stride(), (int) steps));
        return flow.withDims(flow.dimsWith(windows.dim(), List.of(axis)));
    }

    /** The largest value or the average of all steps, by an operator that keeps the dimension. */
    Flow globalPool(Node node, GlobalPooling1D.Kind kind) throws ModelFormatException {
        node.requireOnly(1);
        Flow x = flow(node);
        if (x.rank() < 3) {
            throw node.error("its input must have 3 dimensions or more, has " + x.rank());
        }
        int[] all = IntStream.range(2, x.rank()).toArray();
        int[] steps = Arrays.stream(all).filter(i -> !x.isDroppable(i)).toArray();
        return pooled(node, layers.features(node, x, FEATURES, -1), kind, steps.length == 0 ? new int[]{2} : steps,
                true);
    }

    /** The largest value or the average along dimensions, which must be that of the steps. */
    Flow reduce(Node node, GlobalPooling1D.Kind kind) throws ModelFormatException {
        node.requireOnly(2, "axes", "keepdims", "noop_with_empty_axes");
        Flow x = flow(node);
        List<Value> operands = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            operands.add(values.optional(node, i));
        }
        long[] axes = new Operands(node, operands).perAxis(1, "axes");
        if (axes == null || axes.length == 0) {
            throw node.error("goes over all dimensions; only over the steps is supported");
        }
        return pooled(node, layers.features(node, x, -1, -1), kind, node.axes(axes, x.rank()),
                node.integer("keepdims", 1) != 0);
    }

    private Flow pooled(Node node, Flow flow, GlobalPooling1D.Kind kind, int[] dims, boolean keep)
            throws ModelFormatException {
        int[] counted = Arrays.stream(dims).filter(dim -> !flow.isDroppable(dim)).toArray();
        if (counted.length != 1) {
            throw node
                    .error("goes over the dimensions " + Arrays.toString(dims) + "; only over the steps is supported");
        }
        int dim = counted[0];
        Layers.axis(node, "input", flow, dim, Axis.STEP);
        int stage = layers.add(node, new Work.Pooled(kind), flow.count(), layers.value(node, flow));
        List<List<FlowAxis>> left = flow.dimsWith(dim, List.of());
        if (!keep) {
            Arrays.stream(dims).distinct().boxed().sorted(Comparator.reverseOrder()).forEach(i -> left.remove((int) i));
        }
        return new Flow(new Flow.Output(stage), 0, flow.index(), left, false);
    }

    /** Adds zeros before and after the steps. */
    Flow pad(Node node) throws ModelFormatException {
        node.requireOnly(4, "mode", "pads", "value");
        Flow x = flow(node);
        Value value = values.optional(node, 2);
        if (!node.text("mode", "constant").equals("constant") || node.number("value", 0) != 0
                || (value != null && !value.isZero()) || values.optional(node, 3) != null) {
            throw node.error("only zeros for all axes are supported");
        }
        List<Value> operands = new ArrayList<>();
        operands.add(null);
        operands.add(values.optional(node, 1));
        long[] pads = new Operands(node, operands).numbers(1, "pads");
        if (pads == null || pads.length != 2 * x.rank()) {
            throw node.error("its pads must be two for each of " + x.rank() + " dimensions");
        }
        for (int i = 0; i < x.rank(); i++) {
            if (pads[i] != 0 || pads[x.rank() + i] != 0) {
                Layers.axis(node, "input", x, i, Axis.STEP);
                Layers.requireForward(node, x, i);
            }
        }
        Flow flow = layers.features(node, x, -1, -1);
        Flow padded = flow;
        for (int i = 0; i < flow.rank(); i++) {
            long before = pads[i];
            long after = pads[flow.rank() + i];
            if (before < 0 || after < 0 || before > Integer.MAX_VALUE || after > Integer.MAX_VALUE) {
                throw node.error("pads of " + before + " and " + after + " are not supported");
            }
            if (before != 0 || after != 0) {
                padded = zeros(node, padded, i, (int) before, (int) after);
            }
        }
        return padded;
    }
}
