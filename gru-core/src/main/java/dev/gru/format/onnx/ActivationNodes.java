package dev.gru.format.onnx;

import java.util.List;
import java.util.Optional;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.weights.Activation;

/** The operators that are functions of one number, with the parameters that ONNX has for them. */
final class ActivationNodes {
    /** That of ONNX's operator of the same name, and of its GRU. */
    static final float HARD_SIGMOID_ALPHA = 0.2f;
    static final float HARD_SIGMOID_BETA = 0.5f;

    /** The operators. */
    static final List<String> NAMES = List.of("HardSigmoid", "Relu", "Sigmoid", "Tanh");

    private ActivationNodes() {
    }

    /** Returns the function that a node is, or nothing if its operator is none. */
    static Optional<Activation> function(Node node) throws ModelFormatException {
        return switch (node.opType()) {
            case "Relu" -> plain(node, Activation.RELU);
            case "Sigmoid" -> plain(node, Activation.SIGMOID);
            case "Tanh" -> plain(node, Activation.TANH);
            case "HardSigmoid" -> {
                node.requireOnly(1, "alpha", "beta");
                yield Optional.of(Activation.hardSigmoid(node.number("alpha", HARD_SIGMOID_ALPHA),
                        node.number("beta", HARD_SIGMOID_BETA)));
            }
            default -> Optional.empty();
        };
    }

    private static Optional<Activation> plain(Node node, Activation activation) throws ModelFormatException {
        node.requireOnly(1);
        return Optional.of(activation);
    }
}
