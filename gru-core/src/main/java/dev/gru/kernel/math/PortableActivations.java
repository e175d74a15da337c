package dev.gru.kernel.math;

import static dev.gru.kernel.math.Exponential.EXPONENT_BIAS;
import static dev.gru.kernel.math.Exponential.EXPONENT_SHIFT;
import static dev.gru.kernel.math.Exponential.EXP_MAX;
import static dev.gru.kernel.math.Exponential.EXP_MIN;
import static dev.gru.kernel.math.Exponential.LN2;
import static dev.gru.kernel.math.Exponential.LOG2_E;
import static dev.gru.kernel.math.Exponential.Q0;
import static dev.gru.kernel.math.Exponential.Q1;
import static dev.gru.kernel.math.Exponential.Q2;
import static dev.gru.kernel.math.Exponential.Q3;
import static dev.gru.kernel.math.Exponential.Q4;
import static dev.gru.kernel.math.Exponential.ROUND;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Activations element by element, in place: the logistic function, tanh and e^v, by {@link Exponential}, and piecewise
 * linear functions; in plain loops that C2 turns into vector code.
 *
 * <p>Each loop is of a form that C2 vectorises, which is why a function by {@link Exponential} takes three of them:
 *
 * <ul>
 * <li>all arrays are read and written at the same index, so that arrays which may be the same do not stop it;
 * <li>2^m is made in a loop of its own, from floats seen as ints in memory, because moves between float and int
 * registers ({@link Float#intBitsToFloat}) are not vectorised;
 * <li>values are clamped by {@link Math#min} and {@link Math#max}, which keep NaN, and signs are given by
 * {@link Math#signum}; a choice by comparison is not vectorised, nor is {@link Math#copySign}.
 * </ul>
 *
 * <p>An instance is scratch memory: not safe for use by two threads at once. No function allocates.
 */
public final class PortableActivations {
    private final float[] e;
    private final float[] pow2;
    private final MemorySegment pow2Bits;

    /** Allocates memory for functions of up to {@code capacity} elements. */
    public PortableActivations(int capacity) {
        e = new float[capacity];
        pow2 = new float[capacity];
        pow2Bits = MemorySegment.ofArray(pow2);
    }

    /** v' = 1 / (1 + e^−v), for the first {@code count} elements. */
    public void sigmoid(int count, float[] v) {
        for (int i = 0; i < count; i++) {
            float u = Math.max(-Math.abs(v[i]), EXP_MIN);
            float t = Math.fma(u, LOG2_E, ROUND);
            e[i] = e(u, t);
            pow2[i] = t;
        }
        raise(count);
        for (int i = 0; i < count; i++) {
            float exp = Math.fma(e[i], pow2[i], pow2[i]);
            // The larger of the two is exp if v < 0, and else 1.
            v[i] = Math.max(exp, Math.signum(v[i])) / (exp + 1);
        }
    }

    /** v' = tanh v, for the first {@code count} elements. */
    public void tanh(int count, float[] v) {
        for (int i = 0; i < count; i++) {
            float u = Math.max(Math.abs(v[i]) * -2, EXP_MIN);
            float t = Math.fma(u, LOG2_E, ROUND);
            e[i] = e(u, t);
            pow2[i] = t;
        }
        raise(count);
        for (int i = 0; i < count; i++) {
            float expm1 = Math.fma(e[i], pow2[i], pow2[i] - 1);
            v[i] = Math.abs(expm1 / (expm1 + 2)) * Math.signum(v[i]);
        }
    }

    /** v' = e^(v − shift), for the first {@code count} elements. */
    public void exp(int count, float[] v, float shift) {
        for (int i = 0; i < count; i++) {
            float u = Math.max(Math.min(v[i] - shift, EXP_MAX), EXP_MIN);
            float t = Math.fma(u, LOG2_E, ROUND);
            e[i] = e(u, t);
            pow2[i] = t;
        }
        raise(count);
        for (int i = 0; i < count; i++) {
            v[i] = (e[i] + 1) * pow2[i];
        }
    }

    /** v' = max(0, v), for the first {@code count} elements. */
    public static void relu(int count, float[] v) {
        for (int i = 0; i < count; i++) {
            v[i] = Math.max(v[i], 0);
        }
    }

    /** v' = α v + β, rounded once, for the first {@code count} elements. */
    public static void affine(int count, float[] v, float alpha, float beta) {
        for (int i = 0; i < count; i++) {
            v[i] = Math.fma(v[i], alpha, beta);
        }
    }

    /** v' = min(1, max(0, α v + β)), for the first {@code count} elements. */
    public static void hardSigmoid(int count, float[] v, float alpha, float beta) {
        for (int i = 0; i < count; i++) {
            v[i] = Math.min(Math.max(Math.fma(v[i], alpha, beta), 0), 1);
        }
    }

    /** v' = v, but at least −bound and at most bound, for the first {@code count} elements; NaN stays NaN. */
    public static void clip(int count, float[] v, float bound) {
        for (int i = 0; i < count; i++) {
            v[i] = Math.max(Math.min(v[i], bound), -bound);
        }
    }

    /** e = f + f² Q(f), of u and t. */
    private static float e(float u, float t) {
        float f = Math.fma(t - ROUND, -LN2, u);
        float f2 = f * f;
        float q = Math.fma(Math.fma(Q4, f2, Math.fma(Q3, f, Q2)), f2, Math.fma(Q1, f, Q0));
        return Math.fma(q, f2, f);
    }

    /** Replaces each t by its 2^m. */
    private void raise(int count) {
        for (int i = 0; i < count; i++) {
            int bits = pow2Bits.getAtIndex(ValueLayout.JAVA_INT, i);
            pow2Bits.setAtIndex(ValueLayout.JAVA_INT, i, (bits + EXPONENT_BIAS) << EXPONENT_SHIFT);
        }
    }
}
