package dev.gru.simd.loops;

import static dev.gru.kernel.math.Exponential.*;
import static java.nio.ByteOrder.nativeOrder;
import static jdk.incubator.vector.VectorOperators.*;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The gates of a step, after its matrix products, for the variant and the functions that most models have. Generated
 * from {@code GateLoops.java.in}.
 *
 * <p>All memory is padded to whole vectors; places in segments are in bytes, in arrays in elements. {@code gx} holds
 * the products with the inputs: for each block of units a vector of r, one of z and one of n; {@code gh} holds the
 * products with the states, for each block {@code stride} vectors, those of r and z first.
 *
 * <p>There are two passes because one would be a chain of two activations, so long that the processor finds too few
 * others to compute meanwhile.
 *
 * <p>Saturated gates are exact: z = 1 keeps the state bit for bit, z = 0 gives n.
 */
public final class GateLoops {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final long B = Lanes.BYTES;

    private GateLoops() {
    }

    /** r = σ(gx_r + gh_r) and z = σ(gx_z + gh_z), in place in {@code gh}. */
    public static void resetAndUpdate(int blocks, MemorySegment gx, long gx0, MemorySegment gh, long gh0, int stride) {
        if (!gx.isNative() || !gh.isNative()) {
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
        for (int i = 0; i < blocks; i++) {
            long x = gx0 + 3L * i * B;
            long s = gh0 + (long) stride * i * B;
            FloatVector rSum = FloatVector.fromMemorySegment(S, gx, x, nativeOrder())
                    .add(FloatVector.fromMemorySegment(S, gh, s, nativeOrder()));
            FloatVector zSum = FloatVector.fromMemorySegment(S, gx, x + B, nativeOrder())
                    .add(FloatVector.fromMemorySegment(S, gh, s + B, nativeOrder()));
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
            r.intoMemorySegment(gh, s, nativeOrder());
            z.intoMemorySegment(gh, s + B, nativeOrder());
        }
    }

    /** n = tanh(gx_n + r ⊙ gh_n), h' = (1 − z) ⊙ n + z ⊙ h, from {@code h} at {@code h0} to {@code hNext}. */
    public static void resetAfter(int blocks, MemorySegment gx, long gx0, MemorySegment gh, long gh0, float[] h,
            float[] hNext, int h0) {
        if (!gx.isNative() || !gh.isNative()) {
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
        for (int i = 0; i < blocks; i++) {
            int at = h0 + i * L;
            long x = gx0 + 3L * i * B;
            long s = gh0 + 3L * i * B;
            FloatVector r = FloatVector.fromMemorySegment(S, gh, s, nativeOrder());
            FloatVector z = FloatVector.fromMemorySegment(S, gh, s + B, nativeOrder());
            FloatVector nSum = r.fma(FloatVector.fromMemorySegment(S, gh, s + 2 * B, nativeOrder()),
                    FloatVector.fromMemorySegment(S, gx, x + 2 * B, nativeOrder()));
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
            FloatVector next = one.sub(z).fma(n, z.mul(FloatVector.fromArray(S, h, at)));
            next.intoArray(hNext, at);
        }
    }

    /**
     * The same as {@link #resetAfter}, and the new states also to {@code y}, in rows of {@code rowBlocks} blocks,
     * {@code yStride} elements from one to the next.
     */
    public static void resetAfterTwice(int blocks, MemorySegment gx, long gx0, MemorySegment gh, long gh0, float[] h,
            float[] hNext, int h0, float[] y, int y0, int rowBlocks, int yStride) {
        if (!gx.isNative() || !gh.isNative()) {
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
        int to = y0;
        int leftInRow = rowBlocks;
        for (int i = 0; i < blocks; i++) {
            int at = h0 + i * L;
            long x = gx0 + 3L * i * B;
            long s = gh0 + 3L * i * B;
            FloatVector r = FloatVector.fromMemorySegment(S, gh, s, nativeOrder());
            FloatVector z = FloatVector.fromMemorySegment(S, gh, s + B, nativeOrder());
            FloatVector nSum = r.fma(FloatVector.fromMemorySegment(S, gh, s + 2 * B, nativeOrder()),
                    FloatVector.fromMemorySegment(S, gx, x + 2 * B, nativeOrder()));
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
            FloatVector next = one.sub(z).fma(n, z.mul(FloatVector.fromArray(S, h, at)));
            next.intoArray(hNext, at);
            next.intoArray(y, to);
            to += L;
            if (--leftInRow == 0) {
                to += yStride - rowBlocks * L;
                leftInRow = rowBlocks;
            }
        }
    }
}
