package dev.gru.format.keras;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.gru.weights.Activation;

/**
 * Keras 3's names of activations, each with the parameters that it has if only its name is given. {@code glu} is not
 * among them, which halves the features ({@link Gating}), nor is {@code threshold}, whose parameters have no defaults.
 */
final class Activations {
    private static final Map<String, Activation> BY_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("celu", Activation.celu(1)), Map.entry("elu", Activation.ELU),
            Map.entry("exponential", Activation.EXPONENTIAL), Map.entry("gelu", Activation.GELU),
            Map.entry("hard_shrink", Activation.hardShrink(0.5f)),
            Map.entry("hard_sigmoid", Activation.hardSigmoid(1 / 6f, 0.5f)),
            Map.entry("hard_silu", Activation.HARD_SILU), Map.entry("hard_swish", Activation.HARD_SILU),
            Map.entry("hard_tanh", Activation.HARD_TANH), Map.entry("leaky_relu", Activation.leakyRelu(0.2f)),
            Map.entry("linear", Activation.LINEAR), Map.entry("log_sigmoid", Activation.LOG_SIGMOID),
            Map.entry("log_softmax", Activation.LOG_SOFTMAX), Map.entry("mish", Activation.MISH),
            Map.entry("relu", Activation.RELU), Map.entry("relu6", Activation.RELU6),
            Map.entry("selu", Activation.SELU), Map.entry("sigmoid", Activation.SIGMOID),
            Map.entry("silu", Activation.SILU), Map.entry("soft_shrink", Activation.softShrink(0.5f)),
            Map.entry("softmax", Activation.SOFTMAX), Map.entry("softplus", Activation.SOFTPLUS),
            Map.entry("softsign", Activation.SOFTSIGN), Map.entry("sparse_plus", Activation.SPARSE_PLUS),
            Map.entry("sparse_sigmoid", Activation.SPARSE_SIGMOID), Map.entry("sparsemax", Activation.SPARSEMAX),
            Map.entry("squareplus", Activation.squareplus(4)), Map.entry("swish", Activation.SILU),
            Map.entry("tanh", Activation.TANH), Map.entry("tanh_shrink", Activation.TANH_SHRINK)));

    private Activations() {
    }

    /**
     * Returns the function of a name, or empty if there is none. {@code hard_sigmoid} is that of Keras 3, whose slope
     * is another one than that of the versions before.
     */
    static Optional<Activation> of(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** Returns the names in alphabetical order, for messages. */
    static String names() {
        return String.join(", ", BY_NAME.keySet());
    }
}
