package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Budget;
import dev.gru.format.shared.GateOrder;
import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Printable;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * The options and weights of an ONNX {@code GRU} node, as of version 7 of the operator and those after it, of which 14
 * added {@code layout} and 22 a type.
 *
 * @see <a href="https://onnx.ai/onnx/operators/onnx__GRU.html">the definition of the operator</a>
 */
final class GruNode {
    private static final List<String> STANDARD = List.of("Sigmoid", "Tanh");

    private final Node node;
    private final String direction;
    private final boolean batchFirst;

    /**
     * Reads the options.
     *
     * @throws ModelFormatException if one is not known
     */
    GruNode(Node node) throws ModelFormatException {
        this.node = node;
        node.requireOnly(6, "activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size",
                "layout", "linear_before_reset");
        direction = node.text("direction", "forward");
        if (!List.of("forward", "reverse", "bidirectional").contains(direction)) {
            throw node.error("direction " + Printable.quoted(direction)
                    + " must be forward, reverse or bidirectional");
        }
        long layout = node.integer("layout", 0);
        if (layout != 0 && layout != 1) {
            throw node.error("layout " + layout + " must be 0 or 1");
        }
        batchFirst = layout == 1;
    }

    /** Returns whether the node has a second direction, from the end. */
    boolean isBidirectional() {
        return direction.equals("bidirectional");
    }

    /** Returns whether its only direction is from the end. */
    boolean isReverse() {
        return direction.equals("reverse");
    }

    /** Returns the number of directions. */
    int directions() {
        return isBidirectional() ? 2 : 1;
    }

    /**
     * Returns whether the first dimension is that of the batch: X (batch, steps, inputs), states (batch, directions,
     * units).
     */
    boolean isBatchFirst() {
        return batchFirst;
    }

    /**
     * Returns the weights of each direction.
     *
     * @param w (directions, 3 · units, inputs)
     * @param r (directions, 3 · units, units)
     * @param b (directions, 6 · units), those of the inputs before those of the states; null for none
     * @param budget for what is allocated
     * @throws ModelFormatException if they do not fit each other or the options
     */
    List<GruWeights> weights(Tensor w, Tensor r, Tensor b, Budget budget) throws ModelFormatException {
        require("R", r, r.rank() == 3, directions(), -1, -1);
        int units = r.shape()[2];
        int rows = Math.multiplyExact(Gate.COUNT, units);
        require("R", r, true, directions(), rows, units);
        require("W", w, w.rank() == 3, directions(), rows, -1);
        int inputs = w.shape()[2];
        if (b != null) {
            require("B", b, b.rank() == 2, directions(), Math.multiplyExact(2, rows));
        }
        long hiddenSize = node.integer("hidden_size", units);
        if (hiddenSize != units) {
            throw node.error("hidden_size is " + hiddenSize + ", but R has the shape " + Arrays.toString(r.shape()));
        }
        budget.takeForLayer(node, directions() * (long) rows * ((long) inputs + units + 2));
        List<GruActivations> activations = activations();
        GruVariant variant = node.flag("linear_before_reset") ? GruVariant.RESET_AFTER : GruVariant.RESET_BEFORE;
        GateOrder order = GateOrder.UPDATE_RESET_NEW;
        List<GruWeights> weights = new ArrayList<>();
        for (int i = 0; i < directions(); i++) {
            weights.add(GruWeights.owning(variant, activations.get(i), inputs, units,
                    OwnedFloats.of(order.canonicalFromRows(w.floats(), i * rows * inputs, inputs, units)),
                    OwnedFloats.of(order.canonicalFromRows(r.floats(), i * rows * units, units, units)),
                    bias(b, order, 2 * i, units), bias(b, order, 2 * i + 1, units)));
        }
        return weights;
    }

    /** Returns one of the biases that are stacked in an array, or zeros if there is none. */
    private static OwnedFloats bias(Tensor biases, GateOrder order, int index, int units) {
        int rows = Gate.COUNT * units;
        return OwnedFloats.of(biases == null
                ? new float[rows]
                : order.canonicalBias(biases.floats(), index * rows, units));
    }

    /** Checks a shape, in which -1 stands for any size. */
    private void require(String name, Tensor tensor, boolean rank, int... shape) throws ModelFormatException {
        boolean fits = rank && tensor.floats() != null;
        for (int i = 0; fits && i < shape.length; i++) {
            fits = shape[i] == -1 ? tensor.shape()[i] > 0 : tensor.shape()[i] == shape[i];
        }
        if (!fits) {
            throw node.error(name + " must be floats of shape " + Arrays.toString(shape).replace("-1", "any")
                    + ", is " + tensor);
        }
    }

    /** Returns the functions of each direction. */
    private List<GruActivations> activations() throws ModelFormatException {
        List<String> names = node.list("activations", String.class, List.of());
        if (names.isEmpty()) {
            names = Collections.nCopies(directions(), STANDARD).stream().flatMap(List::stream).toList();
        }
        if (names.size() != 2 * directions()) {
            throw node.error("activations must be " + 2 * directions() + " for direction " + direction + ", are "
                    + names.size());
        }
        float clip = Float.POSITIVE_INFINITY;
        if (node.has("clip")) {
            clip = node.number("clip", clip);
            if (!(clip > 0)) {
                throw node.error("clip must be above 0, is " + clip);
            }
        }
        // "The values are consumed in the order of activation functions": only functions that have one take one.
        Iterator<Float> alphas = node.list("activation_alpha", Float.class, List.of()).iterator();
        Iterator<Float> betas = node.list("activation_beta", Float.class, List.of()).iterator();
        List<GruActivations> activations = new ArrayList<>();
        for (int i = 0; i < names.size(); i += 2) {
            Activation gates = activation(names.get(i), alphas, betas);
            activations.add(new GruActivations(gates, activation(names.get(i + 1), alphas, betas), clip));
        }
        if (alphas.hasNext() || betas.hasNext()) {
            throw node.error("activation_alpha or activation_beta has more values than its activations "
                    + Printable.of(names.toString()) + " take");
        }
        return activations;
    }

    private Activation activation(String name, Iterator<Float> alphas, Iterator<Float> betas)
            throws ModelFormatException {
        // Upper and lower case are written both ways. Of some parameters the definition has no default; those of
        // ONNX Runtime are 0.
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "sigmoid" -> Activation.SIGMOID;
            case "tanh" -> Activation.TANH;
            case "relu" -> Activation.RELU;
            case "hardsigmoid" -> Activation.hardSigmoid(next(alphas, ActivationNodes.HARD_SIGMOID_ALPHA),
                    next(betas, ActivationNodes.HARD_SIGMOID_BETA));
            case "affine" -> Activation.linear(next(alphas, 0), next(betas, 0));
            case "elu" -> Activation.elu(next(alphas, 1));
            case "leakyrelu" -> Activation.leakyRelu(next(alphas, ActivationNodes.LEAKY_RELU_ALPHA));
            case "softplus" -> Activation.SOFTPLUS;
            case "softsign" -> Activation.SOFTSIGN;
            case "thresholdedrelu" -> Activation.threshold(next(alphas, 0), 0);
            case "scaledtanh" -> Activation.scaledTanh(next(alphas, 0), next(betas, 0));
            default -> throw node.error("the activation " + Printable.quoted(name)
                    + " is not supported, only Affine, Elu, HardSigmoid, LeakyRelu, Relu, ScaledTanh, Sigmoid, "
                    + "Softplus, Softsign, Tanh and ThresholdedRelu");
        };
    }

    private static float next(Iterator<Float> values, float otherwise) {
        return values.hasNext() ? values.next() : otherwise;
    }
}
