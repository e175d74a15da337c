package dev.gru.simd;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import dev.gru.simd.loops.ActivationLoops;
import dev.gru.simd.loops.GateLoops;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;

/**
 * The gates that {@link GateLoops} does not have, each in several passes: those with other functions, and those of the
 * variants where the reset gate comes before the product with the state, which is needed in between.
 *
 * <p>All memory is padded to whole vectors; places and steps in segments are in bytes, places in arrays in elements.
 * {@code gx} holds the products with the inputs: for each block of units a vector of r, one of z and one of n. {@code
 * rz} holds for each block a vector of r and one of z, and from block to block it is {@code rzStep}. States are read at
 * {@code h} and written at the same place of {@code hNext}.
 */
final class GatePasses {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final long B = Lanes.BYTES;

    /** From block to block where a vector of r and one of z is all that a block has. */
    private static final long RZ = 2 * B;

    /** From block to block where a block has a vector of r, one of z and one of n. */
    private static final long RZN = 3 * B;

    private GatePasses() {
    }

    /**
     * All gates of the variant where the reset gate comes after the product. {@code gh} holds the products with the
     * states, in the order of {@code gx}; the gates replace them.
     */
    static void resetAfter(GruActivations functions, int blocks, MemorySegment gx, long gx0, MemorySegment gh, long gh0,
            float[] h, float[] hNext, int h0) {
        resetAndUpdate(functions, blocks, gx, gx0, gh, gh0, RZN);
        for (int i = 0; i < blocks; i++) {
            long n = gh0 + i * RZN + 2 * B;
            FloatVector.fromMemorySegment(S, gh, gh0 + i * RZN, nativeOrder())
                    .fma(FloatVector.fromMemorySegment(S, gh, n, nativeOrder()),
                            FloatVector.fromMemorySegment(S, gx, gx0 + (3L * i + 2) * B, nativeOrder()))
                    .intoMemorySegment(gh, n, nativeOrder());
        }
        activate(functions.candidate(), functions, blocks, gh, gh0 + 2 * B, RZN);
        update(blocks, gh, gh0, RZN, gh, gh0 + 2 * B, RZN, h, hNext, h0);
    }

    /** r = f(gx_r + rz_r) and z = f(gx_z + rz_z), in place in {@code rz}, which has nothing beside them. */
    static void resetAndUpdate(GruActivations functions, int blocks, MemorySegment gx, long gx0, MemorySegment rz,
            long rz0) {
        resetAndUpdate(functions, blocks, gx, gx0, rz, rz0, RZ);
    }

    private static void resetAndUpdate(GruActivations functions, int blocks, MemorySegment gx, long gx0,
            MemorySegment rz, long rz0, long rzStep) {
        if (functions.gates().equals(Activation.SIGMOID) && !functions.clips()) {
            GateLoops.resetAndUpdate(blocks, gx, gx0, rz, rz0, (int) (rzStep / B));
            return;
        }
        for (int i = 0; i < blocks; i++) {
            for (int gate = 0; gate < 2; gate++) {
                long at = rz0 + i * rzStep + gate * B;
                FloatVector.fromMemorySegment(S, gx, gx0 + (3L * i + gate) * B, nativeOrder())
                        .add(FloatVector.fromMemorySegment(S, rz, at, nativeOrder()))
                        .intoMemorySegment(rz, at, nativeOrder());
            }
        }
        if (rzStep == RZ) {
            activate(functions.gates(), functions, 2 * blocks, rz, rz0, B);
        } else {
            activate(functions.gates(), functions, blocks, rz, rz0, rzStep);
            activate(functions.gates(), functions, blocks, rz, rz0 + B, rzStep);
        }
    }

    /** Clips sums, if the layer clips, and applies the function to them, in place. */
    private static void activate(Activation function, GruActivations functions, int vectors, MemorySegment v, long v0,
            long step) {
        if (functions.clips()) {
            ActivationLoops.clip(vectors, v, v0, step, functions.clip());
        }
        SimdFunctions.apply(function, vectors, v, v0, step);
    }

    /** r ⊙ state, into {@code gated}. */
    static void gate(int blocks, MemorySegment rz, long rz0, float[] state, int state0, float[] gated, int gated0) {
        for (int i = 0; i < blocks; i++) {
            FloatVector.fromMemorySegment(S, rz, rz0 + i * RZ, nativeOrder())
                    .mul(FloatVector.fromArray(S, state, state0 + i * L)).intoArray(gated, gated0 + i * L);
        }
    }

    /** n = g(gx_n + gn), in place in {@code gn}. */
    static void candidate(GruActivations functions, int blocks, MemorySegment gx, long gx0, MemorySegment gn,
            long gn0) {
        for (int i = 0; i < blocks; i++) {
            FloatVector.fromMemorySegment(S, gx, gx0 + (3L * i + 2) * B, nativeOrder())
                    .add(FloatVector.fromMemorySegment(S, gn, gn0 + i * B, nativeOrder()))
                    .intoMemorySegment(gn, gn0 + i * B, nativeOrder());
        }
        activate(functions.candidate(), functions, blocks, gn, gn0, B);
    }

    /** h' = (1 − z) ⊙ n + z ⊙ h. */
    static void update(int blocks, MemorySegment rz, long rz0, MemorySegment n, long n0, float[] h, float[] hNext,
            int h0) {
        update(blocks, rz, rz0, RZ, n, n0, B, h, hNext, h0);
    }

    private static void update(int blocks, MemorySegment rz, long rz0, long rzStep, MemorySegment n, long n0,
            long nStep, float[] h, float[] hNext, int h0) {
        for (int i = 0; i < blocks; i++) {
            FloatVector z = FloatVector.fromMemorySegment(S, rz, rz0 + i * rzStep + B, nativeOrder());
            FloatVector kept = z.mul(FloatVector.fromArray(S, h, h0 + i * L));
            FloatVector.broadcast(S, 1f).sub(z)
                    .fma(FloatVector.fromMemorySegment(S, n, n0 + i * nStep, nativeOrder()), kept)
                    .intoArray(hNext, h0 + i * L);
        }
    }

    /** h' = n ⊙ f(r) + (1 − r) ⊙ h; f(r) replaces r. */
    static void dualOutput(GruActivations functions, int blocks, MemorySegment rz, long rz0, MemorySegment n, long n0,
            float[] h, float[] hNext, int h0) {
        for (int i = 0; i < blocks; i++) {
            FloatVector r = FloatVector.fromMemorySegment(S, rz, rz0 + i * RZ, nativeOrder());
            FloatVector.broadcast(S, 1f).sub(r).mul(FloatVector.fromArray(S, h, h0 + i * L))
                    .intoArray(hNext, h0 + i * L);
        }
        SimdFunctions.apply(functions.gates(), blocks, rz, rz0, RZ);
        for (int i = 0; i < blocks; i++) {
            FloatVector.fromMemorySegment(S, n, n0 + i * B, nativeOrder())
                    .fma(FloatVector.fromMemorySegment(S, rz, rz0 + i * RZ, nativeOrder()),
                            FloatVector.fromArray(S, hNext, h0 + i * L))
                    .intoArray(hNext, h0 + i * L);
        }
    }
}
