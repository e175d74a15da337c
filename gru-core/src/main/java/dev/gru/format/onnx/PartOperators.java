package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.value.Budget;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.Operands;
import dev.gru.format.onnx.value.Size;
import dev.gru.format.onnx.value.SizeArithmetic;
import dev.gru.format.onnx.value.Value.Constant;
import dev.gru.format.onnx.value.Value.Fill;
import dev.gru.format.onnx.value.Value.Sizes;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Value;
import dev.gru.internal.Printable;
import dev.gru.layer.Signature.Axis;

/**
 * The operators that take parts of values or put them together, on constants, on shapes, and on arrays that go through
 * the graph: Slice, Gather, Split and Concat.
 *
 * <p>For use by one thread.
 */
final class PartOperators {
    private final ConstantFolding folding;
    private final Selection selection;
    private final Budget budget;

    /** Makes the operators. */
    PartOperators(ConstantFolding folding, Selection selection, Budget budget) {
        this.folding = folding;
        this.selection = selection;
        this.budget = budget;
    }

    /** Returns a part of each of some dimensions. */
    Value slice(Node node, Operands operands) throws ModelFormatException {
        node.requireOnly(5, "axes", "ends", "starts");
        Value value = operands.get(0);
        long[] starts = operands.perAxis(1, "starts");
        long[] ends = operands.perAxis(2, "ends");
        if (starts == null || ends == null) {
            throw node.error("has no starts or no ends");
        }
        long[] axes = Optional.ofNullable(operands.perAxis(3, "axes"))
                .orElse(IntStream.range(0, starts.length).asLongStream().toArray());
        long[] steps = Optional.ofNullable(operands.perAxis(4, ""))
                .orElse(LongStream.range(0, starts.length).map(_ -> 1).toArray());
        if (ends.length != starts.length || axes.length != starts.length || steps.length != starts.length) {
            throw node.error("its starts, ends, axes and steps are not equally many");
        }
        Value sliced = value;
        for (int i = 0; i < starts.length; i++) {
            sliced = steps[i] == 1
                    ? slice(node, sliced, axes[i], starts[i], ends[i])
                    : stepped(node, sliced, axes[i], starts[i], ends[i], steps[i]);
        }
        return sliced;
    }

    /** Returns every so many elements of a constant, or all from the last to the first. */
    private Value stepped(Node node, Value value, long axis, long start, long end, long step)
            throws ModelFormatException {
        if (value instanceof Flow flow && step == -1) {
            Size size = size(flow, node.axis(axis, flow.rank()));
            boolean fromLast = start == -1 || start >= (size.isNumber() ? size.value() - 1 : Integer.MAX_VALUE);
            boolean toFirst = end <= (size.isNumber() ? -size.value() - 1 : -Integer.MAX_VALUE);
            if (fromLast && toFirst) {
                return selection.reversed(node, flow, node.axis(axis, flow.rank()));
            }
        }
        if (!(value instanceof Constant(Tensor tensor)) || step == 0) {
            throw node.error("its steps must be 1, are " + step);
        }
        int dim = node.axis(axis, tensor.rank());
        int size = tensor.shape()[dim];
        long first = start < 0 ? Math.max(start, -size - 1L) + size : start;
        long last = end < 0 ? Math.max(end, -size - 1L) + size : end;
        long from = Math.clamp(first, step < 0 ? -1 : 0, step < 0 ? size - 1 : size);
        long to = Math.clamp(last, step < 0 ? -1 : 0, size);
        long count = Math.max(0, Math.ceilDiv(to - from, step));
        budget.take(node, count);
        return new Constant(folding.gather(node, tensor, dim,
                LongStream.range(0, count).map(i -> from + i * step).toArray()));
    }

    private Value slice(Node node, Value value, long axis, long start, long end)
            throws ModelFormatException {
        if (value instanceof Fill fill) {
            return fill.withoutShape(node);
        }
        int rank = rank(node, value);
        int dim = node.axis(axis, rank);
        Size size = size(value, dim);
        if (size.isNumber()) {
            int length = Math.toIntExact(size.value());
            int from = clamp(start, length);
            int to = clamp(end, length);
            return part(node, value, dim, from, Math.max(to - from, 0));
        }
        // Of a dimension that only a run knows, the whole and the parts near an end are known all the same.
        boolean toTheEnd = end >= Integer.MAX_VALUE;
        if (start == 0 && toTheEnd) {
            return value;
        }
        boolean areSteps = value instanceof Flow flow && flow.dims().get(dim).getFirst().role() == Axis.STEP;
        if (areSteps && start >= 0 && (end < 0 || toTheEnd)) {
            return selection.crop(node, (Flow) value, dim, start, toTheEnd ? 0 : -end);
        }
        boolean isFromTheEnd = start < 0 && toTheEnd;
        long length = isFromTheEnd ? -start : end - start;
        boolean isKnown = isFromTheEnd || start < 0 == end < 0;
        if (!isKnown || length < 1 || length > Integer.MAX_VALUE) {
            throw node
                    .error("takes the elements from " + start + " to " + end + " of a dimension that only a run knows");
        }
        return part(node, value, dim, start, (int) length);
    }

    private static int clamp(long index, int length) {
        return Math.clamp(index < 0 ? index + length : index, 0, length);
    }

    private static int rank(Node node, Value value) throws ModelFormatException {
        return switch (value) {
            case Constant(Tensor tensor) -> tensor.rank();
            case Flow flow -> flow.rank();
            case Sizes sizes -> sizes.scalar() ? 0 : 1;
            case Fill _ -> throw value.unsupported(node);
        };
    }

    private static Size size(Value value, int dim) {
        return switch (value) {
            case Constant(Tensor tensor) -> Size.of(tensor.shape()[dim]);
            case Flow flow -> Size.of(flow.dims().get(dim));
            case Sizes sizes -> Size.of(sizes.elements().size());
            case Fill _ -> throw new IllegalArgumentException("an array without dimensions");
        };
    }

    /** Returns part of a value along a dimension; {@code start} is negative only for an array of unknown size. */
    private Value part(Node node, Value value, int dim, long start, int length)
            throws ModelFormatException {
        return switch (value) {
            case Constant(Tensor tensor) when length == tensor.shape()[dim] -> value;
            case Constant(Tensor tensor) -> new Constant(
                    folding.slice(node, tensor, dim, Math.toIntExact(start), length));
            case Sizes sizes -> SizeArithmetic.select(node, sizes,
                    IntStream.range((int) start, (int) start + length).toArray(), false);
            case Flow flow -> selection.select(node, flow, dim, start, length, false);
            case Fill fill -> fill.withoutShape(node);
        };
    }

    /** Returns an array with its steps from the last to the first. */
    Value reverseSequence(Node node, Operands operands) throws ModelFormatException {
        if (operands.get(0) instanceof Flow flow) {
            return selection.reversed(node, flow, operands.get(1));
        }
        throw operands.get(0).unsupported(node);
    }

    /** Returns the elements of a value at constant places of an axis. */
    Value gather(Node node, Value value, Value indices) throws ModelFormatException {
        node.requireOnly(2, "axis");
        if (!(indices instanceof Constant(Tensor at)) || at.longs() == null || at.rank() > 1) {
            throw node.error("its indices must be constant whole numbers, one or a list");
        }
        if (value instanceof Fill fill) {
            return fill.withoutShape(node);
        }
        int rank = rank(node, value);
        int dim = node.axis(node.integer("axis", 0), rank);
        boolean drop = at.rank() == 0;
        if (value instanceof Flow flow) {
            if (at.length() != 1) {
                throw node.error("takes " + at.length() + " places of an array that depends on the inputs");
            }
            return selection.select(node, flow, dim, at.longs()[0], 1, drop);
        }
        if (value instanceof Sizes sizes) {
            return SizeArithmetic.select(node, sizes, node.axes(at.longs(), sizes.elements().size()), drop);
        }
        Tensor tensor = ((Constant) value).tensor();
        Tensor selected = folding.gather(node, tensor, dim, at.longs());
        return new Constant(!drop
                ? selected
                : selected.withShape(IntStream.range(0, rank).filter(i -> i != dim).map(i -> tensor.shape()[i])
                        .toArray()));
    }

    /** Returns the parts that a dimension is cut into. */
    List<Value> split(Node node, Operands operands) throws ModelFormatException {
        node.requireOnly(2, "axis", "num_outputs", "split");
        Value value = operands.get(0);
        int parts = node.outputs().size();
        if (value instanceof Fill fill) {
            // What holds one value everywhere is cut into such.
            return Collections.nCopies(parts, fill.withoutShape(node));
        }
        int dim = node.axis(node.integer("axis", 0), rank(node, value));
        Size size = size(value, dim);
        if (!size.isNumber() || node.integer("num_outputs", parts) != parts) {
            throw node.error("splits what only a run knows, or in another number of parts than it has outputs");
        }
        long each = Math.ceilDiv(size.value(), parts);
        long[] lengths = Optional.ofNullable(operands.numbers(1, "split"))
                .orElse(IntStream.range(0, parts)
                        .mapToLong(i -> Math.min(each, size.value() - i * each)).toArray());
        if (lengths.length != parts || Arrays.stream(lengths).anyMatch(length -> length < 1)
                || Arrays.stream(lengths).reduce(0, Math::addExact) != size.value()) {
            throw node.error("splits " + size + " into " + Printable.of(Arrays.toString(lengths)));
        }
        List<Value> results = new ArrayList<>();
        long start = 0;
        for (long length : lengths) {
            budget.takeLayout(node, value);
            results.add(part(node, value, dim, start, (int) length));
            start += length;
        }
        return results;
    }

    /** Returns values one after another. */
    Value concat(Node node, List<Value> values) throws ModelFormatException {
        node.requireOnly(Integer.MAX_VALUE, "axis");
        if (values.isEmpty() || values.contains(null)) {
            throw node.error("joins nothing, or an input that is left out");
        }
        long axis = node.integer("axis", 0);
        List<Flow> flows = values.stream().filter(Flow.class::isInstance).map(Flow.class::cast).toList();
        if (flows.size() == values.size()) {
            return selection.concat(node, flows, node.axis(axis, flows.getFirst().rank()));
        }
        if (values.stream().allMatch(Value::isZero) && values.stream().anyMatch(Fill.class::isInstance)) {
            return new Fill(new Constant(Tensor.of(new float[1])), null);
        }
        if (values.stream().allMatch(Constant.class::isInstance)) {
            List<Tensor> tensors = values.stream().map(operand -> ((Constant) operand).tensor()).toList();
            return new Constant(folding.concat(node, tensors, node.axis(axis, tensors.getFirst().rank())));
        }
        List<Sizes> sizes = new ArrayList<>();
        for (Value operand : values) {
            sizes.add(SizeArithmetic.of(operand).orElseThrow(() -> operand.unsupported(node)));
        }
        return SizeArithmetic.concat(node, sizes);
    }
}
