package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.stage.Work;
import dev.gru.format.onnx.value.Budget;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.format.onnx.value.Value;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Dense;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.layer.Signature.Axis;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/**
 * The operators that become layers with weights or functions: GRU, Gather from a table, MatMul and Gemm, normalisations
 * and activations.
 *
 * <p>For use by one thread.
 */
final class LayerOperators {
    /** In version 13 of the operators, softmax became one of rows. */
    private static final int OPSET_13 = 13;
    /** ONNX's default for normalisations. */
    private static final float EPSILON = 1e-5f;
    private static final float MOMENTUM = 0.9f;

    private final long opset;
    private final Values values;
    private final Layers layers;
    private final Recurrences recurrences;
    private final ConstantFolding folding;
    private final Budget budget;

    /**
     * Makes the operators.
     *
     * @param opset their version
     * @param values what nodes take
     * @param layers where the layers go
     * @param recurrences the GRU layers among them
     * @param folding for constants
     * @param budget for what layers hold
     */
    LayerOperators(long opset, Values values, Layers layers, Recurrences recurrences, ConstantFolding folding,
            Budget budget) {
        this.opset = opset;
        this.values = values;
        this.layers = layers;
        this.recurrences = recurrences;
        this.folding = folding;
        this.budget = budget;
    }

    private Flow flow(Node node) throws ModelFormatException {
        return recurrences.features(node, values.flow(node, 0));
    }

    /** An embedding: rows of a table, looked up by tokens. */
    Flow embedding(Node node, Flow tokens) throws ModelFormatException {
        node.requireOnly(2, "axis");
        Tensor table = values.constants(node, 0, 1, 1).getFirst();
        if (table.rank() != 2 || table.floats() == null || node.axis(node.integer("axis", 0), 2) != 0) {
            throw node.error("looks up tokens in " + table + " along the axis " + node.integer("axis", 0)
                    + "; it must be a table of floats with a row for each token");
        }
        return layers.embedding(node, tokens, table);
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
                gru.isReverse() ? Direction.BACKWARD : Direction.FORWARD, gru.isBatchFirst() ? 0 : 1,
                gru.isBatchFirst() ? Recurrence.Layout.BATCH_FIRST : Recurrence.Layout.STEPS_FIRST);
        return recurrences.gru(node, recurrence, x, lengths, initial);
    }

    /** A dense layer. */
    Flow matMul(Node node) throws ModelFormatException {
        node.requireOnly(2);
        Flow x = flow(node);
        return product(node, x, values.constants(node, 1, 1, 1).getFirst(), false, 1, null);
    }

    /** A dense layer, perhaps with a bias. */
    Flow gemm(Node node) throws ModelFormatException {
        node.requireOnly(3, "alpha", "beta", "transA", "transB");
        Flow x = flow(node);
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
            bias = row(node, constants.get(1), weight.shape()[rows ? 0 : 1]);
            scale(bias, beta);
        }
        return product(node, x, weight, rows, node.number("alpha", 1), bias);
    }

    /** Returns a constant that is added to every row: a row of its own, or one value. */
    private static float[] row(Node node, Tensor tensor, int size) throws ModelFormatException {
        boolean isRow = tensor.length() == size && (tensor.rank() > 0 && tensor.shape()[tensor.rank() - 1] == size);
        if (tensor.floats() == null || (!isRow && tensor.length() != 1)) {
            throw node.error("adds " + tensor + " to rows of " + size);
        }
        float[] row = new float[size];
        for (int i = 0; i < size; i++) {
            row[i] = tensor.floats()[isRow ? i : 0];
        }
        return row;
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
        int inputs = perOutput.shape()[1];
        int outputs = perOutput.shape()[0];
        float[] weights = elements;
        return layers.perStep(node, x, x.rank() - 1, inputs, new Work.Weighted(true, bias, Activation.LINEAR,
                (name, biases, activation) -> new Dense(name,
                        new DenseWeights(inputs, outputs, activation, weights, biases))),
                outputs);
    }

    private static void scale(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    /** A function of one number. */
    Flow function(Node node) throws ModelFormatException {
        Activation activation = ActivationNodes.function(node).orElseThrow(
                () -> node.error("the operator is not supported"));
        return layers.activation(node, flow(node), -1, activation);
    }

    /** A function of all features. */
    Flow ofRow(Node node, Activation activation) throws ModelFormatException {
        node.requireOnly(1, "axis");
        Flow x = flow(node);
        int axis = node.axis(node.integer("axis", opset < OPSET_13 ? 1 : -1), x.rank());
        if (opset < OPSET_13 && axis != x.rank() - 1) {
            // Up to then it went over all dimensions from the axis on.
            throw node.error("goes over the dimensions from " + axis + " on, only over the last one is supported");
        }
        List<FlowAxis> over = x.dims().get(axis);
        if (over.size() == 1 && over.getFirst().role() == Axis.STEP && activation.equals(Activation.SOFTMAX)) {
            return layers.perFeature(node, x, new Work.Made(false, ActivationLayer.StepSoftmax::new));
        }
        return layers.activation(node, x, axis, activation);
    }

    /** Cuts to a range. */
    Flow clip(Node node) throws ModelFormatException {
        node.requireOnly(3, "max", "min");
        float low = bound(node, 1, "min", Float.NEGATIVE_INFINITY);
        float high = bound(node, 2, "max", Float.POSITIVE_INFINITY);
        return layers.activation(node, flow(node), -1, ActivationNodes.clip(low, high));
    }

    private float bound(Node node, int index, String attribute, float otherwise) throws ModelFormatException {
        if (node.has(attribute)) {
            return node.number(attribute, otherwise);
        }
        Value value = values.optional(node, index);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Value.Constant(Tensor tensor) && tensor.length() == 1) {
            return tensor.floats() != null ? tensor.floats()[0] : tensor.longs()[0];
        }
        throw node.error("its bounds must be constants, one number each");
    }

    /** A rectifier with weights. */
    Flow pRelu(Node node) throws ModelFormatException {
        node.requireOnly(2);
        Flow x = layers.features(node, flow(node), -1, -1);
        float[] slope = Layers.row(node, values.constants(node, 1, 1, 1).getFirst(), x, "applies the slopes");
        budget.takeForLayer(node, slope.length);
        return layers.perFeature(node, x, new Work.Made(true, name -> new PReLU(name, 1, slope.length, slope)));
    }

    /** A normalisation by constants. */
    Flow batchNormalization(Node node) throws ModelFormatException {
        node.requireOnly(5, "epsilon", "momentum", "spatial", "training_mode");
        if (node.flag("training_mode") || node.integer("spatial", 1) != 1) {
            throw node.error("training_mode must be 0, and spatial 1");
        }
        Flow x = flow(node);
        List<Tensor> constants = values.constants(node, 1, 4, 4);
        int size = constants.getFirst().length();
        List<float[]> arrays = new ArrayList<>();
        for (Tensor tensor : constants) {
            if (tensor.floats() == null || tensor.length() != size || size == 0) {
                throw node.error("its constants must be floats of one length, are " + constants);
            }
            arrays.add(tensor.floats());
        }
        if (x.rank() < 2) {
            throw node.error("its input has " + x.rank() + " dimensions");
        }
        budget.takeForLayer(node, 4L * size);
        float epsilon = node.number("epsilon", EPSILON);
        float momentum = node.number("momentum", MOMENTUM);
        return layers.perStep(node, x, 1, size, new Work.Made(true,
                name -> new BatchNormalization(name, size, epsilon, momentum, Learnt.BOTH, arrays)), size);
    }

    /** A normalisation of each step by itself. */
    Flow layerNormalization(Node node) throws ModelFormatException {
        node.requireOnly(3, "axis", "epsilon", "stash_type");
        Flow x = flow(node);
        List<Tensor> constants = values.constants(node, 1, 0, 2);
        int axis = node.axis(node.integer("axis", -1), x.rank());
        Flow flow = layers.features(node, x, axis, constants.stream().filter(Objects::nonNull).mapToInt(Tensor::length)
                .filter(length -> length > 1).findFirst().orElse(-1));
        for (int i = axis + 1; i < flow.rank(); i++) {
            if (!flow.isDroppable(i)) {
                throw node.error("goes over the dimensions from " + axis + " on of " + flow.dims()
                        + "; only over features is supported");
            }
        }
        int size = flow.count();
        List<float[]> arrays = new ArrayList<>();
        for (Tensor tensor : constants) {
            if (tensor != null) {
                arrays.add(Layers.row(node, tensor, flow, "applies"));
            }
        }
        budget.takeForLayer(node, 2L * size);
        float epsilon = node.number("epsilon", EPSILON);
        Learnt learnt = Learnt.of(constants.get(0) != null, constants.get(1) != null);
        return layers.perFeature(node, flow, new Work.Made(true,
                name -> new LayerNormalization(name, size, epsilon, learnt, arrays)));
    }
}
