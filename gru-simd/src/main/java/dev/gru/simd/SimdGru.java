package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import dev.gru.kernel.Gate;
import dev.gru.kernel.GruVariant;
import dev.gru.kernel.GruWeights;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.Precision;
import dev.gru.kernel.Workspace;

/**
 * A GRU layer as {@link SimdGruKernel} runs it.
 *
 * <p>A block is as many units as a vector has lanes. The products put out, for each block, the gates side by side: a
 * vector of r, one of z and one of n. One or more blocks make a panel of the packed matrices, and the same blocks make a
 * panel of each of them.
 *
 * <p>The products with the inputs do not depend on the state, so a sequence does them for many steps at once. What is
 * left of a step is the product with the states (two, where the reset gate comes before the product) and the gates.
 *
 * <p>Every other step goes backwards, over the panels from the last to the first. What the step before read last is then
 * read first, and it is still in the cache: of weights larger than a level of the cache, what fits is not fetched again.
 * The order of panels changes nothing in the bits.
 */
final class SimdGru extends PackedGru {
    /** So many blocks or fewer are one panel. */
    private static final int ONE_PANEL_BLOCKS = 3;

    /** Layers whose packed weights are not larger stay in the first level of the cache anyway. */
    private static final long FIRST_LEVEL_BYTES = 32 << 10;

    /** Rows of inputs that are multiplied at once: enough to fill tiles, and what comes out stays in cache until used. */
    private static final int CHUNK = 16;

    private final int blocks;
    private final int padded;
    private final int paddedState;

    /** From the inputs to r, z, n. */
    private final PackedMatrix fromInput;
    /** From the state to r, z, n; only r, z where the reset gate comes before the product. */
    private final PackedMatrix fromState;
    /** From the state that the reset gate has passed to n; null where it comes after the product. */
    private final PackedMatrix fromGated;
    /** Whether every other step goes backwards. */
    private final boolean reverses;
    /** Whether a product with the state reads one element of its padding, which must be 0. */
    private final boolean readsPadding;

    SimdGru(GruWeights weights, Precision precision, Arena arena) {
        super(weights);
        blocks = Lanes.vectors(hiddenSize());
        padded = Lanes.padded(hiddenSize());
        paddedState = variant().stateSize(padded);
        fromInput = new PackedMatrix(panels(3, precision), inputSize(), precision, new FromInput(weights), arena);
        if (variant() == GruVariant.RESET_AFTER) {
            fromState = new PackedMatrix(panels(3, precision), hiddenSize(), precision,
                    new FromState(weights, Gate.RESET, Gate.UPDATE, Gate.NEW), arena);
            fromGated = null;
        } else {
            fromState = new PackedMatrix(panels(2, precision), hiddenSize(), precision,
                    new FromState(weights, Gate.RESET, Gate.UPDATE), arena);
            fromGated = new PackedMatrix(panels(1, precision), hiddenSize(), precision,
                    new FromState(weights, Gate.NEW), arena);
        }
        readsPadding = fromState.padsInputs();
        reverses = fromInput.bytes() + fromState.bytes() > FIRST_LEVEL_BYTES;
    }

    /**
     * Cuts the blocks into panels, of {@code gates} vectors a block: at least two, so that going backwards saves
     * something, but none so narrow that its few sums wait for each multiply-add.
     */
    private int[] panels(int gates, Precision precision) {
        // The same for all matrices of the layer, so that the same blocks are a panel in each.
        int most = PackedMatrix.maxWidth(precision) / Gate.COUNT;
        if (blocks > ONE_PANEL_BLOCKS) {
            most = Math.min(most, Math.ceilDiv(blocks, 2));
        }
        int count = Math.ceilDiv(blocks, most);
        int[] widths = new int[count];
        for (int p = 0; p < count; p++) {
            // Alike within one block.
            widths[p] = gates * (blocks * (p + 1) / count - blocks * p / count);
        }
        return widths;
    }

    /** All memory that a call writes: rows of whole vectors, one row a stream. */
    private static final class Scratch extends Workspace {
        /** Copies of inputs, if they need padding. */
        final float[] x;
        /** What the inputs give to the gates, for the steps of a chunk: step by step, and row by row in a step. */
        final MemorySegment gx;
        /** What the states give to the gates. */
        final MemorySegment gh;
        /** The states that the reset gate has passed, and what they give to n. */
        final float[] gated;
        final MemorySegment gn;
        /** The states before a step and after it; they change places with each step. */
        float[] h;
        float[] hNext;
        /** Whether the next step goes backwards. */
        boolean backwards;

        Scratch(SimdGru owner, int maxBatch) {
            super(owner, maxBatch);
            int rows = Math.max(maxBatch, CHUNK);
            x = owner.fromInput.newInputs(rows);
            gx = owner.fromInput.newOutputs(rows);
            gh = owner.fromState.newOutputs(maxBatch);
            gated = new float[owner.fromGated == null ? 0 : Math.multiplyExact(maxBatch, owner.padded)];
            gn = owner.fromGated == null ? null : owner.fromGated.newOutputs(maxBatch);
            h = new float[Math.multiplyExact(maxBatch, owner.paddedState)];
            hNext = new float[h.length];
        }

        /** After a step. */
        void turn(boolean reverse) {
            float[] before = h;
            h = hNext;
            hNext = before;
            backwards = reverse && !backwards;
        }
    }

    @Override
    public Workspace newWorkspace(int maxBatch) {
        return new Scratch(this, maxBatch);
    }

    @Override
    protected void runStep(float[] x, float[] hPrev, Workspace workspace, float[] hNext) {
        Scratch s = (Scratch) workspace;
        readState(hPrev, 1, s);
        // The two products change places for the same reason as the panels.
        if (s.backwards) {
            multiplyStates(0, 1, s);
        }
        fromInput.multiply(s.x, s.backwards, 1, x, 0, inputSize(), s.gx, 0, 0);
        if (!s.backwards) {
            multiplyStates(0, 1, s);
        }
        advance(0, 1, s, 0);
        s.turn(reverses);
        writeState(hNext, 1, s);
    }

    @Override
    protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, Workspace workspace,
            float[] y) {
        Scratch s = (Scratch) workspace;
        readState(state, batch, s);
        int chunk = Math.max(1, CHUNK / batch);
        for (int from = 0; from < steps; from += chunk) {
            int count = Math.min(chunk, steps - from);
            multiplyInputs(batch, steps, from, count, x, s);
            for (int t = 0; t < count; t++) {
                advanceKept(batch, steps, from + t, mask, s, t * batch);
                s.turn(reverses);
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
        long out = fromInput.outputBytes();
        if (count >= batch) {
            for (int row = 0; row < batch; row++) {
                fromInput.multiply(s.x, false, count, x, (row * steps + from) * inputSize(), inputSize(), s.gx,
                        row * out,
                        batch * out);
            }
        } else {
            for (int t = 0; t < count; t++) {
                fromInput.multiply(s.x, false, batch, x, (from + t) * inputSize(), steps * inputSize(), s.gx,
                        (long) t * batch * out, out);
            }
        }
    }

    private void multiplyStates(int first, int rows, Scratch s) {
        long out = fromState.outputBytes();
        fromState.multiply(s.backwards, rows, s.h, first * paddedState, paddedState, s.gh, first * out, out);
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
                multiplyStates(first, row - first, s);
                advance(first, row - first, s, gxRow + first);
            } else {
                System.arraycopy(s.h, row * paddedState, s.hNext, row * paddedState, paddedState);
                row++;
            }
        }
    }

    /** The gates of neighbouring rows; the first of them is row {@code gxRow} of {@code gx}. */
    private void advance(int first, int rows, Scratch s, int gxRow) {
        for (int row = 0; row < rows; row++) {
            long gx = (gxRow + row) * fromInput.outputBytes();
            long gh = (first + row) * fromState.outputBytes();
            int h = (first + row) * paddedState;
            if (variant() == GruVariant.RESET_AFTER) {
                GateLoops.resetAfter(blocks, s.gx, gx, s.gh, gh, s.h, s.hNext, h);
                clearPadding(s.hNext, h);
            } else {
                GatePasses.resetAndUpdate(blocks, s.gx, gx, s.gh, gh);
                GatePasses.pass(blocks, s.gh, gh, s.h, h + updated(), s.gated, (first + row) * padded);
                clearPadding(s.gated, (first + row) * padded);
            }
        }
        if (fromGated != null) {
            advanceGated(first, rows, s, gxRow);
        }
    }

    /** The rest of a step whose reset gate comes before the product with the state. */
    private void advanceGated(int first, int rows, Scratch s, int gxRow) {
        long out = fromGated.outputBytes();
        fromGated.multiply(s.backwards, rows, s.gated, first * padded, padded, s.gn, first * out, out);
        for (int row = 0; row < rows; row++) {
            long rz = (first + row) * fromState.outputBytes();
            long n = (first + row) * out;
            int h = (first + row) * paddedState;
            GatePasses.candidate(blocks, s.gx, (gxRow + row) * fromInput.outputBytes(), s.gn, n);
            GatePasses.update(blocks, s.gh, rz, s.gn, n, s.h, s.hNext, h + updated());
            if (variant() == GruVariant.DUAL_STATE) {
                GatePasses.dualOutput(blocks, s.gh, rz, s.gn, n, s.h, s.hNext, h);
            }
            clearPadding(s.hNext, h);
        }
    }

    /** What an infinity has made of the padding of a row must not come back by the next product. */
    private void clearPadding(float[] rows, int row0) {
        if (readsPadding) {
            rows[row0 + hiddenSize()] = 0;
        }
    }

    /** Where in a row of states that is what the reset gate passes and the update gate mixes with n: c, or else h. */
    private int updated() {
        return variant() == GruVariant.DUAL_STATE ? padded : 0;
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
