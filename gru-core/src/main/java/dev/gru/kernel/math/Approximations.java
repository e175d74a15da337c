package dev.gru.kernel.math;

/**
 * How the functions beyond those of {@link Exponential} are computed in floats: log(1 + w) and the normal distribution,
 * in the same operations as there.
 *
 * <pre>
 * log(1 + w) = w + w² · L(w)                           0 ≤ w ≤ 1
 * Φ(−a)      = e^(−a² / 2) · t · G(s)                  a ≥ 0, t = 1 / (a / 4 + 1), s = 2 t − 1
 *
 * softplus(v)    = max(v, 0) + log(1 + E)              of E = e^−|v|
 * logSigmoid(v)  = min(v, 0) − log(1 + E)
 * gelu(v)        = v · (v &lt; 0 ? Φ(−|v|) : 1 − Φ(−|v|))
 * geluTanh(v)    = v · (v &lt; 0 ? E : 1) / (1 + E)       of E = e^−(a · (a² · T1 + T0)), a = |v|
 * mish(v)        = v · n / (n + 2)                     of n = E · (E + 2), E = e^min(v, 20)
 * elu(v)         = v &gt; 0 ? v : α · (e^v − 1)           e^v − 1 as in tanh
 * e^v            = (1 + e) · 2^h · 2^(m − h)           h = m / 2: all floats, subnormal ones too
 * </pre>
 *
 * <p>L and G have degree 8 and are evaluated by Horner's rule. Their coefficients minimise the largest relative error:
 * 5.3e-9 of log(1 + w), and 5.6e-8 of Φ(−a) up to 13.3, from where on it is 0. The script {@code coefficients.py} among
 * the tests made them.
 *
 * <p>Measured against double over a dense sweep of all floats: see the errors below, which are relative to the largest
 * of 1, |v| and |f(v)|.
 */
public final class Approximations {
    /** How far softplus and logSigmoid are from the truth, at most. */
    public static final double SOFTPLUS_ERROR = 1.2e-7;
    /** How far gelu and geluTanh are from the truth, at most. */
    public static final double GELU_ERROR = 1.5e-7;
    /** How far silu and mish are from the truth, at most. */
    public static final double SILU_ERROR = 1.5e-7;
    /** How far e^v − 1 is from the truth for v ≤ 0, at most. */
    public static final double EXPM1_ERROR = 1e-7;
    /** How far e^v is from the truth at most, relative to it, beside 2.8e-9 · |v|. */
    public static final double EXP_ERROR = 1.2e-7;

    /** The coefficient of L of degree 0. */
    public static final float L0 = -0x1.ffffd2p-2f;
    /** The coefficient of L of degree 1. */
    public static final float L1 = 0x1.554ddp-2f;
    /** The coefficient of L of degree 2. */
    public static final float L2 = -0x1.ff23e8p-3f;
    /** The coefficient of L of degree 3. */
    public static final float L3 = 0x1.934b6ep-3f;
    /** The coefficient of L of degree 4. */
    public static final float L4 = -0x1.3a43ep-3f;
    /** The coefficient of L of degree 5. */
    public static final float L5 = 0x1.b4b094p-4f;
    /** The coefficient of L of degree 6. */
    public static final float L6 = -0x1.d6b75ep-5f;
    /** The coefficient of L of degree 7. */
    public static final float L7 = 0x1.49211cp-6f;
    /** The coefficient of L of degree 8. */
    public static final float L8 = -0x1.af5e2p-9f;

    /** The coefficient of G of degree 0. */
    public static final float G0 = 0x1.82b4bcp-3f;
    /** The coefficient of G of degree 1. */
    public static final float G1 = 0x1.373e4p-3f;
    /** The coefficient of G of degree 2. */
    public static final float G2 = 0x1.8c6d24p-4f;
    /** The coefficient of G of degree 3. */
    public static final float G3 = 0x1.7dfcb8p-5f;
    /** The coefficient of G of degree 4. */
    public static final float G4 = 0x1.ef0eacp-7f;
    /** The coefficient of G of degree 5. */
    public static final float G5 = 0x1.ef7fa4p-10f;
    /** The coefficient of G of degree 6. */
    public static final float G6 = -0x1.deeb2p-11f;
    /** The coefficient of G of degree 7. */
    public static final float G7 = -0x1.a01376p-12f;
    /** The coefficient of G of degree 8. */
    public static final float G8 = 0x1.b258d4p-14f;

    /** 2 √(2/π), twice the slope of the argument of tanh in GELU by tanh. */
    public static final float T0 = 1.5957692f;
    /** T0 · 0.044715, that of its cube. */
    public static final float T1 = 0.071354814f;

    /** From here on mish(v) is v. */
    public static final float MISH_MAX = 20;
    /** Below this, e^v is 0. */
    public static final float SUBNORMAL_EXP_MIN = -104;
    /** The bits of {@link Exponential#ROUND}, which those of t have beside m. */
    public static final int ROUND_BITS = 0x4B400000;

    private Approximations() {
    }
}
