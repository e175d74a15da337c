package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

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
    /** The products with the inputs that tokens stand for, or null without a vocabulary. */
    private final MemorySegment ofTokens;
    private final GruMemory memory;
    private final GruStep step;
    /** Who helps, or null. */
    private final ThreadTeam team;
    private final Share all;
    private final Share[] shares;

    /** The token of a step, for the team. */
    private final int[] oneToken;

    /** The arguments of a call that the team works on. */
    private int batch;
    private int steps;
    /** Features, or else tokens. */
    private float[] x;
    private int[] tokens;
    private boolean[] mask;
    private float[] y;

    /**
     * Allocates everything.
     *
     * @param packed the layer
     * @param ofTokens the products with the inputs that tokens stand for, or null
     * @param vocabularySize how many tokens there are
     * @param maxBatch streams at once, at most
     * @param team who helps, or null
     * @param arena owns the memory outside the heap
     */
    SimdGruRunner(PackedGates packed, MemorySegment ofTokens, int vocabularySize, int maxBatch, ThreadTeam team,
            Arena arena) {
        super(packed.inputSize, packed.hiddenSize, packed.variant.stateSize(packed.hiddenSize), vocabularySize,
                maxBatch);
        this.packed = packed;
        this.ofTokens = ofTokens;
        oneToken = vocabularySize > 0 ? new int[1] : null;
        this.team = team;
        all = packed.shares(1)[0];
        shares = team == null ? null : packed.shares(team.size());
        memory = new GruMemory(packed, maxBatch, team == null ? 1 : team.size(), arena);
        step = new GruStep(packed, memory);
    }

    private void runOnTeam(int ofBatch, int ofSteps, float[] inputs, int[] ofTokens, boolean[] ofMask,
            float[] outputs) {
        batch = ofBatch;
        steps = ofSteps;
        x = inputs;
        tokens = ofTokens;
        mask = ofMask;
        y = outputs;
        try {
            if (!team.tryRun(this)) {
                advance(all, null, batch, steps, x, tokens, mask, y);
            }
        } finally {
            x = null;
            tokens = null;
            mask = null;
            y = null;
        }
    }

    /** The share of a member of the team in the call that is under way. */
    @Override
    public void run(int member) {
        advance(shares[member], team, batch, steps, x, tokens, mask, y);
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
            finishStep(memory.gx, 0);
        } else {
            runOnTeam(1, 1, x, null, null, null);
        }
        memory.turn++;
        memory.writeState(hNext, 1);
    }

    @Override
    protected void runStep(int token, float[] hPrev, float[] hNext) {
        memory.readState(hPrev, hNext, 1);
        if (team == null) {
            step.multiplyStates(all, 0, 1, memory.turn);
            finishStep(ofTokens, token);
        } else {
            oneToken[0] = token;
            runOnTeam(1, 1, null, oneToken, null, null);
        }
        memory.turn++;
        memory.writeState(hNext, 1);
    }

    /** What follows the products of a step of one row, whose products with the inputs are in a row of {@code gx}. */
    private void finishStep(MemorySegment gx, int gxRow) {
        step.gates(all, 0, 1, memory.turn, gx, gxRow, null, 0, 0);
        if (packed.fromGated != null) {
            step.gatesAfterReset(all, 0, 1, memory.turn, gx, gxRow);
        }
    }

    @Override
    protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, float[] y) {
        run(batch, steps, x, null, mask, state, y);
    }

    @Override
    protected void runBatch(int batch, int steps, int[] tokens, boolean[] mask, float[] state, float[] y) {
        run(batch, steps, null, tokens, mask, state, y);
    }

    /** All steps, of features or of tokens; the other is null. */
    private void run(int batch, int steps, float[] x, int[] tokens, boolean[] mask, float[] state, float[] y) {
        memory.readState(state, state, batch);
        if (team == null) {
            advance(all, null, batch, steps, x, tokens, mask, y);
        } else {
            runOnTeam(batch, steps, x, tokens, mask, y);
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
    private void advance(Share share, ThreadTeam others, int batch, int steps, float[] x, int[] tokens,
            boolean[] mask, float[] y) {
        int chunk = tokens != null ? 1 : Math.max(1, packed.chunkRows / batch);
        // The products of a single row's tokens are read where they are.
        boolean inPlace = tokens != null && batch == 1;
        MemorySegment gx = inPlace ? ofTokens : memory.gx;
        // Without padding a vector of the new state is one of the output.
        boolean gatesWriteOutputs = y != null && packed.fusesGates && share.blocks() == packed.blocks
                && packed.padded == packed.hiddenSize;
        for (int t = 0; t < steps; t++) {
            int inChunk = t % chunk;
            if (tokens == null && inChunk == 0) {
                multiplyInputs(share, batch, steps, t, Math.min(chunk, steps - t), x);
            } else if (tokens != null && !inPlace) {
                lookUpInputs(share, batch, steps, t, tokens);
            }
            int gxRow = inPlace ? tokens[t] : inChunk * batch;
            int turn = memory.turn + t;
            for (int row = nextUnmasked(mask, batch, steps, t, 0); row < batch;) {
                int end = endOfUnmasked(mask, batch, steps, t, row);
                step.multiplyStates(share, row, end - row, turn);
                step.gates(share, row, end - row, turn, gx, gxRow + row, gatesWriteOutputs ? y : null,
                        (row * steps + t) * packed.hiddenSize, steps * packed.hiddenSize);
                row = nextUnmasked(mask, batch, steps, t, end);
            }
            if (packed.fromGated != null) {
                meet(others, share);
                for (int row = nextUnmasked(mask, batch, steps, t, 0); row < batch;) {
                    int end = endOfUnmasked(mask, batch, steps, t, row);
                    step.gatesAfterReset(share, row, end - row, turn, gx, gxRow + row);
                    row = nextUnmasked(mask, batch, steps, t, end);
                }
            }
            if (mask != null || !gatesWriteOutputs) {
                finishStep(share, batch, steps, t, mask, y, gatesWriteOutputs);
            }
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

    /**
     * Keeps the states of rows whose step is masked, and writes the outputs of all, if they are wanted and not
     * {@code written} for the others already.
     */
    @SuppressWarnings("ReferenceEquality") // identity is the question
    private void finishStep(Share share, int batch, int steps, int t, boolean[] mask, float[] y, boolean written) {
        float[] h = memory.h(memory.turn + t);
        float[] hNext = memory.h(memory.turn + t + 1);
        int unit = share.block() * Lanes.COUNT;
        int units = share.blocks() * Lanes.COUNT;
        for (int row = 0; row < batch; row++) {
            boolean masked = mask != null && !mask[row * steps + t];
            if (masked && h != hNext) {
                for (int part = row * packed.paddedState; part < (row + 1)
                        * packed.paddedState; part += packed.padded) {
                    System.arraycopy(h, part + unit, hNext, part + unit, units);
                }
            }
            if (y != null && (masked || !written)) {
                System.arraycopy(hNext, row * packed.paddedState + unit, y,
                        (row * steps + t) * packed.hiddenSize + unit,
                        Math.min(units, packed.hiddenSize - unit));
            }
        }
    }

    /** Collects the products with the inputs that the tokens of a step stand for. */
    private void lookUpInputs(Share share, int batch, int steps, int t, int[] tokens) {
        long out = packed.fromInput.outputBytes();
        long from = packed.fromInput.placeOf(share.panel());
        long bytes = packed.fromInput.placeOf(share.endPanel()) - from;
        for (int row = 0; row < batch; row++) {
            MemorySegment.copy(ofTokens, tokens[row * steps + t] * out + from, memory.gx, row * out + from, bytes);
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
