package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.value.Budget;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.Operands;
import dev.gru.format.onnx.value.Value.Constant;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Value;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Merge;
import dev.gru.layer.Pooling1D;
import dev.gru.weights.Activation;

/**
 * The operators that are supported, by name.
 *
 * <p>For use by one thread.
 */
final class Operators implements Evaluation {
    private final Values values;
    private final Budget budget;
    private final Map<String, Evaluation> operators = new HashMap<>();

    /** Computes the one output of a node. */
    private interface Single {
        Value result(Node node) throws ModelFormatException;
    }

    /** The same of a node that takes any values. */
    private interface OfOperands {
        Value result(Node node, Operands operands) throws ModelFormatException;
    }

    /**
     * Makes the operators.
     *
     * @param opset their version
     * @param values what nodes take
     * @param layers where layers go
     * @param recurrences the GRU layers among them
     * @param budget for what nodes do
     */
    Operators(long opset, Values values, Layers layers, Recurrences recurrences, Budget budget) {
        this.values = values;
        this.budget = budget;
        ConstantFolding folding = new ConstantFolding(budget);
        Joins joins = new Joins(layers, recurrences);
        LayerOperators weighted = new LayerOperators(opset, values, layers, recurrences, folding, budget);
        addLayers(weighted);
        addWindows(new WindowOperators(values, layers, recurrences, budget));
        addArithmetic(new ArithmeticOperators(values, layers, recurrences, joins, budget));
        several("Loop", new LoopOperator(inside -> new Operators(opset, inside, layers, recurrences, budget), values,
                recurrences, budget)::results);
        LayoutOperators layout = new LayoutOperators(folding);
        PartOperators parts = new PartOperators(folding, new Selection(layers, recurrences, joins), budget);
        // Values as they are, or as a node holds them.
        operators.put("Constant", node -> List.of(constant(node)));
        operators.put("Identity", node -> List.of(identity(node)));
        operators.put("Dropout", node -> List.of(dropout(node)));
        // Layouts.
        any("Cast", (node, operands) -> layout.cast(node, operands.get(0)));
        any("Transpose", (node, operands) -> layout.transpose(node, operands.get(0)));
        any("Squeeze", layout::squeeze);
        any("Unsqueeze", layout::unsqueeze);
        any("Reshape", layout::reshape);
        any("Flatten", (node, operands) -> layout.flatten(node, operands.get(0)));
        // Parts.
        one("Gather", node -> values.optional(node, 1) instanceof Flow tokens
                ? weighted.embedding(node, tokens)
                : parts.gather(node, values.input(node, 0), values.optional(node, 1)));
        any("Slice", parts::slice);
        any("ReverseSequence", parts::reverseSequence);
        several("Split", node -> parts.split(node, operands(node)));
        any("Concat", (node, operands) -> parts.concat(node, operands.values()));
        // Shapes.
        any("Shape", (node, operands) -> ShapeOperators.shape(node, operands.get(0)));
        any("ConstantOfShape", ShapeOperators::constantOfShape);
        any("Expand", ShapeOperators::expand);
        any("Tile", ShapeOperators::tile);
        any("Equal", ShapeOperators::equal);
        any("Less", ShapeOperators::less);
        any("Where", ShapeOperators::where);
        any("ReduceProd", ShapeOperators::reduceProd);
    }

    private void addLayers(LayerOperators layers) {
        several("GRU", layers::gru);
        one("MatMul", layers::matMul);
        one("Gemm", layers::gemm);
        one("BatchNormalization", layers::batchNormalization);
        one("LayerNormalization", layers::layerNormalization);
        one("PRelu", layers::pRelu);
        one("Clip", layers::clip);
        one("Softmax", node -> layers.ofRow(node, Activation.SOFTMAX));
        one("LogSoftmax", node -> layers.ofRow(node, Activation.LOG_SOFTMAX));
        for (String function : ActivationNodes.NAMES) {
            one(function, layers::function);
        }
    }

    private void addWindows(WindowOperators windows) {
        one("Conv", windows::conv);
        one("Pad", windows::pad);
        one("MaxPool", node -> windows.pool(node, Pooling1D.Kind.MAX));
        one("AveragePool", node -> windows.pool(node, Pooling1D.Kind.AVERAGE));
        one("GlobalMaxPool", node -> windows.globalPool(node, GlobalPooling1D.Kind.MAX));
        one("GlobalAveragePool", node -> windows.globalPool(node, GlobalPooling1D.Kind.AVERAGE));
        one("ReduceMax", node -> windows.reduce(node, GlobalPooling1D.Kind.MAX));
        one("ReduceMean", node -> windows.reduce(node, GlobalPooling1D.Kind.AVERAGE));
    }

    private void addArithmetic(ArithmeticOperators arithmetic) {
        one("Add", node -> arithmetic.two(node, Merge.Kind.ADD));
        one("Sub", node -> arithmetic.two(node, Merge.Kind.SUBTRACT));
        one("Mul", node -> arithmetic.two(node, Merge.Kind.MULTIPLY));
        one("Div", node -> arithmetic.two(node, Merge.Kind.DIVIDE));
        one("Max", node -> arithmetic.extreme(node, Merge.Kind.MAXIMUM));
        one("Min", node -> arithmetic.extreme(node, Merge.Kind.MINIMUM));
        one("Sum", node -> arithmetic.any(node, Merge.Kind.ADD));
        one("Mean", node -> arithmetic.any(node, Merge.Kind.AVERAGE));
    }

    private void several(String opType, Evaluation operator) {
        operators.put(opType, node -> laidOut(node, operator.results(node)));
    }

    private void one(String opType, Single operator) {
        operators.put(opType, node -> laidOut(node, List.of(operator.result(node))));
    }

    private void any(String opType, OfOperands operator) {
        one(opType, node -> operator.result(node, operands(node)));
    }

    /** Returns whether an operator is supported on some values. */
    boolean supports(Node node) {
        return operators.containsKey(node.opType());
    }

    @Override
    public List<? extends Value> results(Node node) throws ModelFormatException {
        Evaluation operator = operators.get(node.opType());
        if (operator == null) {
            throw node.error("the operator is not supported");
        }
        return operator.results(node);
    }

    private Operands operands(Node node) throws ModelFormatException {
        List<Value> operands = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            Value operand = values.optional(node, i);
            budget.takeLayout(node, operand);
            operands.add(operand);
        }
        return new Operands(node, operands);
    }

    /** Returns results, whose layouts are taken from the budget as far as they get names. */
    private List<? extends Value> laidOut(Node node, List<? extends Value> results) throws ModelFormatException {
        for (int i = 0; i < Math.min(results.size(), node.outputs().size()); i++) {
            budget.takeLayout(node, results.get(i));
        }
        return results;
    }

    /** The constant that a node holds. */
    private static Value constant(Node node) throws ModelFormatException {
        node.requireOnly(0, "value", "value_float", "value_floats", "value_int", "value_ints");
        if (node.attributes().size() != 1) {
            throw node.error("must have one value, has " + node.attributes().size());
        }
        String kind = node.attributes().keySet().iterator().next();
        return new Constant(switch (kind) {
            case "value" -> node.tensor(kind);
            case "value_float" -> Tensor.of(new float[]{node.number(kind, 0)});
            case "value_int" -> Tensor.of(new long[]{node.integer(kind, 0)});
            case "value_ints" -> {
                List<Long> ints = node.list(kind, Long.class, List.of());
                yield Tensor.of(ints.stream().mapToLong(Long::longValue).toArray(), ints.size());
            }
            default -> {
                List<Float> numbers = node.list(kind, Float.class, List.of());
                float[] floats = new float[numbers.size()];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = numbers.get(i);
                }
                yield Tensor.of(floats, floats.length);
            }
        });
    }

    private Value identity(Node node) throws ModelFormatException {
        node.requireOnly(1);
        return values.input(node, 0);
    }

    /** Dropout changes nothing where a model runs. */
    private Value dropout(Node node) throws ModelFormatException {
        node.requireOnly(3, "ratio", "seed");
        Value training = values.optional(node, 2);
        if (training != null && !training.isZero()) {
            throw node.error("training_mode must be false");
        }
        return values.input(node, 0);
    }
}
