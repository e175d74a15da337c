package dev.gru.format.onnx;

import java.util.List;
import java.util.Optional;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.weights.Activation;

/** The operators that are functions of one number, with the parameters that ONNX has for them. */
final class ActivationNodes {
    /** The operators. */
    static final List<String> NAMES = List.of("Abs", "Celu", "Elu", "Exp", "Gelu", "HardSigmoid", "HardSwish",
            "LeakyRelu",
            "Mish", "Neg", "Relu", "Selu", "Shrink", "Sigmoid", "Softplus", "Softsign", "Swish", "Tanh",
            "ThresholdedRelu");

    /** The defaults of ONNX's operators of these names, and of the functions of its GRU. */
    static final float HARD_SIGMOID_ALPHA = 0.2f;
    static final float HARD_SIGMOID_BETA = 0.5f;
    static final float LEAKY_RELU_ALPHA = 0.01f;
    static final float SELU_ALPHA = 1.6732632f;
    static final float SELU_GAMMA = 1.050701f;
    private static final float SHRINK_BOUND = 0.5f;

    private ActivationNodes() {
    }

    /** Returns the function that a node is, or nothing if its operator is none. */
    static Optional<Activation> function(Node node) throws ModelFormatException {
        Activation activation = switch (node.opType()) {
            // |v| is v above 0, and −1 times v below.
            case "Abs" -> plain(node, Activation.leakyRelu(-1));
            case "Celu" -> Activation.celu(number(node, "alpha", 1));
            case "Elu" -> Activation.elu(number(node, "alpha", 1));
            case "Exp" -> plain(node, Activation.EXPONENTIAL);
            case "Gelu" -> gelu(node);
            case "HardSigmoid" -> {
                node.requireOnly(1, "alpha", "beta");
                yield Activation.hardSigmoid(node.number("alpha", HARD_SIGMOID_ALPHA),
                        node.number("beta", HARD_SIGMOID_BETA));
            }
            case "HardSwish" -> plain(node, Activation.HARD_SILU);
            case "LeakyRelu" -> Activation.leakyRelu(number(node, "alpha", LEAKY_RELU_ALPHA));
            case "Mish" -> plain(node, Activation.MISH);
            case "Neg" -> plain(node, Activation.linear(-1, 0));
            case "Relu" -> plain(node, Activation.RELU);
            case "Selu" -> {
                node.requireOnly(1, "alpha", "gamma");
                yield Activation.selu(node.number("alpha", SELU_ALPHA), node.number("gamma", SELU_GAMMA));
            }
            case "Shrink" -> shrink(node);
            case "Sigmoid" -> plain(node, Activation.SIGMOID);
            case "Softplus" -> plain(node, Activation.SOFTPLUS);
            case "Softsign" -> plain(node, Activation.SOFTSIGN);
            case "Swish" -> swish(node);
            case "Tanh" -> plain(node, Activation.TANH);
            case "ThresholdedRelu" -> Activation.threshold(number(node, "alpha", 1), 0);
            default -> null;
        };
        return Optional.ofNullable(activation);
    }

    private static float number(Node node, String attribute, float otherwise) throws ModelFormatException {
        node.requireOnly(1, attribute);
        return node.number(attribute, otherwise);
    }

    private static Activation plain(Node node, Activation activation) throws ModelFormatException {
        node.requireOnly(1);
        return activation;
    }

    private static Activation gelu(Node node) throws ModelFormatException {
        node.requireOnly(1, "approximate");
        String approximate = node.text("approximate", "none");
        return switch (approximate) {
            case "none" -> Activation.GELU;
            case "tanh" -> Activation.GELU_TANH;
            default -> throw node.error("approximate must be none or tanh");
        };
    }

    private static Activation swish(Node node) throws ModelFormatException {
        if (number(node, "alpha", 1) != 1) {
            throw node.error("alpha must be 1");
        }
        return Activation.SILU;
    }

    /** Between −lambd and lambd 0, elsewhere nearer to 0 by bias. */
    private static Activation shrink(Node node) throws ModelFormatException {
        node.requireOnly(1, "bias", "lambd");
        float bound = node.number("lambd", SHRINK_BOUND);
        float bias = node.number("bias", 0);
        if (bias != 0 && bias != bound) {
            throw node.error("bias must be 0 or lambd");
        }
        return bias == 0 ? Activation.hardShrink(bound) : Activation.softShrink(bound);
    }

    /** Returns the function that cuts to a range. */
    static Activation clip(float low, float high) {
        if (low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY) {
            return Activation.LINEAR;
        }
        return low == 0 && high == Float.POSITIVE_INFINITY ? Activation.RELU : Activation.clip(low, high);
    }
}
