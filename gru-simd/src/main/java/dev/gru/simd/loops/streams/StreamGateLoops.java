package dev.gru.simd.loops.streams;

import static dev.gru.kernel.math.Exponential.*;
import static jdk.incubator.vector.VectorOperators.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import dev.gru.simd.loops.Lanes;

/**
 * The gates of a step, after its products, over columns of streams: as these have all units alike, a gate of all units
 * is one long row of numbers. Generated from {@code StreamGateLoops.java.in}.
 *
 * <p>{@code count} is the numbers of a gate, a multiple of the lanes. {@code sums} holds the sums of r, which its gate
 * replaces, those of z, likewise, and those of n: from the inputs, and then from the state where that has one.
 */
public final class StreamGateLoops {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private StreamGateLoops() {
    }

    /** r = σ(r) and z = σ(z), in place. */
    public static void resetAndUpdate(int count, float[] sums) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < 2 * count; i += L) {
            FloatVector sum = FloatVector.fromArray(S, sums, i);
            FloatVector yV = sum;
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
            y.intoArray(sums, i);
        }
    }

    /** n = tanh(n_x + r ⊙ n_h), h' = (1 − z) ⊙ n + z ⊙ h. */
    public static void resetAfter(int count, float[] sums, float[] h, float[] hNext) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < count; i += L) {
            FloatVector nSum = FloatVector.fromArray(S, sums, i).fma(FloatVector.fromArray(S, sums, i + 3 * count),
                    FloatVector.fromArray(S, sums, i + 2 * count));
            FloatVector z = FloatVector.fromArray(S, sums, i + count);
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
            one.sub(z).fma(n, z.mul(FloatVector.fromArray(S, h, i))).intoArray(hNext, i);
        }
    }

    /** r ⊙ state, into {@code gated}, of the state that is in {@code h} from {@code h0} on. */
    public static void gate(int count, float[] sums, float[] h, int h0, float[] gated) {
        for (int i = 0; i < count; i += L) {
            FloatVector.fromArray(S, sums, i).mul(FloatVector.fromArray(S, h, h0 + i)).intoArray(gated, i);
        }
    }

    /** n = tanh(n_x + n_h), h' = (1 − z) ⊙ n + z ⊙ h. */
    public static void resetBefore(int count, float[] sums, float[] gn, float[] h, float[] hNext) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < count; i += L) {
            FloatVector nSum = FloatVector.fromArray(S, sums, i + 2 * count).add(FloatVector.fromArray(S, gn, i));
            FloatVector z = FloatVector.fromArray(S, sums, i + count);
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
            one.sub(z).fma(n, z.mul(FloatVector.fromArray(S, h, i))).intoArray(hNext, i);
        }
    }

    /** n = tanh(n_x + n_h), c' = (1 − z) ⊙ n + z ⊙ c, h' = n ⊙ σ(r) + (1 − r) ⊙ h; c stands behind h. */
    public static void dualState(int count, float[] sums, float[] gn, float[] h, float[] hNext) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < count; i += L) {
            FloatVector nSum = FloatVector.fromArray(S, sums, i + 2 * count).add(FloatVector.fromArray(S, gn, i));
            FloatVector z = FloatVector.fromArray(S, sums, i + count);
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
            one.sub(z).fma(n, z.mul(FloatVector.fromArray(S, h, i + count))).intoArray(hNext, i + count);
            FloatVector r = FloatVector.fromArray(S, sums, i);
            FloatVector oV = r;
            FloatVector oU = oV.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            oU = oU.blend(EXP_MIN, oU.compare(LT, EXP_MIN));
            FloatVector oT = oU.fma(log2e, round);
            FloatVector oF = oT.sub(round).fma(ln2, oU);
            FloatVector oF2 = oF.mul(oF);
            FloatVector oE = q4.fma(oF2, q3.fma(oF, q2)).fma(oF2, q1.fma(oF, q0)).fma(oF2, oF);
            FloatVector oPow2 = oT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector oX = oE.fma(oPow2, oPow2);
            FloatVector o = one.blend(oX, oV.compare(LT, 0f)).div(oX.add(one));
            n.fma(o, one.sub(r).mul(FloatVector.fromArray(S, h, i))).intoArray(hNext, i);
        }
    }
}
