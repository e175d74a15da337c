package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
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
import dev.gru.layer.Merge;

/**
 * The operators that compute shapes, or arrays that hold one value everywhere: Shape, ConstantOfShape, Expand and Tile;
 * Mul, Equal, Where and ReduceProd, which are supported on whole numbers that make up shapes, and on nothing else.
 */
final class ShapeOperators {
    private ShapeOperators() {
    }

    /** Returns the shape of a value. */
    static Value shape(Node node, Value value) throws ModelFormatException {
        node.requireOnly(1, "start", "end");
        List<Size> shape = switch (value) {
            case Constant(Tensor tensor) -> Arrays.stream(tensor.shape()).mapToObj(Size::of).toList();
            case Sizes sizes -> sizes.scalar() ? List.of() : List.of(Size.of(sizes.elements().size()));
            case Flow flow -> flow.dims().stream().map(Size::of).toList();
            case Fill fill when fill.shape() != null -> fill.shape();
            case Fill _ -> throw node.error("the shape of its input is not known");
        };
        int rank = shape.size();
        int start = clamp(node.integer("start", 0), rank);
        int end = clamp(node.integer("end", rank), rank);
        return SizeArithmetic.known(node, false, shape.subList(Math.min(start, end), end));
    }

    private static int clamp(long index, int rank) {
        return Math.clamp(index < 0 ? index + rank : index, 0, rank);
    }

    /** Returns an array that holds one value everywhere. */
    static Value constantOfShape(Node node, Operands operands) throws ModelFormatException {
        node.requireOnly(1, "value");
        Sizes shape = SizeArithmetic.of(operands.get(0)).orElseThrow(
                () -> node.error("its shape must be a list of whole numbers"));
        Tensor element = node.has("value") ? node.tensor("value") : Tensor.of(new float[1], 1);
        if (element.length() != 1) {
            throw node.error("its value must be a single one, is " + element);
        }
        return filled(new Constant(element), shape);
    }

    /**
     * Returns short lists as what they are, for they may be shapes again, and anything else as one value everywhere.
     */
    private static Value filled(Constant element, Sizes shape) {
        if (shape.elements().size() == 1 && shape.elements().getFirst().isNumber() && element.tensor().longs() != null
                && shape.elements().getFirst().value() >= 0
                && shape.elements().getFirst().value() <= Tensor.MAX_RANK) {
            long[] values = new long[(int) shape.elements().getFirst().value()];
            Arrays.fill(values, element.tensor().longs()[0]);
            return new Constant(Tensor.of(values, values.length));
        }
        return new Fill(element, shape.elements());
    }

    /** Repeats a value up to a shape. */
    static Value expand(Node node, Operands operands) throws ModelFormatException {
        node.requireOnly(2);
        Value value = operands.get(0);
        return filled(node, value, SizeArithmetic.of(operands.get(1)).map(Sizes::elements).orElse(null));
    }

    /** Repeats a value; how often does not matter to one that is the same everywhere. */
    static Value tile(Node node, Operands operands) throws ModelFormatException {
        node.requireOnly(2);
        Value value = operands.get(0);
        operands.get(1);
        return filled(node, value, null);
    }

    /** Returns a value everywhere, in dimensions that are null if they are not followed. */
    private static Value filled(Node node, Value value, List<Size> shape) throws ModelFormatException {
        return switch (value) {
            case Fill fill -> fill.withoutShape(node);
            case Constant(Tensor tensor) when tensor.length() == 1 || tensor.isZero() -> new Fill(value,
                    tensor.length() == 1 ? shape : null);
            case Constant(Tensor tensor) when mayRepeat(tensor, shape) -> new Fill(value, shape);
            case Sizes sizes when sizes.elements().size() == 1 -> new Fill(value, shape);
            default -> throw value.unsupported(node);
        };
    }

    /** Returns whether dimensions are those of a constant but for such of which it has one element. */
    private static boolean mayRepeat(Tensor tensor, List<Size> shape) {
        boolean fits = shape != null && shape.size() == tensor.rank();
        for (int i = 0; fits && i < tensor.rank(); i++) {
            fits = tensor.shape()[i] == 1 || shape.get(i).is(tensor.shape()[i]) || shape.get(i).is(1);
        }
        return fits;
    }

    /** Returns sums, differences, products and quotients of sizes; all but products of such as are known. */
    static Value arithmetic(Node node, Merge.Kind kind, Operands operands) throws ModelFormatException {
        List<Sizes> sizes = sizes(node, operands, 2, 2);
        return kind == Merge.Kind.MULTIPLY
                ? SizeArithmetic.times(node, sizes.get(0), sizes.get(1))
                : SizeArithmetic.joined(node, kind, sizes.get(0), sizes.get(1));
    }

    /** Compares sizes. */
    static Value equal(Node node, Operands operands) throws ModelFormatException {
        List<Sizes> sizes = sizes(node, operands, 2, 2);
        return SizeArithmetic.equal(node, sizes.get(0), sizes.get(1));
    }

    /** Compares sizes. */
    static Value less(Node node, Operands operands) throws ModelFormatException {
        List<Sizes> sizes = sizes(node, operands, 2, 2);
        return SizeArithmetic.less(node, sizes.get(0), sizes.get(1));
    }

    /** Chooses between sizes. */
    static Value where(Node node, Operands operands) throws ModelFormatException {
        List<Sizes> sizes = sizes(node, operands, 3, 3);
        return SizeArithmetic.where(node, sizes.get(0), sizes.get(1), sizes.get(2));
    }

    /** Returns the product of all sizes. A list has one axis only, so it does not matter whether that is given. */
    static Value reduceProd(Node node, Operands operands) throws ModelFormatException {
        List<Sizes> sizes = sizes(node, operands, 1, 2, "axes", "keepdims");
        return SizeArithmetic.product(node, sizes.getFirst(), node.integer("keepdims", 1) == 0);
    }

    /** Returns the operands of a node, all of which must be sizes. */
    private static List<Sizes> sizes(Node node, Operands operands, int required, int most, String... attributes)
            throws ModelFormatException {
        List<Sizes> sizes = new ArrayList<>();
        for (int i = 0; i < operands.values().size(); i++) {
            Value operand = operands.get(i);
            sizes.add(SizeArithmetic.of(operand).orElseThrow(() -> operand.unsupported(node)));
        }
        node.requireOnly(most, attributes);
        if (sizes.size() < required) {
            throw node.error("has " + sizes.size() + " inputs, needs " + required);
        }
        return sizes;
    }
}
