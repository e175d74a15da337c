package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.Value.Constant;
import dev.gru.format.onnx.Value.Fill;
import dev.gru.format.onnx.Value.Sizes;
import dev.gru.internal.Printable;

/**
 * The operators that lay values out in another way and change none, on constants, on shapes, and on arrays that go
 * through the graph; and those that only ever compute shapes.
 *
 * <p>Of one thread, as the folding and the selection are.
 */
final class LayoutOperators {
    /** The numbers of ONNX's element types: FLOAT, FLOAT16, DOUBLE, BFLOAT16. */
    private static final List<Long> FLOATS = List.of(1L, 10L, 11L, 16L);
    /** UINT8, INT8, UINT16, INT16, INT32, INT64, and BOOL. */
    private static final List<Long> WHOLE_NUMBERS = List.of(2L, 3L, 4L, 5L, 6L, 7L, 9L);

    private final ConstantFolding folding;
    private final PartOperators parts;

    /** Makes the operators. */
    LayoutOperators(ConstantFolding folding, PartOperators parts) {
        this.folding = folding;
        this.parts = parts;
    }

    /** Returns what a node puts out; operands that are left out are null. */
    List<Value> results(Node node, List<Value> operands) throws ModelFormatException {
        return switch (node.opType()) {
            case "Shape" -> List.of(ShapeOperators.shape(node, operand(node, operands, 0)));
            case "Cast" -> List.of(cast(node, operand(node, operands, 0)));
            case "Transpose" -> List.of(transpose(node, operand(node, operands, 0)));
            case "Squeeze" -> List.of(squeeze(node, operands));
            case "Unsqueeze" -> List.of(unsqueeze(node, operands));
            case "Reshape" -> List.of(reshape(node, operands));
            case "Slice" -> List.of(parts.slice(node, operands));
            case "Split" -> parts.split(node, operands);
            case "Concat" -> List.of(parts.concat(node, operands));
            case "ConstantOfShape" -> List.of(constantOfShape(node, operands));
            case "Expand", "Tile" -> List.of(expand(node, operands));
            case "Mul", "Equal", "Where", "ReduceProd" -> List.of(onShapes(node, operands));
            default -> throw node.error("the operator is not supported");
        };
    }

    /** Returns an operand that must be there. */
    static Value operand(Node node, List<Value> operands, int index) throws ModelFormatException {
        if (index >= operands.size() || operands.get(index) == null) {
            throw node.error("has no input " + index);
        }
        return operands.get(index);
    }

    /** Returns whether an operand is there. */
    static boolean has(List<Value> operands, int index) {
        return index < operands.size() && operands.get(index) != null;
    }

    /** Returns an exception for a value on which an operator is not supported. */
    static ModelFormatException unsupported(Node node, Value value) {
        return node.error(switch (value) {
            case Flow flow -> "is not supported on an array " + Printable.of(flow.dims().toString())
                    + " that depends on the inputs";
            case Constant(Tensor tensor) -> "is not supported on " + tensor;
            default -> "is not supported on what only a run knows";
        });
    }

    /**
     * Returns whole numbers that are constants: an attribute, or in later versions an input; null if there is neither.
     */
    static long[] numbers(Node node, List<Value> operands, int index, String attribute)
            throws ModelFormatException {
        if (!attribute.isEmpty() && node.has(attribute)) {
            return node.list(attribute, Long.class, List.of()).stream().mapToLong(Long::longValue).toArray();
        }
        if (!has(operands, index)) {
            return null;
        }
        if (operands.get(index) instanceof Constant(Tensor tensor) && tensor.longs() != null
                && tensor.rank() <= 1) {
            return tensor.longs();
        }
        throw node.error("its input " + index + " must be a constant list of whole numbers");
    }

    /** Returns numbers of which there are no more than dimensions; otherwise the same as {@link #numbers}. */
    static long[] perAxis(Node node, List<Value> operands, int index, String attribute)
            throws ModelFormatException {
        long[] numbers = numbers(node, operands, index, attribute);
        if (numbers != null && numbers.length > Tensor.MAX_RANK) {
            throw node.error("has numbers for " + numbers.length + " dimensions, at most " + Tensor.MAX_RANK
                    + " are supported");
        }
        return numbers;
    }

    /** Returns axes as indexes, in the order given. */
    private static int[] axes(Node node, long[] axes, int rank) throws ModelFormatException {
        int[] places = node.axes(axes, rank);
        if (Arrays.stream(places).distinct().count() != places.length) {
            throw node.error("names an axis twice");
        }
        return places;
    }

    private Value cast(Node node, Value value) throws ModelFormatException {
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
            default -> throw unsupported(node, value);
        };
    }

    /** Returns a constant with its dimensions in another order. */
    Tensor transpose(Node node, Tensor tensor, int[] order) throws ModelFormatException {
        return folding.transpose(node, tensor, order);
    }

    private Value transpose(Node node, Value value) throws ModelFormatException {
        node.requireOnly(1, "perm");
        return switch (value) {
            case Constant(Tensor tensor) -> new Constant(transpose(node, tensor, order(node, tensor.rank())));
            case Flow flow -> flow.transpose(order(node, flow.rank()));
            case Fill fill -> fill.withoutShape();
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

    private Value squeeze(Node node, List<Value> operands) throws ModelFormatException {
        node.requireOnly(2, "axes");
        Value value = operand(node, operands, 0);
        long[] axes = perAxis(node, operands, 1, "axes");
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
            case Fill fill -> fill.withoutShape();
            case Sizes sizes -> ShapeOperators.reshape(node, sizes, true);
        };
    }

    private Value unsqueeze(Node node, List<Value> operands) throws ModelFormatException {
        node.requireOnly(2, "axes");
        Value value = operand(node, operands, 0);
        long[] axes = perAxis(node, operands, 1, "axes");
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
            case Fill fill -> fill.withoutShape();
            case Sizes sizes when sizes.scalar() && axes.length == 1 -> ShapeOperators.reshape(node, sizes, false);
            case Sizes _ -> throw unsupported(node, value);
        };
    }

    private Value reshape(Node node, List<Value> operands) throws ModelFormatException {
        node.requireOnly(2, "allowzero");
        Value value = operand(node, operands, 0);
        Sizes target = ShapeOperators.of(operand(node, operands, 1)).orElseThrow(
                () -> node.error("its shape must be a list of whole numbers"));
        boolean zerosCount = node.flag("allowzero");
        return switch (value) {
            case Constant(Tensor tensor) -> new Constant(reshaped(node, tensor, target, zerosCount));
            case Flow flow -> flow.reshape(node, target.elements(), zerosCount);
            case Fill fill -> fill.withoutShape();
            case Sizes sizes when target.elements().size() <= 1 -> ShapeOperators.reshape(node, sizes,
                    target.elements().isEmpty());
            case Sizes _ -> throw unsupported(node, value);
        };
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

    private static Value constantOfShape(Node node, List<Value> operands) throws ModelFormatException {
        node.requireOnly(1, "value");
        Sizes shape = ShapeOperators.of(operand(node, operands, 0)).orElseThrow(
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

    private static Value expand(Node node, List<Value> operands) throws ModelFormatException {
        node.requireOnly(2);
        Value value = operand(node, operands, 0);
        boolean expands = node.opType().equals("Expand");
        List<Size> shape = ShapeOperators.of(operand(node, operands, 1)).map(Sizes::elements).filter(_ -> expands)
                .orElse(null);
        return switch (value) {
            case Fill fill -> fill.withoutShape();
            case Constant(Tensor tensor) when tensor.length() == 1 || tensor.isZero() -> new Fill(value,
                    tensor.length() == 1 ? shape : null);
            case Sizes sizes when sizes.elements().size() == 1 -> new Fill(value, shape);
            default -> throw unsupported(node, value);
        };
    }

    private static Value onShapes(Node node, List<Value> operands) throws ModelFormatException {
        List<Sizes> sizes = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            Value operand = operand(node, operands, i);
            sizes.add(ShapeOperators.of(operand).orElseThrow(() -> unsupported(node, operand)));
        }
        int expected = switch (node.opType()) {
            case "Where" -> 3;
            case "ReduceProd" -> 1;
            default -> 2;
        };
        node.requireOnly(expected + (expected == 1 ? 1 : 0), expected == 1
                ? new String[]{"axes", "keepdims"}
                : new String[0]);
        if (sizes.size() < expected) {
            throw node.error("has " + sizes.size() + " inputs, needs " + expected);
        }
        return switch (node.opType()) {
            case "Mul" -> ShapeOperators.times(node, sizes.get(0), sizes.get(1));
            case "Equal" -> ShapeOperators.equal(node, sizes.get(0), sizes.get(1));
            case "Where" -> ShapeOperators.where(node, sizes.get(0), sizes.get(1), sizes.get(2));
            // A list has one axis only, so it does not matter whether that is given.
            default -> ShapeOperators.product(node, sizes.get(0), node.integer("keepdims", 1) == 0);
        };
    }
}
