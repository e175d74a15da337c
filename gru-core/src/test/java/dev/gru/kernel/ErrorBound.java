package dev.gru.kernel;

import dev.gru.kernel.math.Exponential;
import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * How far the float kernels may be from the reference, derived step by step.
 *
 * <p>With u = 2^-24 a rounding error, γ(n) = n u / (1 − n u), and δ the bound on the difference of the states so far:
 *
 * <pre>
 * product b + Σ w v, n terms   γ(n) (|b| + Σ |w| (|v| + δ)) + Σ |w| δ + n 2^-149
 * σ, tanh                      ¼ or 1 times the error e of the argument, plus the function's own; never above 1 or 2
 * σ                            also at most σ (exp(e) − 1 + 5 u exp(e)), as long as e^v is a number: by how much exp(e)
 *                              may change 1 + e^v, and the errors of e^v (2 u), the sum and the quotient (u each)
 * α v + β                      |α| e, plus u of the result
 * relu, hard sigmoid, clip     that of v or α v + β, as no slope is above 1; none where all inputs in range are clipped
 * others                       the steepest slope times e, plus the function's own, by {@link OwnError}
 * (1 − z) n + z h              |1 − z| e_n + |z| δ + e_z (|n| + |h| + e_n + δ), plus 4 u of the terms
 * reference                    one rounding of the result to float
 * </pre>
 *
 * <p>Everything is relative to the numbers of this very stream, so if the state grows, so does the bound. NaN and
 * infinity are the same in both, with no error. But the bound {@link #holds} only as long as every number stays in the
 * range of floats, which a growing state leaves after some steps: the reference, in double, then goes on where a float
 * is infinite. Nor does it say anything once an infinity has met a factor that may be 0 or of either sign.
 */
final class ErrorBound {
    private static final double U = 0x1p-24;
    private static final double TINY = 0x1p-149;

    private final GruWeights weights;
    private final int size;
    private final boolean dual;
    private final double[] delta;
    private boolean holds = true;

    /** A bound for a stream that begins with equal states. */
    ErrorBound(GruWeights weights) {
        this.weights = weights;
        size = weights.hiddenSize();
        dual = weights.variant() == GruVariant.DUAL_STATE;
        delta = new double[weights.variant().stateSize(size)];
    }

    /** The bound on the difference of element {@code i} of the states, if it {@link #holds}. */
    double at(int i) {
        return delta[i];
    }

    /** Whether anything can be said of the steps so far. */
    boolean holds() {
        return holds;
    }

    /** A number and how far the kernel's may be from it. */
    private record Approximate(double value, double error) {
        boolean isFinite() {
            return Double.isFinite(value);
        }

        boolean mayBeZero() {
            return Math.abs(value) <= error;
        }
    }

    private Approximate number(double value, double error) {
        if (!Double.isFinite(value)) {
            return new Approximate(value, 0);
        }
        holds &= Math.abs(value) + error < Float.MAX_VALUE;
        return new Approximate(value, error);
    }

    private Approximate sum(Approximate a, Approximate b) {
        double sum = a.value + b.value;
        double e = a.error + b.error;
        return number(sum, e + U * (Math.abs(sum) + e));
    }

    private Approximate product(Approximate a, Approximate b) {
        if (a.isFinite() != b.isFinite()) {
            Approximate factor = a.isFinite() ? a : b;
            holds &= factor.error == 0 || !factor.mayBeZero();
        }
        double product = a.value * b.value;
        double e = Math.abs(a.value) * b.error + Math.abs(b.value) * a.error + a.error * b.error;
        return number(product, e + U * (Math.abs(product) + e) + TINY);
    }

    private Approximate oneMinus(Approximate v) {
        return sum(new Approximate(1, 0), new Approximate(-v.value, v.error));
    }

    private Approximate gate(Approximate sum) {
        return apply(weights.activations().gates(), clipped(sum));
    }

    private Approximate candidate(Approximate sum) {
        return apply(weights.activations().candidate(), clipped(sum));
    }

    private Approximate clipped(Approximate v) {
        return between(-weights.activations().clip(), v, weights.activations().clip());
    }

    private static Approximate between(double least, Approximate v, double most) {
        boolean cut = v.value + v.error <= least || v.value - v.error >= most;
        return new Approximate(Math.max(least, Math.min(most, v.value)), cut ? 0 : v.error);
    }

    private Approximate apply(Activation activation, Approximate v) {
        return switch (activation.function()) {
            case LINEAR -> activation.isIdentity() ? v : affine(activation, v);
            case RELU -> between(0, v, Double.POSITIVE_INFINITY);
            case SIGMOID -> sigmoid(v);
            case TANH -> new Approximate(Math.tanh(v.value),
                    v.isFinite() ? Math.min(2, v.error + Exponential.TANH_ERROR) : 0);
            case HARD_SIGMOID -> between(0, affine(activation, v), 1);
            default -> other(activation, v);
        };
    }

    private Approximate other(Activation activation, Approximate v) {
        double value = ScalarFunctions.apply(activation, v.value);
        if (!v.isFinite()) {
            return new Approximate(value, 0);
        }
        // Beside a step nothing can be said.
        holds &= OwnError.steps(activation).allMatch(step -> Math.abs(v.value - step) > v.error);
        double largest = Math.abs(v.value) + v.error;
        return number(value, v.error * OwnError.steepest(activation, largest) + OwnError.of(activation, largest));
    }

    private Approximate affine(Activation activation, Approximate v) {
        double value = activation.alpha() * v.value + activation.beta();
        double e = Math.abs(activation.alpha()) * v.error;
        return number(value, e + U * (Math.abs(value) + e) + TINY);
    }

    private static Approximate sigmoid(Approximate v) {
        double value = 1 / (1 + Math.exp(-v.value));
        if (!v.isFinite()) {
            return new Approximate(value, 0);
        }
        double error = Math.min(1, v.error / 4 + Exponential.SIGMOID_ERROR);
        boolean above = v.value - v.error > -87; // e^87 < 2^126
        double relative = Math.expm1(v.error) + 5 * U * Math.exp(v.error);
        return new Approximate(value, above ? Math.min(error, value * relative) : error);
    }

    /** Moves on by one step, from the reference's state before it. */
    void step(float[] x, int x0, float[] state, int state0) {
        Approximate[] s = new Approximate[delta.length];
        for (int i = 0; i < s.length; i++) {
            s[i] = new Approximate(state[state0 + i], delta[i]);
        }
        boolean after = weights.variant() == GruVariant.RESET_AFTER;
        int updated = dual ? size : 0;
        Approximate[] r = new Approximate[size];
        Approximate[] gated = new Approximate[size];
        for (int i = 0; i < size; i++) {
            r[i] = gate(sum(fromInput(Gate.RESET, i, x, x0), fromState(Gate.RESET, i, s)));
            gated[i] = after ? null : product(r[i], s[updated + i]);
        }
        for (int i = 0; i < size; i++) {
            Approximate z = gate(sum(fromInput(Gate.UPDATE, i, x, x0), fromState(Gate.UPDATE, i, s)));
            Approximate xn = fromInput(Gate.NEW, i, x, x0);
            Approximate n = candidate(after
                    ? sum(xn, product(r[i], fromState(Gate.NEW, i, s)))
                    : sum(xn, fromState(Gate.NEW, i, gated)));
            delta[updated + i] = rounded(sum(product(oneMinus(z), n), product(z, s[updated + i])));
            if (dual) {
                Approximate out = apply(weights.activations().gates(), r[i]);
                delta[i] = rounded(sum(product(n, out), product(oneMinus(r[i]), s[i])));
            }
        }
    }

    /** The error, with that of rounding the reference. */
    private double rounded(Approximate next) {
        return next.isFinite() ? number(next.value, next.error + U * Math.abs(next.value) + TINY).error : 0;
    }

    private Approximate fromInput(Gate gate, int unit, float[] x, int x0) {
        Approximate[] inputs = new Approximate[weights.inputSize()];
        float[] row = new float[inputs.length];
        for (int k = 0; k < inputs.length; k++) {
            inputs[k] = new Approximate(x[x0 + k], 0);
            row[k] = weights.weightIh(gate, unit, k);
        }
        return chain(weights.biasIh(gate, unit), row, inputs);
    }

    private Approximate fromState(Gate gate, int unit, Approximate[] s) {
        float[] row = new float[size];
        for (int k = 0; k < size; k++) {
            row[k] = weights.weightHh(gate, unit, k);
        }
        return chain(weights.biasHh(gate, unit), row, s);
    }

    /** b + Σ w v. */
    private Approximate chain(float bias, float[] w, Approximate[] v) {
        int n = w.length;
        double sum = bias;
        double magnitude = Math.abs(sum);
        double carried = 0;
        for (int k = 0; k < n; k++) {
            sum += w[k] * v[k].value;
            // What is infinite or no number decides the sum, but in a float, what is not must not become so.
            if (v[k].isFinite()) {
                magnitude += Math.abs(w[k]) * (Math.abs(v[k].value) + v[k].error);
                carried += Math.abs(w[k]) * v[k].error;
            }
        }
        double gamma = n * U / (1 - n * U);
        number(magnitude, gamma * magnitude);
        return number(sum, gamma * magnitude + carried + n * TINY);
    }
}
