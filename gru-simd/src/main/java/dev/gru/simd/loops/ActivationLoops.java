package dev.gru.simd.loops;

import static dev.gru.kernel.math.Exponential.*;
import static java.nio.ByteOrder.nativeOrder;
import static jdk.incubator.vector.VectorOperators.*;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Activations over memory, in place: the logistic function, tanh and e^v, by {@link dev.gru.kernel.math.Exponential},
 * and functions without it, mostly of straight lines. Vectors are {@code step} bytes apart, the first at byte
 * {@code v0}. Generated from {@code ActivationLoops.java.in}.
 */
public final class ActivationLoops {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;

    private ActivationLoops() {
    }

    /** v' = 1 / (1 + e^−v). */
    public static void sigmoid(int vectors, MemorySegment v, long v0, long step) {
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
            y.intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = tanh v. */
    public static void tanh(int vectors, MemorySegment v, long v0, long step) {
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
            y.intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = e^(v − shift). */
    public static void exp(int vectors, MemorySegment v, long v0, long step, float shift) {
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
            FloatVector yU = a.sub(shift);
            yU = yU.blend(EXP_MIN, yU.compare(LT, EXP_MIN));
            yU = yU.blend(EXP_MAX, yU.compare(GT, EXP_MAX));
            FloatVector yT = yU.fma(log2e, round);
            FloatVector yF = yT.sub(round).fma(ln2, yU);
            FloatVector yF2 = yF.mul(yF);
            FloatVector yE = q4.fma(yF2, q3.fma(yF, q2)).fma(yF2, q1.fma(yF, q0)).fma(yF2, yF);
            FloatVector yPow2 = yT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            yE.add(one).mul(yPow2).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = max(0, v). */
    public static void relu(int vectors, MemorySegment v, long v0, long step) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            a.max(0f).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = α v + β, rounded once. */
    public static void affine(int vectors, MemorySegment v, long v0, long step, float alpha, float beta) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector slope = FloatVector.broadcast(S, alpha);
        FloatVector constant = FloatVector.broadcast(S, beta);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector line = a.fma(slope, constant);
            line.intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = min(1, max(0, α v + β)). */
    public static void hardSigmoid(int vectors, MemorySegment v, long v0, long step, float alpha, float beta) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector slope = FloatVector.broadcast(S, alpha);
        FloatVector constant = FloatVector.broadcast(S, beta);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector line = a.fma(slope, constant);
            line.max(0f).min(1f).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = v, but at least −bound and at most bound; NaN stays NaN. */
    public static void clip(int vectors, MemorySegment v, long v0, long step, float bound) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            a.min(bound).max(-bound).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = min(v, maximum) where v &gt; threshold, else slope · (v − threshold). */
    public static void leakyRelu(int vectors, MemorySegment v, long v0, long step, float slope, float maximum,
            float threshold) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        // Without a line there is 0 at −∞ too.
        float least = slope == 0 ? 0 : Float.NEGATIVE_INFINITY;
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector line = a.sub(threshold).max(least).mul(slope);
            FloatVector y = line.blend(a.min(maximum), a.compare(GT, threshold));
            y.intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = min(maximum, max(minimum, v)). */
    public static void clip(int vectors, MemorySegment v, long v0, long step, float minimum, float maximum) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            a.max(minimum).min(maximum).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = v where v &gt; threshold or NaN, else otherwise. */
    public static void threshold(int vectors, MemorySegment v, long v0, long step, float threshold, float otherwise) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            a.blend(otherwise, a.compare(LE, threshold)).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = v / (1 + |v|). */
    public static void softsign(int vectors, MemorySegment v, long v0, long step) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector n = a.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
            a.div(FloatVector.broadcast(S, 1f).sub(n)).intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = v min(1, max(0, α v + β)). */
    public static void hardSilu(int vectors, MemorySegment v, long v0, long step, float alpha, float beta) {
        if (!v.isNative()) {
            throw new IllegalArgumentException();
        }
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector line = a.fma(FloatVector.broadcast(S, alpha), FloatVector.broadcast(S, beta));
            a.mul(line.max(0f).min(1f)).intoMemorySegment(v, at, nativeOrder());
        }
    }
}
