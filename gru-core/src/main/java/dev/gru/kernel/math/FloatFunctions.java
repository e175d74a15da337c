package dev.gru.kernel.math;

import static dev.gru.kernel.math.Approximations.G0;
import static dev.gru.kernel.math.Approximations.G1;
import static dev.gru.kernel.math.Approximations.G2;
import static dev.gru.kernel.math.Approximations.G3;
import static dev.gru.kernel.math.Approximations.G4;
import static dev.gru.kernel.math.Approximations.G5;
import static dev.gru.kernel.math.Approximations.G6;
import static dev.gru.kernel.math.Approximations.G7;
import static dev.gru.kernel.math.Approximations.G8;
import static dev.gru.kernel.math.Approximations.L0;
import static dev.gru.kernel.math.Approximations.L1;
import static dev.gru.kernel.math.Approximations.L2;
import static dev.gru.kernel.math.Approximations.L3;
import static dev.gru.kernel.math.Approximations.L4;
import static dev.gru.kernel.math.Approximations.L5;
import static dev.gru.kernel.math.Approximations.L6;
import static dev.gru.kernel.math.Approximations.L7;
import static dev.gru.kernel.math.Approximations.L8;
import static dev.gru.kernel.math.Approximations.MISH_MAX;
import static dev.gru.kernel.math.Approximations.ROUND_BITS;
import static dev.gru.kernel.math.Approximations.SUBNORMAL_EXP_MIN;
import static dev.gru.kernel.math.Approximations.T0;
import static dev.gru.kernel.math.Approximations.T1;
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

import dev.gru.weights.Activation;

/**
 * The functions of {@link Activation} in floats, one number at a time, by {@link Exponential} and
 * {@link Approximations}: the bits that every float kernel has. What kernels have no loop for, they compute here.
 * Functions that are cheap in double, and rare, are those of the reference, rounded once.
 *
 * <p>Stateless and safe for use by any number of threads.
 */
public final class FloatFunctions {
    private FloatFunctions() {
    }

    /** Returns the image of one number, under any function but those of rows, which are an {@link AssertionError}. */
    public static float apply(Activation activation, float v) {
        float alpha = activation.alpha();
        float beta = activation.beta();
        return switch (activation.function()) {
            // Not α v + β, which would turn −0 into 0.
            case LINEAR -> activation.isIdentity() ? v : Math.fma(v, alpha, beta);
            case RELU -> Math.max(v, 0);
            case SIGMOID -> sigmoid(v);
            case TANH -> tanh(v);
            case HARD_SIGMOID -> hardSigmoid(v, alpha, beta);
            case LEAKY_RELU -> leakyRelu(v, alpha, beta, activation.gamma());
            case CLIP -> Math.min(Math.max(v, alpha), beta);
            case ELU -> elu(v, 1, alpha, 1);
            case SELU -> elu(v, beta, beta * alpha, 1);
            case CELU -> elu(v, 1, alpha, alpha);
            case GELU -> gelu(v);
            case GELU_TANH -> geluTanh(v);
            case SOFTPLUS -> Math.max(v, 0) + logOnePlusExp(v);
            case SOFTSIGN -> v / (Math.abs(v) + 1);
            case SILU -> v * sigmoid(v);
            case HARD_SILU -> v * hardSigmoid(v, alpha, beta);
            case EXPONENTIAL -> exp(v);
            case LOG_SIGMOID -> Math.min(v, 0) - logOnePlusExp(v);
            case MISH -> mish(v);
            case SCALED_TANH -> alpha * tanh(beta * v);
            case HARD_SHRINK, SOFT_SHRINK, TANH_SHRINK, THRESHOLD, SQUAREPLUS, SPARSE_PLUS ->
                (float) ScalarFunctions.apply(activation, v);
            case SOFTMAX, LOG_SOFTMAX, SPARSEMAX -> throw new AssertionError(activation + " of one number");
        };
    }

    /**
     * Returns the derivative at v, under any function of one number; where it has a corner, that from the left.
     *
     * @param activation the function
     * @param v where
     * @param atV the image of v
     */
    public static float slope(Activation activation, float v, float atV) {
        return switch (activation.function()) {
            case LINEAR -> activation.alpha();
            case RELU -> v > 0 ? 1 : 0;
            case SIGMOID -> atV * (1 - atV);
            case TANH -> 1 - atV * atV;
            case HARD_SIGMOID -> atV > 0 && atV < 1 ? activation.alpha() : 0;
            case ELU -> v > 0 ? 1 : atV + activation.alpha();
            case EXPONENTIAL -> atV;
            case SOFTPLUS -> sigmoid(v);
            case LOG_SIGMOID -> sigmoid(-v);
            case SILU -> sigmoid(v) * Math.fma(v, sigmoid(-v), 1);
            default -> (float) ScalarFunctions.slope(activation, v);
        };
    }

    /** e = f + f² Q(f) ≈ e^f − 1, of u and t. */
    private static float e(float u, float t) {
        float f = Math.fma(t - ROUND, -LN2, u);
        float f2 = f * f;
        float q = Math.fma(Math.fma(Q4, f2, Math.fma(Q3, f, Q2)), f2, Math.fma(Q1, f, Q0));
        return Math.fma(q, f2, f);
    }

    private static float pow2(float t) {
        return Float.intBitsToFloat((Float.floatToRawIntBits(t) + EXPONENT_BIAS) << EXPONENT_SHIFT);
    }

    /** e^v for v ≤ 20. */
    static float expOfNegative(float v) {
        float u = v < EXP_MIN ? EXP_MIN : v;
        float t = Math.fma(u, LOG2_E, ROUND);
        float pow2 = pow2(t);
        return Math.fma(e(u, t), pow2, pow2);
    }

    /** e^v − 1 for v ≤ 0. */
    private static float expm1OfNegative(float v) {
        float u = v < EXP_MIN ? EXP_MIN : v;
        float t = Math.fma(u, LOG2_E, ROUND);
        float pow2 = pow2(t);
        return Math.fma(e(u, t), pow2, pow2 - 1);
    }

    private static float exp(float v) {
        float low = v < SUBNORMAL_EXP_MIN ? SUBNORMAL_EXP_MIN : v;
        float u = low > EXP_MAX ? EXP_MAX : low;
        float t = Math.fma(u, LOG2_E, ROUND);
        int m = Float.floatToRawIntBits(t) - ROUND_BITS;
        int half = m >> 1;
        return (e(u, t) + 1) * Float.intBitsToFloat((half + EXPONENT_BIAS) << EXPONENT_SHIFT)
                * Float.intBitsToFloat((m - half + EXPONENT_BIAS) << EXPONENT_SHIFT);
    }

    private static float sigmoid(float v) {
        float exp = expOfNegative(-Math.abs(v));
        return (v < 0 ? exp : 1) / (exp + 1);
    }

    private static float tanh(float v) {
        float expm1 = expm1OfNegative(Math.abs(v) * -2);
        return Math.copySign(expm1 / (expm1 + 2), v);
    }

    private static float hardSigmoid(float v, float alpha, float beta) {
        return Math.min(Math.max(Math.fma(v, alpha, beta), 0), 1);
    }

    private static float leakyRelu(float v, float slope, float maximum, float threshold) {
        // Without a line there is 0 at −∞ too.
        float least = slope == 0 ? 0 : Float.NEGATIVE_INFINITY;
        return v > threshold ? Math.min(v, maximum) : Math.max(v - threshold, least) * slope;
    }

    private static float elu(float v, float scale, float ofExponential, float divisor) {
        return v > 0 ? v * scale : expm1OfNegative(v / divisor) * ofExponential;
    }

    private static float gelu(float v) {
        float a = Math.abs(v);
        float t = 1 / Math.fma(a, 0.25f, 1);
        float s = Math.fma(t, 2, -1);
        float g = Math.fma(Math.fma(Math.fma(Math.fma(G8, s, G7), s, G6), s, G5), s, G4);
        g = Math.fma(Math.fma(Math.fma(Math.fma(g, s, G3), s, G2), s, G1), s, G0);
        float tail = expOfNegative(a * -0.5f * a) * (g * t);
        return v * (v < 0 ? tail : 1 - tail);
    }

    private static float geluTanh(float v) {
        float a = Math.abs(v);
        float exp = expOfNegative(-a * Math.fma(a * a, T1, T0));
        return v * ((v < 0 ? exp : 1) / (exp + 1));
    }

    /** log(1 + e^−|v|). */
    private static float logOnePlusExp(float v) {
        float w = expOfNegative(-Math.abs(v));
        float l = Math.fma(Math.fma(Math.fma(Math.fma(L8, w, L7), w, L6), w, L5), w, L4);
        l = Math.fma(Math.fma(Math.fma(Math.fma(l, w, L3), w, L2), w, L1), w, L0);
        return Math.fma(w * w, l, w);
    }

    private static float mish(float v) {
        float exp = expOfNegative(v > MISH_MAX ? MISH_MAX : v);
        float n = exp * (exp + 2);
        return v * (n / (n + 2));
    }
}
