package dev.gru.simd.loops;

import static dev.gru.kernel.math.Exponential.*;
import static jdk.incubator.vector.VectorOperators.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The element-wise loops of training, over arrays on the heap: the gates forward and backward, and functions. Generated
 * from {@code TrainingGateLoops.java.in}.
 *
 * <p>{@code g} holds from element {@code g0} on the gates of a row, {@code units} elements of each: n, r, z and q;
 * other rows begin at the elements that the parameters of their names say.
 */
public final class TrainingGateLoops {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private TrainingGateLoops() {
    }

    /** r = σ(g_r + s_r) and z = σ(g_z + s_z), in place in {@code g}; {@code s} holds sums for r, z and q. */
    public static void resetAndUpdate(int units, float[] g, int g0, float[] s, int s0) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int j = 0; j < units; j += L) {
            FloatVector rSum = FloatVector.fromArray(S, g, g0 + units + j).add(FloatVector.fromArray(S, s, s0 + j));
            FloatVector zSum = FloatVector.fromArray(S, g, g0 + 2 * units + j)
                    .add(FloatVector.fromArray(S, s, s0 + units + j));
            FloatVector rV = rSum;
            FloatVector rU = rV.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            rU = rU.blend(EXP_MIN, rU.compare(LT, EXP_MIN));
            FloatVector rT = rU.fma(log2e, round);
            FloatVector rF = rT.sub(round).fma(ln2, rU);
            FloatVector rF2 = rF.mul(rF);
            FloatVector rE = q4.fma(rF2, q3.fma(rF, q2)).fma(rF2, q1.fma(rF, q0)).fma(rF2, rF);
            FloatVector rPow2 = rT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector rX = rE.fma(rPow2, rPow2);
            FloatVector r = one.blend(rX, rV.compare(LT, 0f)).div(rX.add(one));
            FloatVector zV = zSum;
            FloatVector zU = zV.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            zU = zU.blend(EXP_MIN, zU.compare(LT, EXP_MIN));
            FloatVector zT = zU.fma(log2e, round);
            FloatVector zF = zT.sub(round).fma(ln2, zU);
            FloatVector zF2 = zF.mul(zF);
            FloatVector zE = q4.fma(zF2, q3.fma(zF, q2)).fma(zF2, q1.fma(zF, q0)).fma(zF2, zF);
            FloatVector zPow2 = zT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector zX = zE.fma(zPow2, zPow2);
            FloatVector z = one.blend(zX, zV.compare(LT, 0f)).div(zX.add(one));
            r.intoArray(g, g0 + units + j);
            z.intoArray(g, g0 + 2 * units + j);
        }
    }

    /** q = s_q, n = tanh(g_n + r ⊙ q), h' = (1 − z) ⊙ n + z ⊙ h. */
    public static void newState(int units, float[] g, int g0, float[] s, int s0, float[] h, int h0, float[] hNext,
            int hNext0) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int j = 0; j < units; j += L) {
            FloatVector r = FloatVector.fromArray(S, g, g0 + units + j);
            FloatVector z = FloatVector.fromArray(S, g, g0 + 2 * units + j);
            FloatVector q = FloatVector.fromArray(S, s, s0 + 2 * units + j);
            FloatVector nSum = r.fma(q, FloatVector.fromArray(S, g, g0 + j));
            FloatVector nS = nSum.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            FloatVector nU = nS.add(nS);
            nU = nU.blend(EXP_MIN, nU.compare(LT, EXP_MIN));
            FloatVector nT = nU.fma(log2e, round);
            FloatVector nF = nT.sub(round).fma(ln2, nU);
            FloatVector nF2 = nF.mul(nF);
            FloatVector nE = q4.fma(nF2, q3.fma(nF, q2)).fma(nF2, q1.fma(nF, q0)).fma(nF2, nF);
            FloatVector nPow2 = nT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector nX = nE.fma(nPow2, nPow2.sub(one));
            FloatVector n = nX.div(nX.add(2f)).reinterpretAsInts().and(Integer.MAX_VALUE)
                    .or(nSum.reinterpretAsInts().and(Integer.MIN_VALUE)).reinterpretAsFloats();
            n.intoArray(g, g0 + j);
            q.intoArray(g, g0 + 3 * units + j);
            one.sub(z).fma(n, z.mul(FloatVector.fromArray(S, h, h0 + j))).intoArray(hNext, hNext0 + j);
        }
    }

    /**
     * From the gates to the derivatives of their sums, in place in {@code g}; {@code dh} is the derivative of h' but
     * for {@code dy}, and in the end the part of it that reaches h past the gates.
     */
    public static void backward(int units, float[] g, int g0, float[] h, int h0, float[] dy, int dy0, float[] dh,
            int dh0) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int j = 0; j < units; j += L) {
            FloatVector d = FloatVector.fromArray(S, dh, dh0 + j).add(FloatVector.fromArray(S, dy, dy0 + j));
            FloatVector n = FloatVector.fromArray(S, g, g0 + j);
            FloatVector r = FloatVector.fromArray(S, g, g0 + units + j);
            FloatVector z = FloatVector.fromArray(S, g, g0 + 2 * units + j);
            FloatVector q = FloatVector.fromArray(S, g, g0 + 3 * units + j);
            FloatVector u = one.sub(z);
            FloatVector dn = d.mul(u).mul(n.neg().fma(n, one));
            FloatVector dz = d.mul(FloatVector.fromArray(S, h, h0 + j).sub(n)).mul(z.mul(u));
            FloatVector dr = dn.mul(q).mul(r.mul(one.sub(r)));
            dn.intoArray(g, g0 + j);
            dr.intoArray(g, g0 + units + j);
            dz.intoArray(g, g0 + 2 * units + j);
            dn.mul(r).intoArray(g, g0 + 3 * units + j);
            d.mul(z).intoArray(dh, dh0 + j);
        }
    }

    /** v' = 1 / (1 + e^−v). For the {@code count} elements from {@code v0} on, in place. */
    public static void sigmoid(int count, float[] v, int v0) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int j = v0; j < v0 + count; j += L) {
            FloatVector a = FloatVector.fromArray(S, v, j);
            FloatVector yV = a;
            FloatVector yU = yV.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            yU = yU.blend(EXP_MIN, yU.compare(LT, EXP_MIN));
            FloatVector yT = yU.fma(log2e, round);
            FloatVector yF = yT.sub(round).fma(ln2, yU);
            FloatVector yF2 = yF.mul(yF);
            FloatVector yE = q4.fma(yF2, q3.fma(yF, q2)).fma(yF2, q1.fma(yF, q0)).fma(yF2, yF);
            FloatVector yPow2 = yT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector yX = yE.fma(yPow2, yPow2);
            FloatVector y = one.blend(yX, yV.compare(LT, 0f)).div(yX.add(one));
            y.intoArray(v, j);
        }
    }

    /** v' = tanh v. For the {@code count} elements from {@code v0} on, in place. */
    public static void tanh(int count, float[] v, int v0) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int j = v0; j < v0 + count; j += L) {
            FloatVector a = FloatVector.fromArray(S, v, j);
            FloatVector yS = a.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            FloatVector yU = yS.add(yS);
            yU = yU.blend(EXP_MIN, yU.compare(LT, EXP_MIN));
            FloatVector yT = yU.fma(log2e, round);
            FloatVector yF = yT.sub(round).fma(ln2, yU);
            FloatVector yF2 = yF.mul(yF);
            FloatVector yE = q4.fma(yF2, q3.fma(yF, q2)).fma(yF2, q1.fma(yF, q0)).fma(yF2, yF);
            FloatVector yPow2 = yT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector yX = yE.fma(yPow2, yPow2.sub(one));
            FloatVector y = yX.div(yX.add(2f)).reinterpretAsInts().and(Integer.MAX_VALUE)
                    .or(a.reinterpretAsInts().and(Integer.MIN_VALUE)).reinterpretAsFloats();
            y.intoArray(v, j);
        }
    }

    /** v' = e^(v − shift). For the {@code count} elements from {@code v0} on, in place. */
    public static void exp(int count, float[] v, int v0, float shift) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int j = v0; j < v0 + count; j += L) {
            FloatVector a = FloatVector.fromArray(S, v, j);
            FloatVector yU = a.sub(shift);
            yU = yU.blend(EXP_MIN, yU.compare(LT, EXP_MIN));
            yU = yU.blend(EXP_MAX, yU.compare(GT, EXP_MAX));
            FloatVector yT = yU.fma(log2e, round);
            FloatVector yF = yT.sub(round).fma(ln2, yU);
            FloatVector yF2 = yF.mul(yF);
            FloatVector yE = q4.fma(yF2, q3.fma(yF, q2)).fma(yF2, q1.fma(yF, q0)).fma(yF2, yF);
            FloatVector yPow2 = yT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            yE.add(one).mul(yPow2).intoArray(v, j);
        }
    }
}
