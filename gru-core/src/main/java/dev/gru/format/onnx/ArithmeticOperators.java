package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.value.Budget;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.Operands;
import dev.gru.format.onnx.value.Value.Constant;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.stage.Work;
import dev.gru.format.onnx.value.Value;
import dev.gru.layer.Merge;
import dev.gru.weights.Activation;

/**
 * The operators that join arrays element by element: Add, Sub, Mul, Div, Max, Min, Sum and Mean, of branches of the
 * graph or with constants.
 *
 * <p>For use by one thread.
 */
final class ArithmeticOperators {
    private final Values values;
    private final Layers layers;
    private final Recurrences recurrences;
    private final Joins joins;
    private final Budget budget;

    /** Makes the operators. */
    ArithmeticOperators(Values values, Layers layers, Recurrences recurrences, Joins joins, Budget budget) {
        this.values = values;
        this.layers = layers;
        this.recurrences = recurrences;
        this.joins = joins;
        this.budget = budget;
    }

    /** Joins any number of branches. */
    Flow any(Node node, Merge.Kind kind) throws ModelFormatException {
        node.requireOnly(Tensor.MAX_SHAPE);
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            flows.add(values.flow(node, i));
        }
        if (flows.isEmpty()) {
            throw node.error("joins nothing");
        }
        return flows.size() == 1 ? flows.getFirst() : joins.elements(node, kind, flows);
    }

    /** The largest or the smallest of values, of which constants bound a branch. */
    Value extreme(Node node, Merge.Kind kind) throws ModelFormatException {
        return node.inputs().size() == 2 ? two(node, kind) : any(node, kind);
    }

    /** Joins two values. */
    Value two(Node node, Merge.Kind kind) throws ModelFormatException {
        Value left = values.input(node, 0);
        Value right = values.input(node, 1);
        budget.takeLayout(node, left);
        budget.takeLayout(node, right);
        Tensor a = constant(left);
        Tensor b = constant(right);
        boolean areFlows = left instanceof Flow || right instanceof Flow;
        if (!areFlows) {
            return a != null && b != null && a.floats() != null && b.floats() != null
                    ? new Constant(folded(node, kind, a, b))
                    : ShapeOperators.arithmetic(node, kind, new Operands(node, List.of(left, right)));
        }
        node.requireOnly(2);
        if (a == null && b == null) {
            return joins.elements(node, kind, List.of(values.flow(node, 0), values.flow(node, 1)));
        }
        int constant = b == null ? 0 : 1;
        Flow x = layers.features(node, recurrences.features(node, values.flow(node, 1 - constant)), -1,
                expected(values.flow(node, 1 - constant), constant == 0 ? a : b));
        return withConstant(node, kind, x, constant == 0 ? a : b, constant == 0);
    }

    /** Returns how many features an input of the graph must have that constants are joined with; -1 if any number. */
    private static int expected(Flow flow, Tensor constants) {
        return flow.origin() instanceof Flow.Input && constants.rank() > 0
                && constants.length() == constants.shape()[constants.rank() - 1] && constants.length() > 1
                        ? constants.length()
                        : -1;
    }

    private Tensor constant(Value value) throws ModelFormatException {
        if (value instanceof Value.Fill(Constant(Tensor tensor), _) && tensor.length() == 1) {
            return tensor.withShape();
        }
        Tensor weights = values.weights(value);
        // Of the arrays that a run has, weights are those without a batch, such as a bias.
        return value instanceof Flow && weights != null && weights.rank() > 1 ? null : weights;
    }

    private Flow withConstant(Node node, Merge.Kind kind, Flow x, Tensor tensor, boolean first)
            throws ModelFormatException {
        if (kind == Merge.Kind.MAXIMUM || kind == Merge.Kind.MINIMUM) {
            if (tensor.floats() == null || tensor.length() != 1) {
                throw node.error("its constant must be one number, is " + tensor);
            }
            float bound = tensor.floats()[0];
            Activation activation = kind == Merge.Kind.MAXIMUM
                    ? ActivationNodes.clip(bound, Float.POSITIVE_INFINITY)
                    : ActivationNodes.clip(Float.NEGATIVE_INFINITY, bound);
            return layers.activation(node, x, -1, activation);
        }
        float[] row = Layers.row(node, tensor, x, "joins");
        budget.takeForLayer(node, row.length);
        return layers.perFeature(node, x, switch (kind) {
            case ADD -> new Work.Affine(null, row);
            case SUBTRACT -> first
                    ? new Work.Affine(Layers.repeated(-1, row.length), row)
                    : new Work.Affine(null, negative(row));
            case MULTIPLY -> new Work.Affine(row, null);
            default -> {
                if (first) {
                    throw node.error("divides a constant by an array that depends on the inputs");
                }
                yield new Work.Affine(reciprocal(row), null);
            }
        });
    }

    /** Returns constants joined, of one shape or one of them a number. */
    private Tensor folded(Node node, Merge.Kind kind, Tensor a, Tensor b) throws ModelFormatException {
        if (a.length() != 1 && b.length() != 1 && !Arrays.equals(a.shape(), b.shape())) {
            throw node.error("joins " + a + " and " + b + ", constants of two shapes");
        }
        Tensor larger = a.length() > b.length() || (a.length() == b.length() && a.rank() >= b.rank()) ? a : b;
        budget.take(node, larger.length());
        float[] results = new float[larger.length()];
        for (int i = 0; i < results.length; i++) {
            float left = a.floats()[a.length() == 1 ? 0 : i];
            float right = b.floats()[b.length() == 1 ? 0 : i];
            results[i] = switch (kind) {
                case ADD -> left + right;
                case SUBTRACT -> left - right;
                case MULTIPLY -> left * right;
                case MAXIMUM -> Math.max(left, right);
                case MINIMUM -> Math.min(left, right);
                default -> left / right;
            };
        }
        return Tensor.of(results, larger.shape());
    }

    private static float[] negative(float[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = -row[i];
        }
        return row;
    }

    private static float[] reciprocal(float[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = 1 / row[i];
        }
        return row;
    }
}
