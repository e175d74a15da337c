package dev.gru.format.onnx;

import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.weights.Activation;

/**
 * The operators that become layers: GRU, Gather from a table, MatMul and Gemm, Add of a bias, and activations.
 *
 * <p>For use by one thread.
 */
final class LayerOperators {
    /** In version 13 of the operators, softmax became one of rows. */
    private static final int OPSET_13 = 13;

    private final long opset;
    private final Values values;
    private final Chain chain;
    private final ConstantFolding folding;
    private final Budget budget;

    /**
     * Makes the operators.
     *
     * @param opset their version
     * @param values what nodes take
     * @param chain where the layers go
     * @param folding for constants
     * @param budget for what layers hold
     */
    LayerOperators(long opset, Values values, Chain chain, ConstantFolding folding, Budget budget) {
        this.opset = opset;
        this.values = values;
        this.chain = chain;
        this.folding = folding;
        this.budget = budget;
    }

    /** An embedding: rows of a table, looked up by tokens. */
    Flow embedding(Node node, Flow tokens) throws ModelFormatException {
        node.requireOnly(2, "axis");
        Tensor table = values.constants(node, 0, 1, 1).getFirst();
        if (table.rank() != 2 || table.floats() == null || node.axis(node.integer("axis", 0), 2) != 0) {
            throw node.error("looks up tokens in " + table + " along the axis " + node.integer("axis", 0)
                    + "; it must be a table of floats with a row for each token");
        }
        return chain.embedding(node, tokens, table);
    }

    /** A GRU layer: its outputs and its last states. */
    List<Flow> gru(Node node) throws ModelFormatException {
        GruNode gru = new GruNode(node);
        List<Tensor> tensors = values.constants(node, 1, 2, 3);
        Value lengths = values.optional(node, 4);
        budget.takeLayout(node, lengths);
        Value initial = values.initialStates(node, 5);
        Flow x = values.flow(node, 0);
        Recurrence recurrence = new Recurrence(gru.weights(tensors.get(0), tensors.get(1), tensors.get(2), budget),
                gru.isReverse(), gru.isBatchFirst() ? 0 : 1,
                gru.isBatchFirst() ? Recurrence.Layout.BATCH_FIRST : Recurrence.Layout.STEPS_FIRST);
        return chain.gru(node, recurrence, x, lengths, initial);
    }

    /** A dense layer. */
    Flow matMul(Node node) throws ModelFormatException {
        node.requireOnly(2);
        return product(node, values.flow(node, 0), values.constants(node, 1, 1, 1).getFirst(), false, 1, null);
    }

    /** A dense layer, perhaps with a bias. */
    Flow gemm(Node node) throws ModelFormatException {
        node.requireOnly(3, "alpha", "beta", "transA", "transB");
        Flow x = values.flow(node, 0);
        if (node.flag("transA") || x.rank() != 2) {
            throw node.error("its A must have 2 dimensions, (rows, features), and not be transposed");
        }
        List<Tensor> constants = values.constants(node, 1, 1, 2);
        boolean rows = node.flag("transB");
        Tensor weight = constants.get(0);
        float[] bias = null;
        float beta = node.number("beta", 1);
        if (constants.get(1) != null && beta != 0) {
            requireMatrix(node, weight);
            bias = Chain.row(node, constants.get(1), weight.shape()[rows ? 0 : 1]);
            scale(bias, beta);
        }
        return product(node, x, weight, rows, node.number("alpha", 1), bias);
    }

    private static void requireMatrix(Node node, Tensor weight) throws ModelFormatException {
        if (weight.rank() != 2 || weight.floats() == null || weight.length() == 0) {
            throw node.error("its weights must be a matrix of floats, are " + weight);
        }
    }

    /** Adds a dense layer; {@code rows} says whether its weights have one row per output or one column. */
    private Flow product(Node node, Flow x, Tensor weight, boolean rows, float alpha, float[] bias)
            throws ModelFormatException {
        requireMatrix(node, weight);
        Tensor perOutput = rows ? weight : folding.transpose(node, weight, new int[]{1, 0});
        float[] elements = perOutput.floats();
        if (alpha != 1) {
            budget.take(node, elements.length);
            elements = elements.clone();
            scale(elements, alpha);
        }
        budget.takeForLayer(node, elements.length);
        return chain.dense(node, x, perOutput.shape()[1], perOutput.shape()[0], elements, bias);
    }

    private static void scale(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    /** The bias of a dense layer. */
    Value add(Node node) throws ModelFormatException {
        node.requireOnly(2);
        int constant = values.weights(values.input(node, 1)) == null ? 0 : 1;
        Flow x = values.flow(node, 1 - constant);
        Tensor bias = values.weights(values.input(node, constant));
        if (bias == null) {
            throw node.error("adds two arrays that depend on the inputs, which is not supported");
        }
        return chain.bias(node, x, bias);
    }

    /** A function of one number. */
    Flow function(Node node) throws ModelFormatException {
        Activation activation = ActivationNodes.function(node).orElseThrow(
                () -> node.error("the operator is not supported"));
        return chain.activation(node, values.flow(node, 0), -1, activation);
    }

    /** A function of all features. */
    Flow softmax(Node node) throws ModelFormatException {
        node.requireOnly(1, "axis");
        Flow x = values.flow(node, 0);
        int axis = node.axis(node.integer("axis", opset < OPSET_13 ? 1 : -1), x.rank());
        if (opset < OPSET_13 && axis != x.rank() - 1) {
            // Up to then it went over all dimensions from the axis on.
            throw node.error("goes over the dimensions from " + axis + " on, only over the last one is supported");
        }
        return chain.activation(node, x, axis, Activation.SOFTMAX);
    }
}
