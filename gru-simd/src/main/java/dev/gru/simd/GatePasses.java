package dev.gru.simd;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What {@link GateLoops} does not have of the gates: where the reset gate comes before the product with the state, that
 * product is needed in between.
 *
 * <p>All memory is padded to whole vectors; places in segments are in bytes, in arrays in elements. {@code gx} holds
 * what the inputs give to the gates: for each block of units a vector of r, one of z and one of n. {@code rz} holds for
 * each block a vector of r and one of z. States are read at {@code h} and written at the same place of {@code hNext}.
 */
final class GatePasses {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final long B = Lanes.BYTES;

    private GatePasses() {
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

    /** h' = (1 − z) ⊙ n + z ⊙ h. */
    static void update(int blocks, MemorySegment rz, long rz0, MemorySegment n, long n0, float[] h, float[] hNext,
            int h0) {
        for (int i = 0; i < blocks; i++) {
            FloatVector z = FloatVector.fromMemorySegment(S, rz, rz0 + (2L * i + 1) * B, nativeOrder());
            FloatVector kept = z.mul(FloatVector.fromArray(S, h, h0 + i * L));
            FloatVector.broadcast(S, 1f).sub(z)
                    .fma(FloatVector.fromMemorySegment(S, n, n0 + i * B, nativeOrder()), kept)
                    .intoArray(hNext, h0 + i * L);
        }
    }

    /** h' = n ⊙ σ(r) + (1 − r) ⊙ h; σ(r) replaces r. */
    static void dualOutput(int blocks, MemorySegment rz, long rz0, MemorySegment n, long n0, float[] h, float[] hNext,
            int h0) {
        for (int i = 0; i < blocks; i++) {
            FloatVector r = FloatVector.fromMemorySegment(S, rz, rz0 + 2L * i * B, nativeOrder());
            FloatVector.broadcast(S, 1f).sub(r).mul(FloatVector.fromArray(S, h, h0 + i * L))
                    .intoArray(hNext, h0 + i * L);
        }
        ActivationLoops.sigmoid(blocks, rz, rz0, 2 * B);
        for (int i = 0; i < blocks; i++) {
            FloatVector.fromMemorySegment(S, n, n0 + i * B, nativeOrder())
                    .fma(FloatVector.fromMemorySegment(S, rz, rz0 + 2L * i * B, nativeOrder()),
                            FloatVector.fromArray(S, hNext, h0 + i * L))
                    .intoArray(hNext, h0 + i * L);
        }
    }
}
