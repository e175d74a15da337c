package dev.gru.simd.loops.small;

import static dev.gru.kernel.math.Exponential.*;
import static java.nio.ByteOrder.nativeOrder;
import static jdk.incubator.vector.VectorOperators.*;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import dev.gru.simd.loops.Lanes;

/**
 * Steps of a layer whose units fit one vector, with weights in bfloat16.
 * Generated from {@code SmallOf1.java.in}.
 */
final class Bf16ResetAfterOf1 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final VectorSpecies<Integer> I = Lanes.INT_SPECIES;
    private static final int UPPER = 0xFFFF0000;
    /** From vector to vector of the weights. */
    private static final long B = Lanes.BYTES;

    private Bf16ResetAfterOf1() {
    }

    /** As the package's description says. */
    static void run(int steps, MemorySegment wi, MemorySegment ws, int inputs, int units, float[] x, int x0, float[] h,
            float[] y, int y0) {
        if (!wi.isNative() || !ws.isNative()) {
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
        int from = x0;
        int to = y0;
        for (int t = 0; t < steps; t++) {
            FloatVector i0 = FloatVector.fromMemorySegment(S, wi, 0 * B, nativeOrder());
            FloatVector i1 = FloatVector.fromMemorySegment(S, wi, 1 * B, nativeOrder());
            FloatVector i2 = FloatVector.fromMemorySegment(S, wi, 2 * B, nativeOrder());
            for (int k = 0; k < inputs - 1; k += 2) {
                FloatVector b = FloatVector.broadcast(S, x[from + k]);
                FloatVector c = FloatVector.broadcast(S, x[from + k + 1]);
                long at = ((k >> 1) + 1L) * 3 * B;
                IntVector p0 = IntVector.fromMemorySegment(I, wi, at, nativeOrder());
                i0 = b.fma(p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), i0);
                i0 = c.fma(p0.and(UPPER).reinterpretAsFloats(), i0);
                IntVector p1 = IntVector.fromMemorySegment(I, wi, at + B, nativeOrder());
                i1 = b.fma(p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), i1);
                i1 = c.fma(p1.and(UPPER).reinterpretAsFloats(), i1);
                IntVector p2 = IntVector.fromMemorySegment(I, wi, at + 2 * B, nativeOrder());
                i2 = b.fma(p2.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), i2);
                i2 = c.fma(p2.and(UPPER).reinterpretAsFloats(), i2);
            }
            if ((inputs & 1) != 0) {
                int k = inputs - 1;
                FloatVector b = FloatVector.broadcast(S, x[from + k]);
                long at = ((k >> 1) + 1L) * 3 * B;
                i0 = b.fma(IntVector.fromMemorySegment(I, wi, at, nativeOrder()).lanewise(LSHL, Float.SIZE / 2)
                        .reinterpretAsFloats(), i0);
                i1 = b.fma(IntVector.fromMemorySegment(I, wi, at + B, nativeOrder()).lanewise(LSHL, Float.SIZE / 2)
                        .reinterpretAsFloats(), i1);
                i2 = b.fma(IntVector.fromMemorySegment(I, wi, at + 2 * B, nativeOrder()).lanewise(LSHL, Float.SIZE / 2)
                        .reinterpretAsFloats(), i2);
            }
            FloatVector s0 = FloatVector.fromMemorySegment(S, ws, 0 * B, nativeOrder());
            FloatVector s1 = FloatVector.fromMemorySegment(S, ws, 1 * B, nativeOrder());
            FloatVector s2 = FloatVector.fromMemorySegment(S, ws, 2 * B, nativeOrder());
            for (int k = 0; k < units - 1; k += 2) {
                FloatVector b = FloatVector.broadcast(S, h[k]);
                FloatVector c = FloatVector.broadcast(S, h[k + 1]);
                long at = ((k >> 1) + 1L) * 3 * B;
                IntVector p0 = IntVector.fromMemorySegment(I, ws, at, nativeOrder());
                s0 = b.fma(p0.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), s0);
                s0 = c.fma(p0.and(UPPER).reinterpretAsFloats(), s0);
                IntVector p1 = IntVector.fromMemorySegment(I, ws, at + B, nativeOrder());
                s1 = b.fma(p1.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), s1);
                s1 = c.fma(p1.and(UPPER).reinterpretAsFloats(), s1);
                IntVector p2 = IntVector.fromMemorySegment(I, ws, at + 2 * B, nativeOrder());
                s2 = b.fma(p2.lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats(), s2);
                s2 = c.fma(p2.and(UPPER).reinterpretAsFloats(), s2);
            }
            if ((units & 1) != 0) {
                int k = units - 1;
                FloatVector b = FloatVector.broadcast(S, h[k]);
                long at = ((k >> 1) + 1L) * 3 * B;
                s0 = b.fma(IntVector.fromMemorySegment(I, ws, at, nativeOrder()).lanewise(LSHL, Float.SIZE / 2)
                        .reinterpretAsFloats(), s0);
                s1 = b.fma(IntVector.fromMemorySegment(I, ws, at + B, nativeOrder()).lanewise(LSHL, Float.SIZE / 2)
                        .reinterpretAsFloats(), s1);
                s2 = b.fma(IntVector.fromMemorySegment(I, ws, at + 2 * B, nativeOrder()).lanewise(LSHL, Float.SIZE / 2)
                        .reinterpretAsFloats(), s2);
            }
            FloatVector state = FloatVector.fromArray(S, h, 0);
            FloatVector rV = i0.add(s0);
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
            FloatVector zV = i1.add(s1);
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
            FloatVector nSum = r.fma(s2, i2);
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
            FloatVector next = one.sub(z).fma(n, z.mul(state));
            next.intoArray(h, 0);
            if (y != null) {
                next.intoArray(y, to);
            }
            from += inputs;
            to += units;
        }
    }
}
