package dev.gru.weights;

import java.util.Locale;
import java.util.Objects;

/**
 * The functions in a GRU's equations where {@link GruVariant} writes σ and tanh, and the bound on what goes into them.
 *
 * <p>The bound is on the whole sum of a gate, as in ONNX; in {@link GruVariant#RESET_AFTER} that of n has r ⊙ (W_hn h +
 * b_hn) in it. NaN goes through. The σ(r) in the output of {@link GruVariant#DUAL_STATE} is the function of the gates
 * too, of r as it is: r is no sum, and is not cut.
 *
 * <p>Most models have {@link #STANDARD}, for which kernels are fastest. With other functions the state may grow from
 * step to step until it is infinite: where neither the candidate nor what goes into it is bounded, or where z leaves 0
 * to 1.
 *
 * @param gates what r and z are computed with, σ by default; Keras's {@code recurrent_activation}, ONNX's f
 * @param candidate what n is computed with, tanh by default; Keras's {@code activation}, ONNX's g
 * @param clip what goes into either function is first cut to [−clip, clip], ONNX's {@code clip}; infinite for no bound
 */
public record GruActivations(Activation gates, Activation candidate, float clip) {
    /** σ, tanh and no bound. */
    public static final GruActivations STANDARD = new GruActivations(Activation.SIGMOID, Activation.TANH,
            Float.POSITIVE_INFINITY);

    /**
     * Checks that the functions are of one number each.
     *
     * @throws IllegalArgumentException if one is of a row, such as softmax, or {@code clip} is not above 0
     */
    public GruActivations {
        Objects.requireNonNull(gates, "gates");
        Objects.requireNonNull(candidate, "candidate");
        requireOfOneNumber(gates);
        requireOfOneNumber(candidate);
        if (!(clip > 0)) {
            throw new IllegalArgumentException("clip must be above 0, was " + clip);
        }
    }

    private static void requireOfOneNumber(Activation activation) {
        if (activation.function().isOfRow()) {
            throw new IllegalArgumentException("gates and candidate must be functions of one number, not "
                    + activation.function().name().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * Returns whether these are {@link #STANDARD}. Not by {@code equals}: the JVM makes that of a record at its first
     * call, which takes longer than to load a layer.
     */
    public boolean areStandard() {
        // Neither of the two functions has parameters.
        return gates.function() == STANDARD.gates.function() && candidate.function() == STANDARD.candidate.function()
                && clip == STANDARD.clip;
    }

    /** Returns whether there is a bound. */
    public boolean clips() {
        return clip != Float.POSITIVE_INFINITY;
    }
}
