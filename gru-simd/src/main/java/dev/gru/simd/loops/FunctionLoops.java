package dev.gru.simd.loops;

import static dev.gru.kernel.math.Approximations.*;
import static dev.gru.kernel.math.Exponential.*;
import static java.nio.ByteOrder.nativeOrder;
import static jdk.incubator.vector.VectorOperators.*;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Further activations, in place, by {@link dev.gru.kernel.math.Approximations}. Generated from
 * {@code FunctionLoops.java.in}.
 *
 * <p>Vectors are {@code step} bytes apart, the first at byte {@code v0}.
 */
public final class FunctionLoops {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;

    private FunctionLoops() {
    }

    /** v' = scale · v where v &gt; 0, else slope · (e^v − 1). */
    public static void elu(int vectors, MemorySegment v, long v0, long step, float scale, float slope) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector yU = a;
            yU = yU.blend(EXP_MIN, yU.compare(LT, EXP_MIN));
            FloatVector yT = yU.fma(log2e, round);
            FloatVector yF = yT.sub(round).fma(ln2, yU);
            FloatVector yF2 = yF.mul(yF);
            FloatVector yE = q4.fma(yF2, q3.fma(yF, q2)).fma(yF2, q1.fma(yF, q0)).fma(yF2, yF);
            FloatVector yPow2 = yT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector y = yE.fma(yPow2, yPow2.sub(one));
            y.mul(slope).blend(a.mul(scale), a.compare(GT, 0f)).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = v where v &gt; 0, else α (e^(v / α) − 1). */
    public static void celu(int vectors, MemorySegment v, long v0, long step, float alpha) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector yU = a.div(alpha);
            yU = yU.blend(EXP_MIN, yU.compare(LT, EXP_MIN));
            FloatVector yT = yU.fma(log2e, round);
            FloatVector yF = yT.sub(round).fma(ln2, yU);
            FloatVector yF2 = yF.mul(yF);
            FloatVector yE = q4.fma(yF2, q3.fma(yF, q2)).fma(yF2, q1.fma(yF, q0)).fma(yF2, yF);
            FloatVector yPow2 = yT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector y = yE.fma(yPow2, yPow2.sub(one));
            y.mul(alpha).blend(a, a.compare(GT, 0f)).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = v Φ(v). */
    public static void gelu(int vectors, MemorySegment v, long v0, long step) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector n = a.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            FloatVector t = one.div(n.fma(FloatVector.broadcast(S, -0.25f), one));
            FloatVector s = t.fma(FloatVector.broadcast(S, 2f), FloatVector.broadcast(S, -1f));
            FloatVector g = FloatVector.broadcast(S, G8).fma(s, FloatVector.broadcast(S, G7));
            g = g.fma(s, FloatVector.broadcast(S, G6)).fma(s, FloatVector.broadcast(S, G5));
            g = g.fma(s, FloatVector.broadcast(S, G4)).fma(s, FloatVector.broadcast(S, G3));
            g = g.fma(s, FloatVector.broadcast(S, G2)).fma(s, FloatVector.broadcast(S, G1));
            g = g.fma(s, FloatVector.broadcast(S, G0));
            FloatVector xU = n.mul(-0.5f).mul(n);
            xU = xU.blend(EXP_MIN, xU.compare(LT, EXP_MIN));
            FloatVector xT = xU.fma(log2e, round);
            FloatVector xF = xT.sub(round).fma(ln2, xU);
            FloatVector xF2 = xF.mul(xF);
            FloatVector xE = q4.fma(xF2, q3.fma(xF, q2)).fma(xF2, q1.fma(xF, q0)).fma(xF2, xF);
            FloatVector xPow2 = xT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector x = xE.fma(xPow2, xPow2);
            FloatVector tail = x.mul(g.mul(t));
            a.mul(one.sub(tail).blend(tail, a.compare(LT, 0f))).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = v (1 + tanh(√(2/π) (v + 0.044715 v³))) / 2. */
    public static void geluTanh(int vectors, MemorySegment v, long v0, long step) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector n = a.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            FloatVector line = a.mul(a).fma(FloatVector.broadcast(S, T1), FloatVector.broadcast(S, T0));
            FloatVector xU = n.mul(line);
            xU = xU.blend(EXP_MIN, xU.compare(LT, EXP_MIN));
            FloatVector xT = xU.fma(log2e, round);
            FloatVector xF = xT.sub(round).fma(ln2, xU);
            FloatVector xF2 = xF.mul(xF);
            FloatVector xE = q4.fma(xF2, q3.fma(xF, q2)).fma(xF2, q1.fma(xF, q0)).fma(xF2, xF);
            FloatVector xPow2 = xT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector x = xE.fma(xPow2, xPow2);
            a.mul(one.blend(x, a.compare(LT, 0f)).div(x.add(one))).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = log(1 + e^v). */
    public static void softplus(int vectors, MemorySegment v, long v0, long step) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector yN = a.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            FloatVector yWU = yN;
            yWU = yWU.blend(EXP_MIN, yWU.compare(LT, EXP_MIN));
            FloatVector yWT = yWU.fma(log2e, round);
            FloatVector yWF = yWT.sub(round).fma(ln2, yWU);
            FloatVector yWF2 = yWF.mul(yWF);
            FloatVector yWE = q4.fma(yWF2, q3.fma(yWF, q2)).fma(yWF2, q1.fma(yWF, q0)).fma(yWF2, yWF);
            FloatVector yWPow2 = yWT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector yW = yWE.fma(yWPow2, yWPow2);
            FloatVector yL = FloatVector.broadcast(S, L8).fma(yW, FloatVector.broadcast(S, L7));
            yL = yL.fma(yW, FloatVector.broadcast(S, L6)).fma(yW, FloatVector.broadcast(S, L5));
            yL = yL.fma(yW, FloatVector.broadcast(S, L4)).fma(yW, FloatVector.broadcast(S, L3));
            yL = yL.fma(yW, FloatVector.broadcast(S, L2)).fma(yW, FloatVector.broadcast(S, L1));
            yL = yL.fma(yW, FloatVector.broadcast(S, L0));
            FloatVector y = yW.mul(yW).fma(yL, yW);
            a.max(0f).add(y).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = −log(1 + e^−v). */
    public static void logSigmoid(int vectors, MemorySegment v, long v0, long step) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector yN = a.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            FloatVector yWU = yN;
            yWU = yWU.blend(EXP_MIN, yWU.compare(LT, EXP_MIN));
            FloatVector yWT = yWU.fma(log2e, round);
            FloatVector yWF = yWT.sub(round).fma(ln2, yWU);
            FloatVector yWF2 = yWF.mul(yWF);
            FloatVector yWE = q4.fma(yWF2, q3.fma(yWF, q2)).fma(yWF2, q1.fma(yWF, q0)).fma(yWF2, yWF);
            FloatVector yWPow2 = yWT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector yW = yWE.fma(yWPow2, yWPow2);
            FloatVector yL = FloatVector.broadcast(S, L8).fma(yW, FloatVector.broadcast(S, L7));
            yL = yL.fma(yW, FloatVector.broadcast(S, L6)).fma(yW, FloatVector.broadcast(S, L5));
            yL = yL.fma(yW, FloatVector.broadcast(S, L4)).fma(yW, FloatVector.broadcast(S, L3));
            yL = yL.fma(yW, FloatVector.broadcast(S, L2)).fma(yW, FloatVector.broadcast(S, L1));
            yL = yL.fma(yW, FloatVector.broadcast(S, L0));
            FloatVector y = yW.mul(yW).fma(yL, yW);
            a.min(0f).sub(y).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = v / (1 + e^−v). */
    public static void silu(int vectors, MemorySegment v, long v0, long step) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
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
            a.mul(y).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = v tanh(log(1 + e^v)). */
    public static void mish(int vectors, MemorySegment v, long v0, long step) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector cut = a.blend(MISH_MAX, a.compare(GT, MISH_MAX));
            FloatVector xU = cut;
            xU = xU.blend(EXP_MIN, xU.compare(LT, EXP_MIN));
            FloatVector xT = xU.fma(log2e, round);
            FloatVector xF = xT.sub(round).fma(ln2, xU);
            FloatVector xF2 = xF.mul(xF);
            FloatVector xE = q4.fma(xF2, q3.fma(xF, q2)).fma(xF2, q1.fma(xF, q0)).fma(xF2, xF);
            FloatVector xPow2 = xT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector x = xE.fma(xPow2, xPow2);
            FloatVector m = x.mul(x.add(2f));
            a.mul(m.div(m.add(2f))).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = e^v, in two halves: all floats, subnormal ones too. */
    public static void exponential(int vectors, MemorySegment v, long v0, long step) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector yU = a.blend(SUBNORMAL_EXP_MIN, a.compare(LT, SUBNORMAL_EXP_MIN));
            yU = yU.blend(EXP_MAX, yU.compare(GT, EXP_MAX));
            FloatVector yT = yU.fma(log2e, round);
            FloatVector yF = yT.sub(round).fma(ln2, yU);
            FloatVector yF2 = yF.mul(yF);
            FloatVector yE = q4.fma(yF2, q3.fma(yF, q2)).fma(yF2, q1.fma(yF, q0)).fma(yF2, yF);
            IntVector m = yT.reinterpretAsInts().sub(ROUND_BITS);
            IntVector half = m.lanewise(ASHR, 1);
            IntVector rest = m.sub(half);
            FloatVector y = yE.add(one).mul(half.add(EXPONENT_BIAS).lanewise(LSHL,
                    EXPONENT_SHIFT).reinterpretAsFloats());
            y.mul(rest.add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats()).intoMemorySegment(v, at,
                    nativeOrder());
        }
    }

    /** v' = α tanh(β v). */
    public static void scaledTanh(int vectors, MemorySegment v, long v0, long step, float alpha, float beta) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2 = FloatVector.broadcast(S, -LN2);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector b = a.mul(beta);
            FloatVector yS = b.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
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
                    .or(b.reinterpretAsInts().and(Integer.MIN_VALUE)).reinterpretAsFloats();
            y.mul(alpha).intoMemorySegment(v, at, nativeOrder());
        }
    }
}
