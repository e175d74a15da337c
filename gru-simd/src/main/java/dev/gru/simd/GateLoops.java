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
 * What comes after the matrix products of a step: the two halves of each pre-activation are summed, then come the gates
 * and the next state.
 *
 * <p>All memory is padded to whole vectors; places in segments are in bytes, in arrays in elements. {@code gx} holds
 * what the inputs give to the gates: for each block of units a vector of r, one of z and one of n. {@code gh} holds what
 * the states give to them, in the same order; a vector of n is there only where one product serves all three gates.
 *
 * <p>Saturated gates are exact: z = 1 keeps the state bit for bit, z = 0 gives n.
 */
final class GateLoops {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final long B = Lanes.BYTES;

    private GateLoops() {
    }

    /**
     * n = tanh(gx_n + r ⊙ gh_n), h' = (1 − z) ⊙ n + z ⊙ h: all of a step in one pass, since this is what most models
     * run. Written out for the reason that {@link ActivationLoops} gives.
     */
    static void resetAfter(int blocks, MemorySegment gx, long gx0, MemorySegment gh, long gh0, float[] h, int h0) {
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
        for (int i = 0; i < blocks; i++) {
            long x = gx0 + 3L * i * B;
            long s = gh0 + 3L * i * B;
            int at = h0 + i * L;
            FloatVector rU = FloatVector.fromMemorySegment(S, gx, x, nativeOrder())
                    .add(FloatVector.fromMemorySegment(S, gh, s, nativeOrder())).neg();
            rU = rU.blend(EXP_MIN, rU.compare(LT, EXP_MIN));
            rU = rU.blend(EXP_MAX, rU.compare(GT, EXP_MAX));
            FloatVector rT = rU.fma(log2e, round);
            FloatVector rM = rT.sub(round);
            FloatVector rF = rM.fma(ln2Low, rM.fma(ln2High, rU));
            FloatVector rE = q4.fma(rF, q3).fma(rF, q2).fma(rF, q1).fma(rF, q0).fma(rF.mul(rF), rF);
            FloatVector rPow2 = rT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector r = one.div(rE.add(one).fma(rPow2, one));

            FloatVector zU = FloatVector.fromMemorySegment(S, gx, x + B, nativeOrder())
                    .add(FloatVector.fromMemorySegment(S, gh, s + B, nativeOrder())).neg();
            zU = zU.blend(EXP_MIN, zU.compare(LT, EXP_MIN));
            zU = zU.blend(EXP_MAX, zU.compare(GT, EXP_MAX));
            FloatVector zT = zU.fma(log2e, round);
            FloatVector zM = zT.sub(round);
            FloatVector zF = zM.fma(ln2Low, zM.fma(ln2High, zU));
            FloatVector zE = q4.fma(zF, q3).fma(zF, q2).fma(zF, q1).fma(zF, q0).fma(zF.mul(zF), zF);
            FloatVector zPow2 = zT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector z = one.div(zE.add(one).fma(zPow2, one));

            FloatVector a = r.fma(FloatVector.fromMemorySegment(S, gh, s + 2 * B, nativeOrder()),
                    FloatVector.fromMemorySegment(S, gx, x + 2 * B, nativeOrder()));
            FloatVector aU = a.abs().mul(-2f);
            aU = aU.blend(EXP_MIN, aU.compare(LT, EXP_MIN));
            FloatVector aT = aU.fma(log2e, round);
            FloatVector aM = aT.sub(round);
            FloatVector aF = aM.fma(ln2Low, aM.fma(ln2High, aU));
            FloatVector aE = q4.fma(aF, q3).fma(aF, q2).fma(aF, q1).fma(aF, q0).fma(aF.mul(aF), aF);
            FloatVector aPow2 = aT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                    .reinterpretAsFloats();
            FloatVector aExpm1 = aE.fma(aPow2, aPow2.sub(one));
            FloatVector n = aExpm1.div(aExpm1.add(2f)).reinterpretAsInts().and(Integer.MAX_VALUE)
                    .or(a.reinterpretAsInts().and(Integer.MIN_VALUE)).reinterpretAsFloats();

            one.sub(z).fma(n, z.mul(FloatVector.fromArray(S, h, at))).intoArray(h, at);
        }
    }

    /** r = σ(gx_r + gh_r) and z = σ(gx_z + gh_z), in place in {@code gh}, whose blocks are these two vectors. */
    static void resetAndUpdate(int blocks, MemorySegment gx, long gx0, MemorySegment gh, long gh0) {
        for (int i = 0; i < blocks; i++) {
            for (int gate = 0; gate < 2; gate++) {
                long s = gh0 + (2L * i + gate) * B;
                FloatVector.fromMemorySegment(S, gx, gx0 + (3L * i + gate) * B, nativeOrder())
                        .add(FloatVector.fromMemorySegment(S, gh, s, nativeOrder()))
                        .intoMemorySegment(gh, s, nativeOrder());
            }
        }
        ActivationLoops.sigmoid(2 * blocks, gh, gh0, B);
    }

    /** r ⊙ state, into {@code gated}. */
    static void pass(int blocks, MemorySegment rz, long rz0, float[] state, int state0, float[] gated, int gated0) {
        for (int i = 0; i < blocks; i++) {
            FloatVector.fromMemorySegment(S, rz, rz0 + 2L * i * B, nativeOrder())
                    .mul(FloatVector.fromArray(S, state, state0 + i * L)).intoArray(gated, gated0 + i * L);
        }
    }

    /** n = tanh(gx_n + gn), in place in {@code gn}. */
    static void candidate(int blocks, MemorySegment gx, long gx0, MemorySegment gn, long gn0) {
        for (int i = 0; i < blocks; i++) {
            FloatVector.fromMemorySegment(S, gx, gx0 + (3L * i + 2) * B, nativeOrder())
                    .add(FloatVector.fromMemorySegment(S, gn, gn0 + i * B, nativeOrder()))
                    .intoMemorySegment(gn, gn0 + i * B, nativeOrder());
        }
        ActivationLoops.tanh(blocks, gn, gn0, B);
    }

    /** state' = (1 − z) ⊙ n + z ⊙ state. */
    static void update(int blocks, MemorySegment rz, long rz0, MemorySegment n, long n0, float[] state, int state0) {
        for (int i = 0; i < blocks; i++) {
            FloatVector z = FloatVector.fromMemorySegment(S, rz, rz0 + (2L * i + 1) * B, nativeOrder());
            FloatVector kept = z.mul(FloatVector.fromArray(S, state, state0 + i * L));
            FloatVector.broadcast(S, 1f).sub(z)
                    .fma(FloatVector.fromMemorySegment(S, n, n0 + i * B, nativeOrder()), kept)
                    .intoArray(state, state0 + i * L);
        }
    }

    /** h' = n ⊙ σ(r) + (1 − r) ⊙ h; σ(r) replaces r. */
    static void dualOutput(int blocks, MemorySegment rz, long rz0, MemorySegment n, long n0, float[] h, int h0) {
        for (int i = 0; i < blocks; i++) {
            FloatVector r = FloatVector.fromMemorySegment(S, rz, rz0 + 2L * i * B, nativeOrder());
            FloatVector.broadcast(S, 1f).sub(r).mul(FloatVector.fromArray(S, h, h0 + i * L)).intoArray(h, h0 + i * L);
        }
        ActivationLoops.sigmoid(blocks, rz, rz0, 2 * B);
        for (int i = 0; i < blocks; i++) {
            FloatVector.fromMemorySegment(S, n, n0 + i * B, nativeOrder())
                    .fma(FloatVector.fromMemorySegment(S, rz, rz0 + 2L * i * B, nativeOrder()),
                            FloatVector.fromArray(S, h, h0 + i * L))
                    .intoArray(h, h0 + i * L);
        }
    }
}
