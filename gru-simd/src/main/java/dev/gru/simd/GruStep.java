package dev.gru.simd;

import java.lang.foreign.MemorySegment;

import dev.gru.simd.PackedGates.Share;
import dev.gru.simd.loops.GateLoops;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;

/**
 * A step of some neighbouring rows, after the products with the inputs: the product with the states (two, where the
 * reset gate comes before the product) and the gates, for a share of the units.
 *
 * <p>Turns count steps, and tell which of the states are those before the step.
 */
final class GruStep {
    private final PackedGates packed;
    private final GruMemory memory;

    GruStep(PackedGates packed, GruMemory memory) {
        this.packed = packed;
        this.memory = memory;
    }

    /** Returns whether the panels are taken from the last to the first. */
    boolean isBackwards(int turn) {
        return packed.reverses && (turn & 1) != 0;
    }

    /** The product with the states of neighbouring rows. */
    void multiplyStates(Share share, int first, int rows, int turn) {
        long out = packed.fromState.outputBytes();
        packed.fromState.multiply(share.panel(), share.endPanel(), isBackwards(turn), rows, memory.h(turn),
                first * packed.paddedState,
                packed.paddedState, memory.ofState[share.member()], memory.gh, first * out, out);
    }

    /**
     * The gates of neighbouring rows: all of them, or r and z and then r ⊙ state where the reset gate comes before the
     * product. The first row's products with the inputs are row {@code gxRow} of {@code gx}. If {@code y} is given,
     * which is only where {@link GateLoops} has the gates of whole rows without padding, the new states are written
     * there, too, a row every {@code yStride} elements.
     */
    void gates(Share share, int first, int rows, int turn, MemorySegment gx, int gxRow, float[] y, int y0,
            int yStride) {
        if (packed.variant == GruVariant.RESET_AFTER && share.blocks() == packed.blocks) {
            // Whole rows lie one behind the other, and are as good as one long row.
            resetAfter(share, first, rows * packed.blocks, turn, gx, gxRow, y, y0, yStride);
            for (int row = first; row < first + rows; row++) {
                clearPadding(share, memory.h(turn + 1), row * packed.padded);
            }
            return;
        }
        for (int row = 0; row < rows; row++) {
            if (packed.variant == GruVariant.RESET_AFTER) {
                resetAfter(share, first + row, share.blocks(), turn, gx, gxRow + row, null, 0, 0);
                clearPadding(share, memory.h(turn + 1), (first + row) * packed.padded);
            } else {
                long gh = placeOf(packed.fromState, share, first + row);
                GatePasses.resetAndUpdate(packed.activations, share.blocks(), gx,
                        placeOf(packed.fromInput, share, gxRow + row),
                        memory.gh, gh);
                GatePasses.gate(share.blocks(), memory.gh, gh, memory.h(turn), stateOf(share, first + row) + updated(),
                        memory.gated,
                        (first + row) * packed.padded + share.block() * Lanes.COUNT);
                clearPadding(share, memory.gated, (first + row) * packed.padded);
            }
        }
    }

    private void resetAfter(Share share, int row, int count, int turn, MemorySegment gx, int gxRow, float[] y, int y0,
            int yStride) {
        long gx0 = placeOf(packed.fromInput, share, gxRow);
        long gh = placeOf(packed.fromState, share, row);
        int h = stateOf(share, row);
        if (!packed.fusesGates) {
            GatePasses.resetAfter(packed.activations, count, gx, gx0, memory.gh, gh, memory.h(turn),
                    memory.h(turn + 1), h);
            return;
        }
        GateLoops.resetAndUpdate(count, gx, gx0, memory.gh, gh, Gate.COUNT);
        if (y == null) {
            GateLoops.resetAfter(count, gx, gx0, memory.gh, gh, memory.h(turn), memory.h(turn + 1), h);
        } else {
            GateLoops.resetAfterTwice(count, gx, gx0, memory.gh, gh, memory.h(turn), memory.h(turn + 1), h, y, y0,
                    packed.blocks, yStride);
        }
    }

    /** Returns where in the states those of a share begin in a row. */
    private int stateOf(Share share, int row) {
        return row * packed.paddedState + share.block() * Lanes.COUNT;
    }

    /** The rest of a step whose reset gate comes before the product with the state. */
    void gatesAfterReset(Share share, int first, int rows, int turn, MemorySegment gx, int gxRow) {
        long out = packed.fromGated.outputBytes();
        packed.fromGated.multiply(share.panel(), share.endPanel(), isBackwards(turn), rows, memory.gated,
                first * packed.padded, packed.padded,
                memory.ofGated[share.member()], memory.gn, first * out, out);
        for (int row = 0; row < rows; row++) {
            long rz = placeOf(packed.fromState, share, first + row);
            long n = placeOf(packed.fromGated, share, first + row);
            int h = stateOf(share, first + row);
            GatePasses.candidate(packed.activations, share.blocks(), gx,
                    placeOf(packed.fromInput, share, gxRow + row), memory.gn, n);
            GatePasses.update(share.blocks(), memory.gh, rz, memory.gn, n, memory.h(turn), memory.h(turn + 1),
                    h + updated());
            if (packed.variant == GruVariant.DUAL_STATE) {
                GatePasses.dualOutput(packed.activations, share.blocks(), memory.gh, rz, memory.gn, n, memory.h(turn),
                        memory.h(turn + 1), h);
            }
            clearPadding(share, memory.h(turn + 1), (first + row) * packed.paddedState);
        }
    }

    /** Returns where in the outputs of a matrix those of a share begin in a row. */
    private static long placeOf(PackedMatrix matrix, Share share, int row) {
        return row * matrix.outputBytes() + matrix.placeOf(share.panel());
    }

    /** The next product must not read from the padding an infinity, or what a function with f(0) ≠ 0 made of it. */
    private void clearPadding(Share share, float[] rows, int row0) {
        if (packed.readsPadding && share.endBlock() == packed.blocks) {
            rows[row0 + packed.hiddenSize] = 0;
        }
    }

    /** Returns where in a row of states that one is to which reset and update gate are applied: c, or else h. */
    private int updated() {
        return packed.variant == GruVariant.DUAL_STATE ? packed.padded : 0;
    }
}
