package dev.gru.kernel.math;

import dev.gru.kernel.PortableGruKernel;
import dev.gru.weights.Activation;

/** The functions of {@link Activation} over arrays, as {@link PortableGruKernel} applies them. */
public final class PortableFunctions {
    private PortableFunctions() {
    }

    /**
     * Replaces the first {@code count} elements by their images; for a function of rows they are one.
     *
     * @param loops scratch memory with room for so many
     */
    public static void apply(Activation activation, int count, float[] v, PortableActivations loops) {
        switch (activation.function()) {
            case LINEAR -> {
                // Not α v + β, which would turn −0 into 0.
                if (!activation.isIdentity()) {
                    PortableActivations.affine(count, v, activation.alpha(), activation.beta());
                }
            }
            case RELU -> PortableActivations.relu(count, v);
            case SIGMOID -> loops.sigmoid(count, v);
            case TANH -> loops.tanh(count, v);
            case HARD_SIGMOID -> PortableActivations.hardSigmoid(count, v, activation.alpha(), activation.beta());
            case SOFTMAX -> softmax(count, v, loops);
            case LOG_SOFTMAX, SPARSEMAX -> RowFunctions.apply(activation, v, 0, count);
            default -> {
                for (int i = 0; i < count; i++) {
                    v[i] = FloatFunctions.apply(activation, v[i]);
                }
            }
        }
    }

    private static void softmax(int count, float[] v, PortableActivations loops) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, v[i]);
        }
        loops.exp(count, v, max);
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += v[i];
        }
        for (int i = 0; i < count; i++) {
            v[i] /= sum;
        }
    }
}
