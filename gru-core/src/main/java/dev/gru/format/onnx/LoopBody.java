package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.Operands;
import dev.gru.format.onnx.value.Size;
import dev.gru.format.onnx.value.Value.Constant;
import dev.gru.format.onnx.value.Value.Sizes;
import dev.gru.format.onnx.Item.Count;
import dev.gru.format.onnx.Item.Joined;
import dev.gru.format.onnx.Item.Outer;
import dev.gru.format.onnx.Item.Vector;
import dev.gru.format.onnx.loop.Algebra;
import dev.gru.format.onnx.loop.DepartureException;
import dev.gru.format.onnx.loop.Formula;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Value;
import dev.gru.weights.Activation;

/**
 * The body of a {@code Loop}, computed in formulas on the input of a step and the state.
 *
 * <p>What does not depend on the step is computed as it would be outside of the loop. For one loop and one thread.
 */
final class LoopBody {
    private final Algebra algebra;
    private final Values values;
    private final Evaluation evaluation;
    private final Map<String, Item> items = new HashMap<>();
    private Flow sequence;
    private int sequenceDim;
    private boolean reverse;

    /**
     * Starts on a body.
     *
     * @param algebra computes formulas
     * @param values the values in the body and around it
     * @param evaluation computes what does not depend on the step
     */
    LoopBody(Algebra algebra, Values values, Evaluation evaluation) {
        this.algebra = algebra;
        this.values = values;
        this.evaluation = evaluation;
    }

    /** Returns the sequence whose steps the body takes, or null if it takes none. */
    Flow sequence() {
        return sequence;
    }

    /** Returns the dimension of the steps in that sequence. */
    int sequenceDim() {
        return sequenceDim;
    }

    /** Returns whether the steps are taken from the last to the first. */
    boolean isReverse() {
        return reverse;
    }

    /** Gives a name to an item. */
    void define(String name, Item item) {
        items.put(name, item);
    }

    /** Returns what has a name. */
    Item item(Node node, String name) throws ModelFormatException {
        Item item = items.get(name);
        if (item == null) {
            Value value = values.value(name);
            if (value == null) {
                throw new DepartureException("takes what is made neither in the body nor before the loop");
            }
            item = new Outer(value);
        }
        return item;
    }

    /** Computes a node. */
    void run(Node node) throws ModelFormatException {
        List<Item> operands = new ArrayList<>();
        for (String input : node.inputs()) {
            operands.add(input.isEmpty() ? null : item(node, input));
        }
        if (operands.stream().allMatch(item -> item == null || item instanceof Outer)) {
            List<? extends Value> results = evaluation.results(node);
            for (int i = 0; i < Math.min(results.size(), node.outputs().size()); i++) {
                values.define(node, node.outputs().get(i), results.get(i));
            }
            return;
        }
        List<? extends Item> results = results(node, operands);
        for (int i = 0; i < Math.min(results.size(), node.outputs().size()); i++) {
            if (!node.outputs().get(i).isEmpty() && items.put(node.outputs().get(i), results.get(i)) != null) {
                throw new DepartureException("defines what is defined already");
            }
        }
    }

    private List<? extends Item> results(Node node, List<Item> operands) throws ModelFormatException {
        return switch (node.opType()) {
            case "Identity" -> List.of(operand(operands, 0));
            case "Cast" -> List.of(cast(operand(operands, 0)));
            case "Gather" -> List.of(step(node, operands));
            case "Add" -> List.of(sum(operands, false));
            case "Sub" -> List.of(sum(operands, true));
            case "Mul" -> List.of(new Vector(algebra.multiply(formula(operands, 0), formula(operands, 1))));
            case "Div" -> List.of(new Vector(algebra.multiply(formula(operands, 0), reciprocal(operands))));
            case "Neg" -> List.of(new Vector(algebra.multiply(formula(operands, 0), algebra.constant(Tensor.of(
                    new float[]{-1})))));
            case "MatMul" -> List.of(new Vector(algebra.product(parts(operands), tensor(operands, 1), false)));
            case "Gemm" -> List.of(new Vector(gemm(node, operands)));
            case "Concat" -> List.of(new Joined(parts(node, operands)));
            case "Slice" -> List.of(slice(node, operands));
            case "Split" -> split(node, operands);
            case "Less" -> List.of(LoopCounts.condition(operand(operands, 0), operand(operands, 1)));
            case "Greater" -> List.of(LoopCounts.condition(operand(operands, 1), operand(operands, 0)));
            case "And" -> List.of(LoopCounts.both(operand(operands, 0), operand(operands, 1)));
            case "Min" -> List.of(clamp(operands, Double.NEGATIVE_INFINITY, true));
            case "Max" -> List.of(clamp(operands, Double.POSITIVE_INFINITY, false));
            case "Clip" -> List.of(clip(node, operands));
            default -> List.of(new Vector(algebra.apply(function(node), formula(operands, 0))));
        };
    }

    private static Activation function(Node node) throws ModelFormatException {
        return ActivationNodes.function(node).orElseThrow(
                () -> new DepartureException("is no part of a GRU's equations"));
    }

    private static Item operand(List<Item> operands, int index) {
        if (index >= operands.size() || operands.get(index) == null) {
            throw new DepartureException("has no input " + index);
        }
        return operands.get(index);
    }

    private Formula formula(List<Item> operands, int index) {
        return switch (operand(operands, index)) {
            case Vector(Formula formula) -> formula;
            case Outer(Constant(Tensor tensor)) -> algebra.constant(tensor);
            case Outer(Value.Fill(Constant(Tensor tensor), _)) -> algebra.constant(tensor);
            case Count _ -> throw new DepartureException("computes with the number of the step");
            default -> throw new DepartureException("computes with what is neither a vector nor a constant");
        };
    }

    private static Tensor tensor(List<Item> operands, int index) {
        if (operand(operands, index) instanceof Outer(Constant(Tensor tensor))) {
            return tensor;
        }
        throw new DepartureException("its input " + index + " must be a constant");
    }

    private static Item cast(Item item) {
        if (item instanceof Joined) {
            throw new DepartureException("casts vectors side by side");
        }
        return item;
    }

    /** Takes a step of the sequence that the loop goes over. */
    private Item step(Node node, List<Item> operands) throws ModelFormatException {
        if (!(operand(operands, 0) instanceof Outer(Flow flow))
                || !(operand(operands, 1) instanceof Count(long offset, boolean down))) {
            throw new DepartureException("takes something else than a step of a sequence");
        }
        int dim = node.axis(node.integer("axis", 0), flow.rank());
        if (flow.rank() != 3 || dim == 2 || (sequence != null && (!sequence.equals(flow) || sequenceDim != dim
                || reverse != down))) {
            throw new DepartureException("takes steps of another sequence than the loop does, or not of one");
        }
        Size last = Size.of(flow.dims().get(dim));
        if (down ? !last.is(offset + 1) : offset != 0) {
            throw new DepartureException("takes step " + offset + " first, which is not at an end of the sequence");
        }
        sequence = flow;
        sequenceDim = dim;
        reverse = down;
        Size features = Size.of(flow.dims().get(2));
        if (!features.isNumber()) {
            throw new DepartureException("takes steps of an unknown number of features");
        }
        return new Vector(algebra.input(Math.toIntExact(features.value())));
    }

    private Item sum(List<Item> operands, boolean minus) {
        Item a = operand(operands, 0);
        Item b = operand(operands, 1);
        if (a instanceof Count || b instanceof Count) {
            return LoopCounts.sum(a, b, minus);
        }
        Formula left = formula(operands, 0);
        Formula right = formula(operands, 1);
        return new Vector(minus ? algebra.subtract(left, right) : algebra.add(left, right));
    }

    private Formula reciprocal(List<Item> operands) {
        Formula divisor = formula(operands, 1);
        if (!divisor.isNumber() || divisor.terms().isEmpty()) {
            throw new DepartureException("divides by what is no number");
        }
        return algebra.constant(Tensor.of(new float[]{(float) (1 / divisor.terms().values().iterator().next())}));
    }

    private List<Formula> parts(List<Item> operands) {
        return operand(operands, 0) instanceof Joined(List<Formula> parts) ? parts : List.of(formula(operands, 0));
    }

    private List<Formula> parts(Node node, List<Item> operands) throws ModelFormatException {
        if (node.axis(node.integer("axis", 0), 2) != 1) {
            throw new DepartureException("joins vectors along another dimension than that of their elements");
        }
        return IntStream.range(0, operands.size()).mapToObj(i -> formula(operands, i)).toList();
    }

    private Formula gemm(Node node, List<Item> operands) throws ModelFormatException {
        if (node.flag("transA") || node.number("alpha", 1) != 1 || node.number("beta", 1) != 1) {
            throw new DepartureException("is a product with factors or with its input transposed");
        }
        Formula product = algebra.product(parts(operands), tensor(operands, 1), node.flag("transB"));
        return operands.size() < 3 || operands.get(2) == null
                ? product
                : algebra.add(product, formula(operands, 2));
    }

    private Item slice(Node node, List<Item> operands) throws ModelFormatException {
        Formula whole = formula(operands, 0);
        Operands numbers = operands(node, operands);
        long[] starts = numbers.perAxis(1, "starts");
        long[] ends = numbers.perAxis(2, "ends");
        long[] axes = Optional.ofNullable(numbers.perAxis(3, "axes")).orElse(new long[]{0, 1});
        long[] steps = Optional.ofNullable(numbers.perAxis(4, "")).orElse(new long[]{1, 1});
        if (starts == null || ends == null || starts.length != ends.length || axes.length < starts.length
                || Arrays.stream(steps).anyMatch(step -> step != 1)) {
            throw new DepartureException("has other starts and ends than a part of a vector has");
        }
        Formula part = whole;
        for (int i = 0; i < starts.length; i++) {
            int axis = node.axis(axes[i], 2);
            int size = axis == 1 ? whole.size() : Integer.MAX_VALUE;
            int from = clamp(starts[i], size);
            int to = clamp(ends[i], size);
            if (axis == 1) {
                part = algebra.part(whole, from, to - from);
            } else if (starts[i] != 0 || ends[i] < Integer.MAX_VALUE) {
                // tf2onnx leaves slices over all of the batch, which it writes as 0 up to the end, or up to 0.
                throw new DepartureException("takes some rows of the batch");
            }
        }
        return new Vector(part);
    }

    private static int clamp(long index, int size) {
        return Math.clamp(index < 0 ? index + size : index, 0, size);
    }

    private static Operands operands(Node node, List<Item> operands) {
        return new Operands(node, operands.stream().map(item -> item instanceof Outer(Value value) ? value : null)
                .toList());
    }

    private List<? extends Item> split(Node node, List<Item> operands) throws ModelFormatException {
        Formula whole = formula(operands, 0);
        if (node.axis(node.integer("axis", 0), 2) != 1) {
            throw new DepartureException("splits vectors along another dimension than that of their elements");
        }
        int parts = node.outputs().size();
        long[] lengths = Optional.ofNullable(operands(node, operands).numbers(1, "split"))
                .orElse(IntStream.range(0, parts).mapToLong(_ -> whole.size() / parts).toArray());
        if (lengths.length != parts || Arrays.stream(lengths).sum() != whole.size()) {
            throw new DepartureException("splits " + whole.size() + " elements into others");
        }
        List<Item> results = new ArrayList<>();
        int start = 0;
        for (long length : lengths) {
            results.add(new Vector(algebra.part(whole, start, Math.toIntExact(length))));
            start += (int) length;
        }
        return results;
    }

    private Item clamp(List<Item> operands, double otherwise, boolean least) {
        if (operands.size() != 2) {
            throw new DepartureException("takes the least or greatest of " + operands.size() + " vectors");
        }
        Formula a = formula(operands, 0);
        Formula b = formula(operands, 1);
        Formula vector = a.isNumber() ? b : a;
        Formula bound = a.isNumber() ? a : b;
        if (!bound.isNumber()) {
            throw new DepartureException("takes the least or greatest of two vectors");
        }
        return new Vector(least
                ? algebra.clamp(vector, otherwise, bound.number())
                : algebra.clamp(vector, bound.number(), otherwise));
    }

    private Item clip(Node node, List<Item> operands) throws ModelFormatException {
        double low = bound(node, operands, 1, "min", Double.NEGATIVE_INFINITY);
        double high = bound(node, operands, 2, "max", Double.POSITIVE_INFINITY);
        if (!(low <= high)) {
            throw new DepartureException("cuts to " + low + " to " + high);
        }
        return new Vector(algebra.clamp(formula(operands, 0), low, high));
    }

    private double bound(Node node, List<Item> operands, int index, String attribute, double otherwise)
            throws ModelFormatException {
        if (node.has(attribute)) {
            return node.number(attribute, 0);
        }
        if (index >= operands.size() || operands.get(index) == null) {
            return otherwise;
        }
        Formula bound = formula(operands, index);
        if (!bound.isNumber()) {
            throw new DepartureException("cuts to a range that is not of two numbers");
        }
        return bound.number();
    }
}
