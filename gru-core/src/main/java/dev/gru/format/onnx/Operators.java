package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.Value.Constant;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;

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
     * @param chain where layers go
     * @param budget for what nodes do
     */
    Operators(long opset, Values values, Chain chain, Budget budget) {
        this.values = values;
        this.budget = budget;
        ConstantFolding folding = new ConstantFolding(budget);
        LayerOperators layers = new LayerOperators(opset, values, chain, folding, budget);
        LayoutOperators layout = new LayoutOperators(folding);
        PartOperators parts = new PartOperators(folding, new Selection(chain), budget);
        LoopOperator loops = new LoopOperator(inside -> new Operators(opset, inside, chain, budget), values, chain,
                budget);
        // Values as they are, or as a node holds them.
        operators.put("Constant", node -> List.of(constant(node)));
        operators.put("Identity", node -> List.of(identity(node)));
        operators.put("Dropout", node -> List.of(dropout(node)));
        // Layers.
        several("GRU", layers::gru);
        several("Loop", loops::results);
        one("Gather", node -> values.optional(node, 1) instanceof Flow tokens
                ? layers.embedding(node, tokens)
                : parts.gather(node, values.input(node, 0), values.optional(node, 1)));
        one("MatMul", layers::matMul);
        one("Gemm", layers::gemm);
        one("Add", layers::add);
        one("Softmax", layers::softmax);
        for (String function : ActivationNodes.NAMES) {
            one(function, layers::function);
        }
        // Layouts.
        any("Cast", (node, operands) -> layout.cast(node, operands.get(0)));
        any("Transpose", (node, operands) -> layout.transpose(node, operands.get(0)));
        any("Squeeze", layout::squeeze);
        any("Unsqueeze", layout::unsqueeze);
        any("Reshape", layout::reshape);
        // Parts.
        any("Slice", parts::slice);
        several("Split", node -> parts.split(node, operands(node)));
        any("Concat", (node, operands) -> parts.concat(node, operands.values()));
        // Shapes.
        any("Shape", (node, operands) -> ShapeOperators.shape(node, operands.get(0)));
        any("ConstantOfShape", ShapeOperators::constantOfShape);
        any("Expand", ShapeOperators::expand);
        any("Tile", ShapeOperators::tile);
        any("Mul", ShapeOperators::mul);
        any("Equal", ShapeOperators::equal);
        any("Less", ShapeOperators::less);
        any("Where", ShapeOperators::where);
        any("ReduceProd", ShapeOperators::reduceProd);
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
