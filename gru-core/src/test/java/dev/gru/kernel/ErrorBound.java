package dev.gru.kernel;

import dev.gru.kernel.math.Exponential;

/**
 * How far the float kernels may be from the reference, derived step by step.
 *
 * <p>With u = 2^-24 a rounding error, γ(n) = n u / (1 − n u), and δ the bound on the difference of the states so far:
 *
 * <pre>
 * product b + Σ w v, n terms   γ(n) (|b| + Σ |w| (|v| + δ)) + Σ |w| δ + n 2^-149
 * σ, tanh                      ¼ or 1 times the error of the argument, plus the function's own; never above 1 or 2
 * (1 − z) n + z h              |1 − z| e_n + |z| δ + e_z (|n| + |h| + e_n + δ), plus 4 u of the terms
 * reference                    one rounding of the result to float
 * </pre>
 */
final class ErrorBound {
    private static final double U = 0x1p-24;
    private static final double TINY = 0x1p-149;

    private final GruWeights weights;
    private final int size;
    private final boolean dual;
    private final double[] delta;

    /** A bound for a stream that begins with equal states. */
    ErrorBound(GruWeights weights) {
        this.weights = weights;
        size = weights.hiddenSize();
        dual = weights.variant() == GruVariant.DUAL_STATE;
        delta = new double[weights.variant().stateSize(size)];
    }

    /** The bound on the difference of element {@code i} of the states. */
    double at(int i) {
        return delta[i];
    }

    /** A number and how far the kernel's may be from it. */
    private record Approximate(double value, double error) {
        Approximate plus(Approximate other) {
            double sum = value + other.value;
            return new Approximate(sum, error + other.error + U * (Math.abs(sum) + error + other.error));
        }

        Approximate times(Approximate other) {
            double product = value * other.value;
            double e = Math.abs(value) * other.error + Math.abs(other.value) * error + error * other.error;
            return new Approximate(product, e + U * (Math.abs(product) + e) + TINY);
        }

        Approximate oneMinus() {
            return new Approximate(1, 0).plus(new Approximate(-value, error));
        }

        Approximate sigmoid() {
            return new Approximate(1 / (1 + Math.exp(-value)), Math.min(1, error / 4 + Exponential.SIGMOID_ERROR));
        }

        Approximate tanh() {
            return new Approximate(Math.tanh(value), Math.min(2, error + Exponential.TANH_ERROR));
        }
    }

    /** Moves on by one step, from the reference's state before it. */
    void step(float[] x, int x0, float[] state, int state0) {
        Approximate[] s = new Approximate[delta.length];
        for (int i = 0; i < s.length; i++) {
            s[i] = new Approximate(state[state0 + i], delta[i]);
        }
        int updated = dual ? size : 0;
        Approximate[] r = new Approximate[size];
        Approximate[] gated = new Approximate[size];
        for (int i = 0; i < size; i++) {
            r[i] = fromInput(Gate.RESET, i, x, x0).plus(fromState(Gate.RESET, i, s)).sigmoid();
            gated[i] = r[i].times(s[updated + i]);
        }
        for (int i = 0; i < size; i++) {
            Approximate z = fromInput(Gate.UPDATE, i, x, x0).plus(fromState(Gate.UPDATE, i, s)).sigmoid();
            Approximate xn = fromInput(Gate.NEW, i, x, x0);
            Approximate n = (weights.variant() == GruVariant.RESET_AFTER
                    ? xn.plus(r[i].times(fromState(Gate.NEW, i, s)))
                    : xn.plus(fromState(Gate.NEW, i, gated))).tanh();
            delta[updated + i] = rounded(z.oneMinus().times(n).plus(z.times(s[updated + i])));
            if (dual) {
                delta[i] = rounded(n.times(r[i].sigmoid()).plus(r[i].oneMinus().times(s[i])));
            }
        }
    }

    /** The error, with that of rounding the reference. */
    private static double rounded(Approximate next) {
        return next.error + U * Math.abs(next.value) + TINY;
    }

    private Approximate fromInput(Gate gate, int unit, float[] x, int x0) {
        double sum = weights.biasIh(gate, unit);
        double magnitude = Math.abs(sum);
        for (int k = 0; k < weights.inputSize(); k++) {
            double term = (double) weights.weightIh(gate, unit, k) * x[x0 + k];
            sum += term;
            magnitude += Math.abs(term);
        }
        return product(sum, magnitude, 0, weights.inputSize());
    }

    private Approximate fromState(Gate gate, int unit, Approximate[] s) {
        double sum = weights.biasHh(gate, unit);
        double magnitude = Math.abs(sum);
        double carried = 0;
        for (int k = 0; k < size; k++) {
            double w = weights.weightHh(gate, unit, k);
            sum += w * s[k].value;
            magnitude += Math.abs(w) * (Math.abs(s[k].value) + s[k].error);
            carried += Math.abs(w) * s[k].error;
        }
        return product(sum, magnitude, carried, size);
    }

    private static Approximate product(double sum, double magnitude, double carried, int n) {
        double gamma = n * U / (1 - n * U);
        return new Approximate(sum, gamma * magnitude + carried + n * TINY);
    }
}
