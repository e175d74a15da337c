package dev.gru.simd;

import java.util.Arrays;

import dev.gru.kernel.Activation;
import dev.gru.kernel.DenseWeights;
import dev.gru.kernel.Gate;
import dev.gru.kernel.GruVariant;
import dev.gru.kernel.GruWeights;

/**
 * The layers in plain float code, operation for operation as the package description defines them: what the kernel must
 * give bit for bit, at every vector length.
 */
final class ExactGru {
    private ExactGru() {
    }

    /** One step; {@code state} is replaced. */
    static void step(GruWeights weights, float[] x, int x0, float[] state) {
        int size = weights.hiddenSize();
        boolean dual = weights.variant() == GruVariant.DUAL_STATE;
        float[] h = Arrays.copyOf(state, size);
        float[] updated = dual ? Arrays.copyOfRange(state, size, 2 * size) : h.clone();
        float[] r = new float[size];
        float[] gated = new float[size];
        for (int i = 0; i < size; i++) {
            r[i] = ExactActivations
                    .sigmoid(fromInput(weights, Gate.RESET, i, x, x0) + fromState(weights, Gate.RESET, i, h));
            gated[i] = r[i] * updated[i];
        }
        for (int i = 0; i < size; i++) {
            float z = ExactActivations
                    .sigmoid(fromInput(weights, Gate.UPDATE, i, x, x0) + fromState(weights, Gate.UPDATE, i, h));
            float xn = fromInput(weights, Gate.NEW, i, x, x0);
            float n = ExactActivations.tanh(weights.variant() == GruVariant.RESET_AFTER
                    ? Math.fma(r[i], fromState(weights, Gate.NEW, i, h), xn)
                    : xn + fromState(weights, Gate.NEW, i, gated));
            float next = Math.fma(1 - z, n, z * updated[i]);
            if (dual) {
                state[size + i] = next;
                state[i] = Math.fma(n, ExactActivations.sigmoid(r[i]), (1 - r[i]) * h[i]);
            } else {
                state[i] = next;
            }
        }
    }

    private static float fromInput(GruWeights weights, Gate gate, int unit, float[] x, int x0) {
        float sum = weights.biasIh(gate, unit);
        for (int k = 0; k < weights.inputSize(); k++) {
            sum = Math.fma(x[x0 + k], weights.weightIh(gate, unit, k), sum);
        }
        return sum;
    }

    private static float fromState(GruWeights weights, Gate gate, int unit, float[] s) {
        float sum = weights.biasHh(gate, unit);
        for (int k = 0; k < weights.hiddenSize(); k++) {
            sum = Math.fma(s[k], weights.weightHh(gate, unit, k), sum);
        }
        return sum;
    }

    /** One row of a dense layer. */
    static float[] dense(DenseWeights weights, float[] x, int x0) {
        float[] y = new float[weights.outputSize()];
        for (int i = 0; i < y.length; i++) {
            y[i] = weights.bias(i);
            for (int k = 0; k < weights.inputSize(); k++) {
                y[i] = Math.fma(x[x0 + k], weights.weight(i, k), y[i]);
            }
        }
        if (weights.activation() == Activation.SOFTMAX) {
            softmax(y);
            return y;
        }
        for (int i = 0; i < y.length; i++) {
            y[i] = switch (weights.activation()) {
                case LINEAR, SOFTMAX -> y[i];
                case RELU -> Math.max(0, y[i]);
                case SIGMOID -> ExactActivations.sigmoid(y[i]);
                case TANH -> ExactActivations.tanh(y[i]);
            };
        }
        return y;
    }

    private static void softmax(float[] y) {
        float max = Float.NEGATIVE_INFINITY;
        for (float v : y) {
            max = Math.max(max, v);
        }
        float sum = 0;
        for (int i = 0; i < y.length; i++) {
            y[i] = ExactActivations.exp(y[i] - max);
            sum += y[i];
        }
        for (int i = 0; i < y.length; i++) {
            y[i] /= sum;
        }
    }
}
