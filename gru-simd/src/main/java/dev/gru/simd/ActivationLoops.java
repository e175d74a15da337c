package dev.gru.simd;

import static dev.gru.kernel.math.Exponential.EXPONENT_BIAS;
import static dev.gru.kernel.math.Exponential.EXPONENT_SHIFT;
import static dev.gru.kernel.math.Exponential.EXP_MAX;
import static dev.gru.kernel.math.Exponential.EXP_MIN;
import static dev.gru.kernel.math.Exponential.LN2_HIGH;
import static dev.gru.kernel.math.Exponential.LN2_LOW;
import static dev.gru.kernel.math.Exponential.LOG2_E;
import static dev.gru.kernel.math.Exponential.Q0;
import static dev.gru.kernel.math.Exponential.Q1;
import static dev.gru.kernel.math.Exponential.Q2;
import static dev.gru.kernel.math.Exponential.Q3;
import static dev.gru.kernel.math.Exponential.Q4;
import static dev.gru.kernel.math.Exponential.ROUND;
import static java.nio.ByteOrder.nativeOrder;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The logistic function, tanh and e^v over memory, by {@link dev.gru.kernel.math.Exponential}. Vectors are {@code step} bytes apart, the
 * first at byte {@code v0}; each is replaced by its image.
 *
 * <p>Every loop body is written out in calls of the Vector API alone. A helper method that takes and returns vectors is
 * not always inlined – not if it was compiled by itself before, nor in a large graph – and a vector that crosses a call
 * lives on the heap: the same loop is then ten times slower.
 */
final class ActivationLoops {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;

    private ActivationLoops() {
    }

    /** v' = 1 / (1 + e^−v). */
    static void sigmoid(int vectors, MemorySegment v, long v0, long step) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2High = FloatVector.broadcast(S, -LN2_HIGH);
        FloatVector ln2Low = FloatVector.broadcast(S, -LN2_LOW);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector u = FloatVector.fromMemorySegment(S, v, at, nativeOrder()).neg();
            u = u.blend(EXP_MIN, u.compare(LT, EXP_MIN));
            u = u.blend(EXP_MAX, u.compare(GT, EXP_MAX));
            FloatVector t = u.fma(log2e, round);
            FloatVector m = t.sub(round);
            FloatVector f = m.fma(ln2Low, m.fma(ln2High, u));
            FloatVector e = q4.fma(f, q3).fma(f, q2).fma(f, q1).fma(f, q0).fma(f.mul(f), f);
            FloatVector pow2 = t.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector sigmoid = one.div(e.add(one).fma(pow2, one));
            sigmoid.intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = tanh v. */
    static void tanh(int vectors, MemorySegment v, long v0, long step) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2High = FloatVector.broadcast(S, -LN2_HIGH);
        FloatVector ln2Low = FloatVector.broadcast(S, -LN2_LOW);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
            FloatVector u = a.abs().mul(-2f);
            u = u.blend(EXP_MIN, u.compare(LT, EXP_MIN));
            FloatVector t = u.fma(log2e, round);
            FloatVector m = t.sub(round);
            FloatVector f = m.fma(ln2Low, m.fma(ln2High, u));
            FloatVector e = q4.fma(f, q3).fma(f, q2).fma(f, q1).fma(f, q0).fma(f.mul(f), f);
            FloatVector pow2 = t.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector expm1 = e.fma(pow2, pow2.sub(one));
            FloatVector tanh = expm1.div(expm1.add(2f)).reinterpretAsInts().and(Integer.MAX_VALUE)
                    .or(a.reinterpretAsInts().and(Integer.MIN_VALUE)).reinterpretAsFloats();
            tanh.intoMemorySegment(v, at, nativeOrder());
        }
    }

    /** v' = e^(v − shift). */
    static void exp(int vectors, MemorySegment v, long v0, long step, float shift) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
        FloatVector round = FloatVector.broadcast(S, ROUND);
        FloatVector ln2High = FloatVector.broadcast(S, -LN2_HIGH);
        FloatVector ln2Low = FloatVector.broadcast(S, -LN2_LOW);
        FloatVector q0 = FloatVector.broadcast(S, Q0);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        for (int i = 0; i < vectors; i++) {
            long at = v0 + i * step;
            FloatVector u = FloatVector.fromMemorySegment(S, v, at, nativeOrder()).sub(shift);
            u = u.blend(EXP_MIN, u.compare(LT, EXP_MIN));
            u = u.blend(EXP_MAX, u.compare(GT, EXP_MAX));
            FloatVector t = u.fma(log2e, round);
            FloatVector m = t.sub(round);
            FloatVector f = m.fma(ln2Low, m.fma(ln2High, u));
            FloatVector e = q4.fma(f, q3).fma(f, q2).fma(f, q1).fma(f, q0).fma(f.mul(f), f);
            FloatVector pow2 = t.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector exp = e.add(one).mul(pow2);
            exp.intoMemorySegment(v, at, nativeOrder());
        }
    }
}
