package dev.gru.format.pytorch;

import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.weights.Activation;

/** The modules of {@code torch.nn} that are a function of each number, with PyTorch's parameters. */
final class Activations {
    /** Makes a function of the fields of a module. */
    private interface Maker {
        Activation make(Fields fields) throws ModelFormatException;
    }

    private static final Map<String, Maker> MAKERS = Map.ofEntries(
            Map.entry("ReLU", _ -> Activation.RELU),
            Map.entry("ReLU6", _ -> Activation.RELU6),
            Map.entry("LeakyReLU", fields -> Activation.leakyRelu((float) fields.number("negative_slope", 0.01))),
            Map.entry("ELU", fields -> Activation.elu((float) fields.number("alpha", 1))),
            Map.entry("CELU", fields -> Activation.celu((float) fields.number("alpha", 1))),
            Map.entry("SELU", _ -> Activation.SELU),
            Map.entry("GELU", Activations::gelu),
            Map.entry("SiLU", _ -> Activation.SILU),
            Map.entry("Mish", _ -> Activation.MISH),
            Map.entry("Sigmoid", _ -> Activation.SIGMOID),
            Map.entry("LogSigmoid", _ -> Activation.LOG_SIGMOID),
            Map.entry("Tanh", _ -> Activation.TANH),
            Map.entry("Tanhshrink", _ -> Activation.TANH_SHRINK),
            Map.entry("Hardtanh",
                    fields -> Activation.clip((float) fields.number("min_val", -1),
                            (float) fields.number("max_val", 1))),
            Map.entry("Hardsigmoid", _ -> Activation.hardSigmoid(1 / 6f, 0.5f)),
            Map.entry("Hardswish", _ -> Activation.HARD_SILU),
            Map.entry("Hardshrink", fields -> Activation.hardShrink((float) fields.number("lambd", 0.5))),
            Map.entry("Softshrink", fields -> Activation.softShrink((float) fields.number("lambd", 0.5))),
            Map.entry("Softsign", _ -> Activation.SOFTSIGN),
            Map.entry("Softplus", Activations::softplus));

    private Activations() {
    }

    /** Returns the types that there are. */
    static Set<String> types() {
        return MAKERS.keySet();
    }

    /** Returns the function of a type. */
    static Activation make(String type, Fields fields) throws ModelFormatException {
        fields.skip("inplace");
        return MAKERS.get(type).make(fields);
    }

    private static Activation gelu(Fields fields) throws ModelFormatException {
        fields.require("approximate", "none", "tanh");
        return "tanh".equals(fields.get("approximate")) ? Activation.GELU_TANH : Activation.GELU;
    }

    private static Activation softplus(Fields fields) throws ModelFormatException {
        fields.require("beta", 1L, 1.0);
        // Above it the module returns its input, which there differs from softplus by less than a rounding.
        fields.require("threshold", 20L, 20.0);
        return Activation.SOFTPLUS;
    }
}
