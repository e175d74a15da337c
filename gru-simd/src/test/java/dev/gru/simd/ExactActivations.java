package dev.gru.simd;

/** {@link Exponential}'s functions one float at a time: what the vector loops must give, bit for bit. */
final class ExactActivations {
    /** How far the functions are from the truth, absolute, as {@link Exponential} documents. */
    static final double SIGMOID_ERROR = 9e-8;
    static final double TANH_ERROR = 1.5e-7;

    private ExactActivations() {
    }

    static float sigmoid(float v) {
        float u = clampBelow(clampAbove(-v));
        float t = rounded(u);
        return 1 / Math.fma(e(u, t) + 1, pow2(t), 1);
    }

    static float tanh(float v) {
        float u = clampBelow(Math.abs(v) * -2);
        float t = rounded(u);
        float expm1 = Math.fma(e(u, t), pow2(t), pow2(t) - 1);
        return Math.copySign(expm1 / (expm1 + 2), v);
    }

    static float exp(float v) {
        float u = clampBelow(clampAbove(v));
        float t = rounded(u);
        return (e(u, t) + 1) * pow2(t);
    }

    private static float clampBelow(float v) {
        return v < Exponential.EXP_MIN ? Exponential.EXP_MIN : v;
    }

    private static float clampAbove(float v) {
        return v > Exponential.EXP_MAX ? Exponential.EXP_MAX : v;
    }

    private static float rounded(float u) {
        return Math.fma(u, Exponential.LOG2_E, Exponential.ROUND);
    }

    private static float pow2(float t) {
        return Float.intBitsToFloat(
                (Float.floatToRawIntBits(t) + Exponential.EXPONENT_BIAS) << Exponential.EXPONENT_SHIFT);
    }

    private static float e(float u, float t) {
        float m = t - Exponential.ROUND;
        float f = Math.fma(m, -Exponential.LN2_LOW, Math.fma(m, -Exponential.LN2_HIGH, u));
        float q = Math.fma(Exponential.Q4, f, Exponential.Q3);
        q = Math.fma(q, f, Exponential.Q2);
        q = Math.fma(q, f, Exponential.Q1);
        q = Math.fma(q, f, Exponential.Q0);
        return Math.fma(q, f * f, f);
    }
}
