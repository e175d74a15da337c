package dev.gru.format.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.format.onnx.value.Operands;
import dev.gru.format.onnx.value.SizeArithmetic;
import dev.gru.format.onnx.value.Value.Constant;
import dev.gru.format.onnx.value.Value.Fill;
import dev.gru.format.onnx.value.Value.Sizes;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Value;

/**
 * The operators that lay values out in another way and change none, on constants, on shapes, and on arrays that go
 * through the graph: Cast, Transpose, Squeeze, Unsqueeze and Reshape.
 *
 * <p>For use by one thread.
 */
final class LayoutOperators {
    /** The numbers of ONNX's element types: FLOAT, FLOAT16, DOUBLE, BFLOAT16. */
    private static final List<Long> FLOATS = List.of(1L, 10L, 11L, 16L);
    /** UINT8, INT8, UINT16, INT16, INT32, INT64, and BOOL. */
    private static final List<Long> WHOLE_NUMBERS = List.of(2L, 3L, 4L, 5L, 6L, 7L, 9L);

    private final ConstantFolding folding;

    /** Makes the operators. */
    LayoutOperators(ConstantFolding folding) {
        this.folding = folding;
    }

    /** Returns axes as indexes, in the order given. */
    private static int[] axes(Node node, long[] axes, int rank) throws ModelFormatException {
        int[] places = node.axes(axes, rank);
        if (Arrays.stream(places).distinct().count() != places.length) {
            throw node.error("names an axis twice");
        }
        return places;
    }

    Value cast(Node node, Value value) throws ModelFormatException {
        node.requireOnly(1, "to", "saturate");
        long to = node.integer("to", 0);
        boolean toFloats = FLOATS.contains(to);
        if (!toFloats && !WHOLE_NUMBERS.contains(to)) {
            throw node.error("the type of number " + to + " is not supported");
        }
        return switch (value) {
            case Constant(Tensor tensor) -> new Constant(folding.cast(node, tensor, toFloats));
            case Sizes sizes when !toFloats -> sizes;
            case Fill fill -> new Fill(cast(node, fill.element()), fill.shape());
            // Token ids may come as floats, as Keras declares its inputs.
            case Flow flow when !toFloats -> new Flow(flow.origin(), flow.first(), flow.index(), flow.dims(),
                    true);
            case Flow flow when !flow.wholeNumbers() -> flow;
            default -> throw value.unsupported(node);
        };
    }

    Value transpose(Node node, Value value) throws ModelFormatException {
        node.requireOnly(1, "perm");
        return switch (value) {
            case Constant(Tensor tensor) -> new Constant(folding.transpose(node, tensor, order(node, tensor.rank())));
            case Flow flow -> flow.transpose(order(node, flow.rank()));
            case Fill fill -> fill.withoutShape(node);
            case Sizes sizes -> sizes;
        };
    }

    private static int[] order(Node node, int rank) throws ModelFormatException {
        List<Long> order = node.list("perm", Long.class,
                IntStream.range(0, rank).mapToObj(i -> (long) rank - 1 - i).toList());
        if (order.size() != rank) {
            throw node.error("perm has " + order.size() + " axes, its input " + rank);
        }
        return axes(node, order.stream().mapToLong(Long::longValue).toArray(), rank);
    }

    Value squeeze(Node node, Operands operands) throws ModelFormatException {
        node.requireOnly(2, "axes");
        Value value = operands.get(0);
        long[] axes = operands.perAxis(1, "axes");
        return switch (value) {
            case Constant(Tensor tensor) -> {
                int[] places = axes != null
                        ? axes(node, axes, tensor.rank())
                        : IntStream.range(0, tensor.rank()).filter(i -> tensor.shape()[i] == 1).toArray();
                if (Arrays.stream(places).anyMatch(i -> tensor.shape()[i] != 1)) {
                    throw node.error("leaves out dimensions of " + tensor + " that are not of size 1");
                }
                yield new Constant(tensor.withShape(IntStream.range(0, tensor.rank())
                        .filter(i -> Arrays.stream(places).noneMatch(place -> place == i)).map(i -> tensor.shape()[i])
                        .toArray()));
            }
            case Flow flow -> flow.squeeze(node, axes != null
                    ? axes(node, axes, flow.rank())
                    : IntStream.range(0, flow.rank()).filter(flow::isDroppable).toArray());
            case Fill fill -> fill.withoutShape(node);
            case Sizes sizes -> SizeArithmetic.reshape(node, sizes, true);
        };
    }

    Value unsqueeze(Node node, Operands operands) throws ModelFormatException {
        node.requireOnly(2, "axes");
        Value value = operands.get(0);
        long[] axes = operands.perAxis(1, "axes");
        if (axes == null) {
            throw node.error("has no axes");
        }
        return switch (value) {
            case Constant(Tensor tensor) -> {
                int rank = tensor.rank() + axes.length;
                int[] places = axes(node, axes, rank);
                if (rank > Tensor.MAX_RANK) {
                    throw node.error("makes " + rank + " dimensions");
                }
                int[] shape = new int[rank];
                Arrays.stream(places).forEach(place -> shape[place] = -1);
                int next = 0;
                for (int i = 0; i < rank; i++) {
                    shape[i] = shape[i] == -1 ? 1 : tensor.shape()[next++];
                }
                yield new Constant(tensor.withShape(shape));
            }
            case Flow flow -> flow.unsqueeze(node, axes(node, axes, flow.rank() + axes.length));
            case Fill fill -> fill.withoutShape(node);
            case Sizes sizes when sizes.scalar() && axes.length == 1 -> SizeArithmetic.reshape(node, sizes, false);
            case Sizes _ -> throw value.unsupported(node);
        };
    }

    Value reshape(Node node, Operands operands) throws ModelFormatException {
        node.requireOnly(2, "allowzero");
        Value value = operands.get(0);
        Sizes target = SizeArithmetic.of(operands.get(1)).orElseThrow(
                () -> node.error("its shape must be a list of whole numbers"));
        boolean zerosCount = node.flag("allowzero");
        return switch (value) {
            case Constant(Tensor tensor) -> new Constant(reshaped(node, tensor, target, zerosCount));
            case Flow flow -> flow.reshape(node, target.elements(), zerosCount);
            case Fill fill -> fill.withoutShape(node);
            case Sizes sizes when target.elements().size() <= 1 -> SizeArithmetic.reshape(node, sizes,
                    target.elements().isEmpty());
            case Sizes _ -> throw value.unsupported(node);
        };
    }

    /** Makes two dimensions: those before an axis, and the others. */
    Value flatten(Node node, Value value) throws ModelFormatException {
        node.requireOnly(1, "axis");
        if (!(value instanceof Flow flow)) {
            throw value.unsupported(node);
        }
        long axis = node.integer("axis", 1);
        int first = axis == flow.rank() ? flow.rank() : node.axis(axis, flow.rank());
        List<FlowAxis> before = flow.dims().subList(0, first).stream().flatMap(List::stream).toList();
        List<FlowAxis> after = flow.dims().subList(first, flow.rank()).stream().flatMap(List::stream).toList();
        return flow.withDims(List.of(before, after));
    }

    private static Tensor reshaped(Node node, Tensor tensor, Sizes target, boolean zerosCount)
            throws ModelFormatException {
        int[] shape = new int[target.elements().size()];
        int wild = -1;
        long product = 1;
        for (int i = 0; i < shape.length; i++) {
            if (!target.elements().get(i).isNumber()) {
                throw node.error("the shape of a constant must be known");
            }
            long size = target.elements().get(i).value();
            if (size == 0 && !zerosCount && i < tensor.rank()) {
                size = tensor.shape()[i];
            }
            if (size == -1 && wild < 0) {
                wild = i;
            } else {
                shape[i] = Math.toIntExact(size);
                product = Math.multiplyExact(product, size);
            }
        }
        if (wild >= 0 && product > 0) {
            shape[wild] = Math.toIntExact(tensor.length() / product);
            product *= shape[wild];
        }
        if (product != tensor.length() || Arrays.stream(shape).anyMatch(size -> size < 0)
                || shape.length > Tensor.MAX_RANK) {
            throw node.error("cannot make the shape " + target.elements() + " of " + tensor);
        }
        return tensor.withShape(shape);
    }
}
