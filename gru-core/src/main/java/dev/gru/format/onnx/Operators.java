package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.Value.Constant;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.weights.Activation;

/**
 * The operators that are supported, by name.
 *
 * <p>For use by one thread.
 */
final class Operators {
    private final Values values;
    private final Budget budget;
    private final LayerOperators layers;
    private final LayoutOperators layout;
    private final PartOperators parts;

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
        layers = new LayerOperators(opset, values, chain, folding, budget);
        layout = new LayoutOperators(folding);
        parts = new PartOperators(folding, new Selection(chain), budget);
    }

    /**
     * Returns the outputs of a node.
     *
     * @throws ModelFormatException if its operator is not supported, or not on what it takes
     */
    List<? extends Value> results(Node node) throws ModelFormatException {
        return switch (node.opType()) {
            // Values as they are, or as a node holds them.
            case "Constant" -> List.of(constant(node));
            case "Identity" -> List.of(identity(node));
            case "Dropout" -> List.of(dropout(node));
            // Layers.
            case "Gather" -> laidOut(node, gather(node));
            case "GRU" -> laidOut(node, layers.gru(node));
            case "MatMul" -> laidOut(node, layers.matMul(node));
            case "Gemm" -> laidOut(node, layers.gemm(node));
            case "Add" -> laidOut(node, layers.add(node));
            case "Relu" -> laidOut(node, layers.function(node, Activation.RELU));
            case "Sigmoid" -> laidOut(node, layers.function(node, Activation.SIGMOID));
            case "Tanh" -> laidOut(node, layers.function(node, Activation.TANH));
            case "HardSigmoid" -> laidOut(node, layers.hardSigmoid(node));
            case "Softmax" -> laidOut(node, layers.softmax(node));
            // Layouts.
            case "Cast" -> laidOut(node, layout.cast(node, operands(node).get(0)));
            case "Transpose" -> laidOut(node, layout.transpose(node, operands(node).get(0)));
            case "Squeeze" -> laidOut(node, layout.squeeze(node, operands(node)));
            case "Unsqueeze" -> laidOut(node, layout.unsqueeze(node, operands(node)));
            case "Reshape" -> laidOut(node, layout.reshape(node, operands(node)));
            // Parts.
            case "Slice" -> laidOut(node, parts.slice(node, operands(node)));
            case "Split" -> laidOut(node, parts.split(node, operands(node)));
            case "Concat" -> laidOut(node, parts.concat(node, operands(node).values()));
            // Shapes.
            case "Shape" -> laidOut(node, ShapeOperators.shape(node, operands(node).get(0)));
            case "ConstantOfShape" -> laidOut(node, ShapeOperators.constantOfShape(node, operands(node)));
            case "Expand" -> laidOut(node, ShapeOperators.expand(node, operands(node)));
            case "Tile" -> laidOut(node, ShapeOperators.tile(node, operands(node)));
            case "Mul" -> laidOut(node, ShapeOperators.mul(node, operands(node)));
            case "Equal" -> laidOut(node, ShapeOperators.equal(node, operands(node)));
            case "Where" -> laidOut(node, ShapeOperators.where(node, operands(node)));
            case "ReduceProd" -> laidOut(node, ShapeOperators.reduceProd(node, operands(node)));
            default -> throw node.error("the operator is not supported");
        };
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

    private List<? extends Value> laidOut(Node node, Value result) throws ModelFormatException {
        return laidOut(node, List.of(result));
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

    private Value gather(Node node) throws ModelFormatException {
        Value indices = values.optional(node, 1);
        return indices instanceof Flow tokens
                ? layers.embedding(node, tokens)
                : parts.gather(node, values.input(node, 0), indices);
    }
}
