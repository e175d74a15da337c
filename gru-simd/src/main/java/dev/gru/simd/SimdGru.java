package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.gru.kernel.Gate;
import dev.gru.kernel.GruVariant;
import dev.gru.kernel.GruWeights;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.Precision;
import dev.gru.kernel.Workspace;

/**
 * A GRU layer as {@link SimdGruKernel} runs it.
 *
 * <p>Units are cut into panels of one or more blocks, a block being as many units as a vector has lanes; the packed
 * matrices have a panel for each, with the gates of a block side by side. A step goes panel by panel: the products, then
 * the gates while their sums are still near and while the next panel's weights are on their way.
 *
 * <p>The products with the inputs do not depend on the state, so a sequence does them for many steps at once. Where the
 * reset gate comes before the product with the state, all of r must be known before n: such a step has two passes.
 *
 * <p>Every other step takes the panels from the last to the first. What the step before read last is then what is read
 * first, and it is still in the cache: of weights larger than a level, the part that fits is not read again from the next
 * one. The order of panels changes nothing in the bits.
 */
final class SimdGru extends PackedGru {
    /** Blocks of a panel, three gates each: six or twelve sums, enough to hide the latency of a multiply-add. */
    private static final int PANEL_BLOCKS = Lanes.BYTES == 64 ? 2 : 4;

    /**
     * Rows of inputs of several steps that are multiplied at once: enough to fill tiles, few enough that what comes out
     * stays in cache until it is used.
     */
    private static final int CHUNK = 16;

    private final int padded;
    private final int paddedState;
    /** Of each panel: how many blocks, and the first of them. */
    private final int[] blocks;
    private final int[] firstBlocks;

    /** From the inputs to r, z, n. */
    private final PackedMatrix fromInput;
    /** From the state to r, z, n; only r, z where the reset gate comes before the product. */
    private final PackedMatrix fromState;
    /** From the state that the reset gate has passed to n; null where it comes after the product. */
    private final PackedMatrix fromGated;

    SimdGru(GruWeights weights, Precision precision, Arena arena) {
        super(weights);
        padded = Lanes.padded(hiddenSize());
        paddedState = variant().stateSize(padded);
        blocks = cut(Lanes.vectors(hiddenSize()));
        firstBlocks = new int[blocks.length];
        for (int p = 1; p < blocks.length; p++) {
            firstBlocks[p] = firstBlocks[p - 1] + blocks[p - 1];
        }
        fromInput = new PackedMatrix(widths(3), inputSize(), precision, new FromInput(weights), arena);
        if (variant() == GruVariant.RESET_AFTER) {
            fromState = new PackedMatrix(widths(3), hiddenSize(), precision,
                    new FromState(weights, Gate.RESET, Gate.UPDATE, Gate.NEW), arena);
            fromGated = null;
        } else {
            fromState = new PackedMatrix(widths(2), hiddenSize(), precision,
                    new FromState(weights, Gate.RESET, Gate.UPDATE), arena);
            fromGated = new PackedMatrix(widths(1), hiddenSize(), precision, new FromState(weights, Gate.NEW), arena);
        }
    }

    /** Cuts blocks into panels, so that the last is not a narrow one, which would wait for each multiply-add. */
    private static int[] cut(int blocks) {
        List<Integer> panels = new ArrayList<>();
        for (int left = blocks; left > 0; left -= panels.getLast()) {
            panels.add(left <= Math.max(PANEL_BLOCKS, 3)
                    ? left
                    : left == PANEL_BLOCKS + 1 ? (left + 1) / 2 : PANEL_BLOCKS);
        }
        return panels.stream().mapToInt(Integer::intValue).toArray();
    }

    private int[] widths(int gates) {
        return IntStream.of(blocks).map(count -> count * gates).toArray();
    }

    /** All memory that a call writes: rows of whole vectors, one row a stream. */
    private static final class Scratch extends Workspace {
        /** What the inputs give to the gates: panel by panel, in it step by step, in it row by row. */
        final MemorySegment gx;
        /** What the states give to the gates: panel by panel, in it row by row. */
        final MemorySegment gh;
        /** The states that the reset gate has passed, and what they give to n. */
        final float[] gated;
        final MemorySegment gn;
        /** The states before the step and after it; they change places with each step. */
        float[] h;
        float[] hNext;
        /** Whether the next step takes the panels from the last to the first. */
        boolean backwards;
        /** Rows of {@code gx}, and the inputs of the step if they have not been multiplied into it yet. */
        int gxRows;
        float[] x;

        Scratch(SimdGru owner, int maxBatch) {
            super(owner, maxBatch);
            gx = owner.fromInput.newOutputs(Math.max(maxBatch, CHUNK));
            gh = owner.fromState.newOutputs(maxBatch);
            gated = new float[owner.fromGated == null ? 0 : Math.multiplyExact(maxBatch, owner.padded)];
            gn = owner.fromGated == null ? null : owner.fromGated.newOutputs(maxBatch);
            h = new float[Math.multiplyExact(maxBatch, owner.paddedState)];
            hNext = new float[h.length];
        }

        void take(float[] inputs, int rows) {
            x = inputs;
            gxRows = rows;
        }

        /** After a step. */
        void turn() {
            float[] before = h;
            h = hNext;
            hNext = before;
            backwards = !backwards;
        }
    }

    /** Returns how many steps of a batch make a chunk: no more rows than {@link #CHUNK}, unless one step has more. */
    private static int chunk(int batch) {
        return Math.max(1, CHUNK / batch);
    }

    @Override
    public Workspace newWorkspace(int maxBatch) {
        return new Scratch(this, maxBatch);
    }

    @Override
    protected void runStep(float[] x, float[] hPrev, Workspace workspace, float[] hNext) {
        Scratch s = (Scratch) workspace;
        readState(hPrev, 1, s);
        s.take(x, 1);
        advance(0, 1, s, 0);
        s.turn();
        writeState(hNext, 1, s);
    }

    @Override
    protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, Workspace workspace,
            float[] y) {
        Scratch s = (Scratch) workspace;
        readState(state, batch, s);
        int chunk = chunk(batch);
        for (int from = 0; from < steps; from += chunk) {
            int count = Math.min(chunk, steps - from);
            s.take(null, batch * count);
            multiplyInputs(batch, steps, from, count, x, s);
            for (int t = 0; t < count; t++) {
                advanceKept(batch, steps, from + t, mask, s, t * batch);
                s.turn();
                if (y != null) {
                    for (int row = 0; row < batch; row++) {
                        System.arraycopy(s.h, row * paddedState, y, (row * steps + from + t) * hiddenSize(),
                                hiddenSize());
                    }
                }
            }
        }
        writeState(state, batch, s);
    }

    /** Multiplies the inputs of {@code count} steps, by row or by step, whichever has more of them to do at once. */
    private void multiplyInputs(int batch, int steps, int from, int count, float[] x, Scratch s) {
        for (int p = 0; p < blocks.length; p++) {
            long out = fromInput.panelBytes(p);
            long gx0 = fromInput.panelOffset(p, s.gxRows);
            if (count >= batch) {
                for (int row = 0; row < batch; row++) {
                    fromInput.multiplyPanel(p, count, x, (row * steps + from) * inputSize(), inputSize(), s.gx,
                            gx0 + row * out, batch * out);
                }
            } else {
                for (int t = 0; t < count; t++) {
                    fromInput.multiplyPanel(p, batch, x, (from + t) * inputSize(), steps * inputSize(), s.gx,
                            gx0 + (long) t * batch * out, out);
                }
            }
        }
    }

    /** One step of the rows that the mask keeps, in runs of neighbours; the states of the others stay. */
    private void advanceKept(int batch, int steps, int t, boolean[] mask, Scratch s, int gxRow) {
        int row = 0;
        while (row < batch) {
            int first = row;
            while (row < batch && (mask == null || mask[row * steps + t])) {
                row++;
            }
            if (row > first) {
                advance(first, row - first, s, gxRow + first);
            } else {
                System.arraycopy(s.h, row * paddedState, s.hNext, row * paddedState, paddedState);
                row++;
            }
        }
    }

    /** One step of neighbouring rows; the first of them is row {@code gxRow} of {@code gx}. */
    private void advance(int first, int rows, Scratch s, int gxRow) {
        for (int i = 0; i < blocks.length; i++) {
            int p = panel(i, s);
            multiply(p, first, rows, s, gxRow);
            if (variant() == GruVariant.RESET_AFTER) {
                resetAfter(p, first, rows, s, gxRow);
            } else {
                resetAndUpdate(p, first, rows, s, gxRow);
            }
        }
        for (int i = 0; fromGated != null && i < blocks.length; i++) {
            candidateAndUpdate(panel(i, s), first, rows, s, gxRow);
        }
    }

    private int panel(int i, Scratch s) {
        return s.backwards ? blocks.length - 1 - i : i;
    }

    /** The products of a panel: with the state, and with the input if that is not done yet. */
    private void multiply(int p, int first, int rows, Scratch s, int gxRow) {
        if (s.x != null && !s.backwards) {
            fromInput.multiplyPanel(p, rows, s.x, 0, inputSize(), s.gx, gx(p, s, gxRow), fromInput.panelBytes(p));
        }
        fromState.multiplyPanel(p, rows, s.h, first * paddedState, paddedState, s.gh, at(fromState, p, first, s),
                fromState.panelBytes(p));
        if (s.x != null && s.backwards) {
            fromInput.multiplyPanel(p, rows, s.x, 0, inputSize(), s.gx, gx(p, s, gxRow), fromInput.panelBytes(p));
        }
    }

    private void resetAfter(int p, int first, int rows, Scratch s, int gxRow) {
        for (int row = 0; row < rows; row++) {
            GateLoops.resetAfter(blocks[p], s.gx, gx(p, s, gxRow + row), s.gh, at(fromState, p, first + row, s), s.h,
                    s.hNext, state(p, first + row));
        }
    }

    private void resetAndUpdate(int p, int first, int rows, Scratch s, int gxRow) {
        for (int row = 0; row < rows; row++) {
            long rz = at(fromState, p, first + row, s);
            GatePasses.resetAndUpdate(blocks[p], s.gx, gx(p, s, gxRow + row), s.gh, rz);
            GatePasses.pass(blocks[p], s.gh, rz, s.h, passed(p, first + row), s.gated,
                    (first + row) * padded + firstBlocks[p] * Lanes.COUNT);
        }
    }

    private void candidateAndUpdate(int p, int first, int rows, Scratch s, int gxRow) {
        fromGated.multiplyPanel(p, rows, s.gated, first * padded, padded, s.gn, at(fromGated, p, first, s),
                fromGated.panelBytes(p));
        for (int row = 0; row < rows; row++) {
            long rz = at(fromState, p, first + row, s);
            long n = at(fromGated, p, first + row, s);
            GatePasses.candidate(blocks[p], s.gx, gx(p, s, gxRow + row), s.gn, n);
            GatePasses.update(blocks[p], s.gh, rz, s.gn, n, s.h, s.hNext, passed(p, first + row));
            if (variant() == GruVariant.DUAL_STATE) {
                GatePasses.dualOutput(blocks[p], s.gh, rz, s.gn, n, s.h, s.hNext, state(p, first + row));
            }
        }
    }

    /** Where in {@code gx} the sums of a panel for a row are. */
    private long gx(int p, Scratch s, int gxRow) {
        return fromInput.panelOffset(p, s.gxRows) + gxRow * fromInput.panelBytes(p);
    }

    /** Where the sums that a matrix gives to a panel for a row of the batch are. */
    private static long at(PackedMatrix matrix, int p, int row, Scratch s) {
        return matrix.panelOffset(p, s.maxBatch()) + row * matrix.panelBytes(p);
    }

    /** Where in the states the h of a panel for a row is. */
    private int state(int p, int row) {
        return row * paddedState + firstBlocks[p] * Lanes.COUNT;
    }

    /** Where in the states that is what the reset gate passes and the update gate mixes with n: c if there is one, or h. */
    private int passed(int p, int row) {
        return state(p, row) + (variant() == GruVariant.DUAL_STATE ? padded : 0);
    }

    private void readState(float[] state, int rows, Scratch s) {
        for (int part = 0; part < rows * (paddedState / padded); part++) {
            System.arraycopy(state, part * hiddenSize(), s.h, part * padded, hiddenSize());
        }
    }

    private void writeState(float[] state, int rows, Scratch s) {
        for (int part = 0; part < rows * (paddedState / padded); part++) {
            System.arraycopy(s.h, part * padded, state, part * hiddenSize(), hiddenSize());
        }
    }

    /** Which gate of which unit an output of a packed matrix is: gates interleaved by blocks of one vector of units. */
    private abstract static class Interleaved implements PackedMatrix.Source {
        final GruWeights weights;
        private final Gate[] gates;

        Interleaved(GruWeights weights, Gate... gates) {
            this.weights = weights;
            this.gates = gates;
        }

        Gate gate(int output) {
            return gates[output / Lanes.COUNT % gates.length];
        }

        int unit(int output) {
            return output / Lanes.COUNT / gates.length * Lanes.COUNT + output % Lanes.COUNT;
        }

        boolean isPadding(int output) {
            return unit(output) >= weights.hiddenSize();
        }
    }

    private static final class FromInput extends Interleaved {
        FromInput(GruWeights weights) {
            super(weights, Gate.RESET, Gate.UPDATE, Gate.NEW);
        }

        @Override
        public float bias(int output) {
            return isPadding(output) ? 0 : weights.biasIh(gate(output), unit(output));
        }

        @Override
        public float weight(int output, int input) {
            return isPadding(output) ? 0 : weights.weightIh(gate(output), unit(output), input);
        }
    }

    private static final class FromState extends Interleaved {
        FromState(GruWeights weights, Gate... gates) {
            super(weights, gates);
        }

        @Override
        public float bias(int output) {
            return isPadding(output) ? 0 : weights.biasHh(gate(output), unit(output));
        }

        @Override
        public float weight(int output, int input) {
            return isPadding(output) ? 0 : weights.weightHh(gate(output), unit(output), input);
        }
    }
}
