package dev.gru.simd;

import java.lang.foreign.Arena;

import dev.gru.kernel.GruRunner;
import dev.gru.kernel.ThreadTeam;
import dev.gru.simd.PackedGates.Share;
import dev.gru.simd.loops.Lanes;

/**
 * Runs a GRU layer of {@link SimdGruKernel}, on one thread or a team.
 *
 * <p>The products with the inputs do not depend on the state, so a sequence computes them for many steps at once. What
 * is left of a step is {@link GruStep}.
 *
 * <p>Every other step goes backwards, over the panels from the last to the first. The weights that the step before read
 * last are then read first, and are still in the cache: of weights larger than a level of the cache, the part that fits
 * is not fetched again. The order of panels changes nothing in the bits.
 */
final class SimdGruRunner extends GruRunner implements ThreadTeam.Task {
    private final PackedGates packed;
    private final GruMemory memory;
    private final GruStep step;
    /** Who helps, or null. */
    private final ThreadTeam team;
    private final Share all;
    private final Share[] shares;

    /** The arguments of a call that the team works on. */
    private int batch;
    private int steps;
    private float[] x;
    private boolean[] mask;
    private float[] y;

    /**
     * Allocates everything.
     *
     * @param packed the layer
     * @param maxBatch streams at once, at most
     * @param team who helps, or null
     * @param arena owns the memory outside the heap
     */
    SimdGruRunner(PackedGates packed, int maxBatch, ThreadTeam team, Arena arena) {
        super(packed.inputSize, packed.hiddenSize, packed.variant.stateSize(packed.hiddenSize), maxBatch);
        this.packed = packed;
        this.team = team;
        all = packed.shares(1)[0];
        shares = team == null ? null : packed.shares(team.size());
        memory = new GruMemory(packed, maxBatch, team == null ? 1 : team.size(), arena);
        step = new GruStep(packed, memory);
    }

    private void runOnTeam(int ofBatch, int ofSteps, float[] inputs, boolean[] ofMask, float[] outputs) {
        batch = ofBatch;
        steps = ofSteps;
        x = inputs;
        mask = ofMask;
        y = outputs;
        try {
            if (!team.tryRun(this)) {
                advance(all, null, batch, steps, x, mask, y);
            }
        } finally {
            x = null;
            mask = null;
            y = null;
        }
    }

    /** The share of a member of the team in the call that is under way. */
    @Override
    public void run(int member) {
        advance(shares[member], team, batch, steps, x, mask, y);
    }

    @Override
    protected void runStep(float[] x, float[] hPrev, float[] hNext) {
        memory.readState(hPrev, hNext, 1);
        if (team == null) {
            boolean backwards = step.isBackwards(memory.turn);
            // The two products change places for the same reason as the panels.
            if (backwards) {
                step.multiplyStates(all, 0, 1, memory.turn);
            }
            packed.fromInput.multiply(all.panel(), all.endPanel(), backwards, 1, x, 0, packed.inputSize,
                    memory.ofInput[0], memory.gx, 0, 0);
            if (!backwards) {
                step.multiplyStates(all, 0, 1, memory.turn);
            }
            step.gates(all, 0, 1, memory.turn, 0, null, 0, 0);
            if (packed.fromGated != null) {
                step.gatesAfterReset(all, 0, 1, memory.turn, 0);
            }
        } else {
            runOnTeam(1, 1, x, null, null);
        }
        memory.turn++;
        memory.writeState(hNext, 1);
    }

    @Override
    protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, float[] y) {
        memory.readState(state, state, batch);
        if (team == null) {
            advance(all, null, batch, steps, x, mask, y);
        } else {
            runOnTeam(batch, steps, x, mask, y);
        }
        memory.turn += steps;
        memory.writeState(state, batch);
    }

    /**
     * All steps for a share of the units.
     *
     * @param others the team that works on the other shares, whose members meet before one needs the results of
     *     another; or null
     */
    private void advance(Share share, ThreadTeam others, int batch, int steps, float[] x, boolean[] mask, float[] y) {
        int chunk = Math.max(1, packed.chunkRows / batch);
        // Without padding and masks a vector of the new state is one of the output.
        boolean gatesWriteOutputs = y != null && mask == null && packed.fusesGates && share.blocks() == packed.blocks
                && packed.padded == packed.hiddenSize;
        for (int t = 0; t < steps; t++) {
            int inChunk = t % chunk;
            if (inChunk == 0) {
                multiplyInputs(share, batch, steps, t, Math.min(chunk, steps - t), x);
            }
            int turn = memory.turn + t;
            for (int row = nextUnmasked(mask, batch, steps, t, 0); row < batch;) {
                int end = endOfUnmasked(mask, batch, steps, t, row);
                step.multiplyStates(share, row, end - row, turn);
                step.gates(share, row, end - row, turn, inChunk * batch + row, gatesWriteOutputs ? y : null,
                        (row * steps + t) * packed.hiddenSize, steps * packed.hiddenSize);
                row = nextUnmasked(mask, batch, steps, t, end);
            }
            if (packed.fromGated != null) {
                meet(others, share);
                for (int row = nextUnmasked(mask, batch, steps, t, 0); row < batch;) {
                    int end = endOfUnmasked(mask, batch, steps, t, row);
                    step.gatesAfterReset(share, row, end - row, turn, inChunk * batch + row);
                    row = nextUnmasked(mask, batch, steps, t, end);
                }
            }
            finishStep(share, batch, steps, t, mask, gatesWriteOutputs ? null : y);
            meet(others, share);
        }
    }

    private static void meet(ThreadTeam others, Share share) {
        if (others != null) {
            others.await(share.member());
        }
    }

    /** Returns the next row from {@code row} on whose step is not masked, or the batch if there is none. */
    private static int nextUnmasked(boolean[] mask, int batch, int steps, int t, int row) {
        int next = row;
        while (next < batch && mask != null && !mask[next * steps + t]) {
            next++;
        }
        return next;
    }

    /** Returns the end of the run of rows that begins with {@code row} whose steps are not masked. */
    private static int endOfUnmasked(boolean[] mask, int batch, int steps, int t, int row) {
        int end = row;
        while (end < batch && (mask == null || mask[end * steps + t])) {
            end++;
        }
        return end;
    }

    /** Keeps the states of rows whose step is masked, and writes the outputs of all, if they are wanted. */
    private void finishStep(Share share, int batch, int steps, int t, boolean[] mask, float[] y) {
        float[] h = memory.h(memory.turn + t);
        float[] hNext = memory.h(memory.turn + t + 1);
        int unit = share.block() * Lanes.COUNT;
        int units = share.blocks() * Lanes.COUNT;
        for (int row = 0; row < batch; row++) {
            if (mask != null && !mask[row * steps + t]) {
                for (int part = row * packed.paddedState; part < (row + 1)
                        * packed.paddedState; part += packed.padded) {
                    System.arraycopy(h, part + unit, hNext, part + unit, units);
                }
            }
            if (y != null) {
                System.arraycopy(hNext, row * packed.paddedState + unit, y,
                        (row * steps + t) * packed.hiddenSize + unit,
                        Math.min(units, packed.hiddenSize - unit));
            }
        }
    }

    /** Multiplies the inputs of {@code count} steps, by row or by step, whichever has more of them to do at once. */
    private void multiplyInputs(Share share, int batch, int steps, int from, int count, float[] x) {
        long out = packed.fromInput.outputBytes();
        if (count >= batch) {
            for (int row = 0; row < batch; row++) {
                packed.fromInput.multiply(share.panel(), share.endPanel(), false, count, x,
                        (row * steps + from) * packed.inputSize,
                        packed.inputSize, memory.ofInput[share.member()], memory.gx, row * out, batch * out);
            }
        } else {
            for (int t = 0; t < count; t++) {
                packed.fromInput.multiply(share.panel(), share.endPanel(), false, batch, x,
                        (from + t) * packed.inputSize,
                        steps * packed.inputSize, memory.ofInput[share.member()], memory.gx, (long) t * batch * out,
                        out);
            }
        }
    }
}
