package dev.gru.kernel.math;

/**
 * How e^v, and with it the logistic function and tanh, are computed: in operations that Java specifies exactly, so with
 * the same bits on every machine, at every vector length, interpreted and compiled.
 *
 * <pre>
 * u    = v, but at least −88 and at most 89           NaN stays NaN
 * t    = fma(u, log2 e, 1.5 · 2^23)                   rounds u / ln 2 to the integer m, in the low bits of t
 * m    = t − 1.5 · 2^23
 * f    = fma(m, −ln 2, u)                             |f| ≤ ln 2 / 2
 * e    = f + f² · Q(f) ≈ e^f − 1                      Q(f) = (q4 f² + (q3 f + q2)) f² + (q1 f + q0), all fma
 * pow2 = 2^m                                          0 for m = −127, ∞ for m = 128
 *
 * e^v        = (1 + e) · pow2
 * sigmoid(v) = (v &lt; 0 ? E : 1) / (1 + E)              of u = −|v|, E = e · pow2 + pow2 = e^u
 * tanh(v)    = E / (2 + E) with the sign of v         of u = −2|v|, E = e · pow2 + (pow2 − 1) = e^u − 1
 * </pre>
 *
 * <p>Q has degree 4. Its coefficients minimise the largest error of e^f relative to e^f on |f| ≤ ln 2 / 2, which is
 * 3.1e-9, a twentieth of a rounding error; it is evaluated in pairs because that chain is shorter than Horner's. One
 * part of ln 2 is enough: what it lacks moves e^v by 2.8e-9 · |v| of itself. The second E has no cancellation near 0,
 * so tanh of a small number keeps its relative precision.
 *
 * <p>Ends: sigmoid(−∞) = 0, sigmoid(∞) = 1, tanh(±∞) = ±1, tanh(±0) = ±0, e^−∞ = 0, e^∞ = ∞. e^v is 0 where it is below
 * 2^-126.5 and ∞ from 2^127.5 on, so the logistic function is 0 below 2^-127.5.
 *
 * <p>Measured against double over a dense sweep of all floats: the logistic function is off by at most
 * {@value #SIGMOID_ERROR}; tanh by at most {@value #TANH_ERROR}, and by at most 3 units of relative rounding error
 * (2^-24); e^v by at most 2 of them and 2.8e-9 · |v|, relative to e^v where that is at least 2^-126.
 */
public final class Exponential {
    /** How far the logistic function is from the truth, at most. */
    public static final double SIGMOID_ERROR = 9e-8;
    /** How far tanh is from the truth, at most. */
    public static final double TANH_ERROR = 1.5e-7;

    /** log2 e. */
    public static final float LOG2_E = 0x1.715476p0f;

    /** ln 2. */
    public static final float LN2 = 0x1.62e43p-1f;

    /** The coefficient of Q of degree 0. */
    public static final float Q0 = 0x1.fffffcp-2f;
    /** The coefficient of Q of degree 1. */
    public static final float Q1 = 0x1.555492p-3f;
    /** The coefficient of Q of degree 2. */
    public static final float Q2 = 0x1.5558f2p-5f;
    /** The coefficient of Q of degree 3. */
    public static final float Q3 = 0x1.123a2p-7f;
    /** The coefficient of Q of degree 4. */
    public static final float Q4 = 0x1.6a23dp-10f;

    /** 1.5 · 2^23: a sum with it is rounded to an integer, which stands in the low bits. */
    public static final float ROUND = 0x1.8p23f;
    /** The least u. */
    public static final float EXP_MIN = -88f;
    /** The largest u. */
    public static final float EXP_MAX = 89f;

    /** What is added to the bits of t: then m, with the bias of a float's exponent, stands in the low bits. */
    public static final int EXPONENT_BIAS = 127;
    /** How far these bits are then shifted to the left: m is the exponent, and pow2 is made. */
    public static final int EXPONENT_SHIFT = 23;

    private Exponential() {
    }
}
