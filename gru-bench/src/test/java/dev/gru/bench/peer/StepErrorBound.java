package dev.gru.bench.peer;

import java.util.function.IntToDoubleFunction;

import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;

/**
 * How far one step computed in binary32 may be from the same step in double, if both begin with the same numbers.
 *
 * <p>The order of a sum and whether its products are rounded are free, so only its length counts. With u = 2^-24 a
 * rounding error, γ(m) = m u / (1 − m u), a the error of an activation function, and I and H the sizes:
 *
 * <pre>
 * r, z             e = ¼ γ(I + H + 2) Σ |terms| + a         all terms of x, h and both biases in one sum, in any order
 * c = W h + b      e_c = γ(H + 1) Σ |terms|                 and the same for p = W x + b, with I
 * n                e_n = e_p + |c| e_r + r e_c + e_r e_c + γ(2) (|p| + |r c|) + a
 * (1 − z) n + z h  e = (1 − z) e_n + e_z (|n| + |h|) + e_z e_n + γ(3) (|n| + |h|)
 * reference        one rounding of the result to float
 * </pre>
 *
 * An implementation that keeps its states in fewer bits adds one rounding to them, at most {@code storageError} of
 * |h'|.
 */
final class StepErrorBound {
    private static final double U = 0x1p-24;

    /**
     * The allowed error of an activation function in binary32: 16 roundings at 1. No peer states its own error; the
     * stated errors of this library are below a quarter of it.
     */
    private static final double ACTIVATION = 16 * U;

    /** A product may be flushed to zero. */
    private static final double TINY = 0x1p-126;

    private final GruWeights weights;
    private final double storageError;

    StepErrorBound(GruWeights weights, double storageError) {
        this.weights = weights;
        this.storageError = storageError;
    }

    /** Returns the bound for one unit, from the inputs and the states before the step. */
    double at(int unit, float[] x, float[] h) {
        Sum reset = fromInput(Gate.RESET, unit, x).plus(fromState(Gate.RESET, unit, h));
        Sum update = fromInput(Gate.UPDATE, unit, x).plus(fromState(Gate.UPDATE, unit, h));
        Sum p = fromInput(Gate.NEW, unit, x);
        Sum c = fromState(Gate.NEW, unit, h);
        double r = sigmoid(reset.value);
        double z = sigmoid(update.value);
        double gated = Math.abs(r * c.value);
        double n = Math.tanh(p.value + r * c.value);
        double er = reset.error() / 4 + ACTIVATION;
        double ez = update.error() / 4 + ACTIVATION;
        double en = p.error() + Math.abs(c.value) * er + r * c.error() + er * c.error()
                + gamma(2) * (Math.abs(p.value) + gated) + ACTIVATION;
        double both = Math.abs(n) + Math.abs(h[unit]);
        double next = (1 - z) * n + z * h[unit];
        double e = (1 - z) * en + ez * both + ez * en + gamma(3) * both;
        return e + U * Math.abs(next) + storageError * (Math.abs(next) + e) + TINY;
    }

    /** A sum, the sum of the magnitudes of its terms, and their number. */
    private record Sum(double value, double magnitude, int terms) {
        Sum plus(Sum other) {
            return new Sum(value + other.value, magnitude + other.magnitude, terms + other.terms);
        }

        double error() {
            return gamma(terms) * magnitude + terms * TINY;
        }
    }

    private Sum fromInput(Gate gate, int unit, float[] x) {
        return product(weights.biasIh(gate, unit), weights.inputSize(), k -> weights.weightIh(gate, unit, k), x);
    }

    private Sum fromState(Gate gate, int unit, float[] h) {
        return product(weights.biasHh(gate, unit), weights.hiddenSize(), k -> weights.weightHh(gate, unit, k), h);
    }

    private static Sum product(double bias, int inputs, IntToDoubleFunction weight, float[] x) {
        double sum = bias;
        double magnitude = Math.abs(bias);
        for (int k = 0; k < inputs; k++) {
            double term = weight.applyAsDouble(k) * x[k];
            sum += term;
            magnitude += Math.abs(term);
        }
        return new Sum(sum, magnitude, inputs + 1);
    }

    private static double gamma(int roundings) {
        return roundings * U / (1 - roundings * U);
    }

    private static double sigmoid(double a) {
        return 1 / (1 + Math.exp(-a));
    }
}
