package dev.gru.simd.loops.small;

import static dev.gru.kernel.math.Exponential.*;
import static java.nio.ByteOrder.nativeOrder;
import static jdk.incubator.vector.VectorOperators.*;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import dev.gru.simd.loops.Lanes;

/**
 * Steps of a layer whose units fit 2 vectors, with weights in binary32.
 * Generated from {@code SmallOfMore.java.in}.
 */
final class Fp32ResetAfterOf2 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final long B = Lanes.BYTES;

    private Fp32ResetAfterOf2() {
    }

    /** As the package's description says. */
    static void run(int steps, MemorySegment wi, MemorySegment ws, int inputs, int units, float[] x, int x0, float[] h,
            MemorySegment sums, float[] y, int y0) {
        if (!wi.isNative() || !ws.isNative()) {
            throw new IllegalArgumentException();
        }
        if (!sums.isNative()) {
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
            // One loop for both products keeps the method small.
            for (int product = 0; product < 2; product++) {
                boolean ofInput = product == 0;
                MemorySegment w = ofInput ? wi : ws;
                float[] in = ofInput ? x : h;
                int in0 = ofInput ? from : 0;
                int count = ofInput ? inputs : units;
                long out = (long) product * 6 * B;
                FloatVector a0 = FloatVector.fromMemorySegment(S, w, 0 * B, nativeOrder());
                FloatVector a1 = FloatVector.fromMemorySegment(S, w, 1 * B, nativeOrder());
                FloatVector a2 = FloatVector.fromMemorySegment(S, w, 2 * B, nativeOrder());
                FloatVector a3 = FloatVector.fromMemorySegment(S, w, 3 * B, nativeOrder());
                FloatVector a4 = FloatVector.fromMemorySegment(S, w, 4 * B, nativeOrder());
                FloatVector a5 = FloatVector.fromMemorySegment(S, w, 5 * B, nativeOrder());
                for (int k = 0; k < count; k++) {
                    FloatVector b = FloatVector.broadcast(S, in[in0 + k]);
                    long at = (k + 1L) * 6 * B;
                    a0 = b.fma(FloatVector.fromMemorySegment(S, w, at, nativeOrder()), a0);
                    a1 = b.fma(FloatVector.fromMemorySegment(S, w, at + B, nativeOrder()), a1);
                    a2 = b.fma(FloatVector.fromMemorySegment(S, w, at + 2 * B, nativeOrder()), a2);
                    a3 = b.fma(FloatVector.fromMemorySegment(S, w, at + 3 * B, nativeOrder()), a3);
                    a4 = b.fma(FloatVector.fromMemorySegment(S, w, at + 4 * B, nativeOrder()), a4);
                    a5 = b.fma(FloatVector.fromMemorySegment(S, w, at + 5 * B, nativeOrder()), a5);
                }
                a0.intoMemorySegment(sums, out + 0 * B, nativeOrder());
                a1.intoMemorySegment(sums, out + 1 * B, nativeOrder());
                a2.intoMemorySegment(sums, out + 2 * B, nativeOrder());
                a3.intoMemorySegment(sums, out + 3 * B, nativeOrder());
                a4.intoMemorySegment(sums, out + 4 * B, nativeOrder());
                a5.intoMemorySegment(sums, out + 5 * B, nativeOrder());
            }
            // Of each vector r and z, without n.
            for (int j = 0; j < 2 * 2; j++) {
                long at = (j + (j >> 1)) * B;
                FloatVector sum = FloatVector.fromMemorySegment(S, sums, at, nativeOrder())
                        .add(FloatVector.fromMemorySegment(S, sums, at + 6 * B, nativeOrder()));
                FloatVector gateV = sum;
                FloatVector gateU = gateV.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
                gateU = gateU.blend(EXP_MIN, gateU.compare(LT, EXP_MIN));
                FloatVector gateT = gateU.fma(log2e, round);
                FloatVector gateF = gateT.sub(round).fma(ln2, gateU);
                FloatVector gateF2 = gateF.mul(gateF);
                FloatVector gateE = q4.fma(gateF2, q3.fma(gateF, q2)).fma(gateF2, q1.fma(gateF, q0)).fma(gateF2, gateF);
                FloatVector gatePow2 = gateT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                        .reinterpretAsFloats();
                FloatVector gateX = gateE.fma(gatePow2, gatePow2);
                FloatVector gate = one.blend(gateX, gateV.compare(LT, 0f)).div(gateX.add(one));
                gate.intoMemorySegment(sums, at, nativeOrder());
            }
            for (int j = 0; j < 2; j++) {
                long at = 3L * j * B;
                FloatVector nSum = FloatVector.fromMemorySegment(S, sums, at, nativeOrder())
                        .fma(FloatVector.fromMemorySegment(S, sums, at + 8 * B, nativeOrder()),
                                FloatVector.fromMemorySegment(S, sums, at + 2 * B, nativeOrder()));
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
                FloatVector z = FloatVector.fromMemorySegment(S, sums, at + B, nativeOrder());
                FloatVector next = one.sub(z).fma(n, z.mul(FloatVector.fromArray(S, h, j * L)));
                next.intoArray(h, j * L);
                if (y != null) {
                    next.intoArray(y, to + j * L);
                }
            }
            from += inputs;
            to += units;
        }
    }
}
