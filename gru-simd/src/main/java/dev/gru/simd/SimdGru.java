package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import dev.gru.kernel.Gate;
import dev.gru.kernel.GruVariant;
import dev.gru.kernel.GruWeights;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.Workspace;

/**
 * A GRU layer as {@link SimdGruKernel} runs it.
 *
 * <p>The products with the inputs do not depend on the state, so a sequence does them for many steps at once. What is
 * left of a step is one product with the states (two, where the reset gate comes before the product) and the gates.
 */
final class SimdGru extends PackedGru {
    /** Steps of a sequence whose inputs are multiplied at once: enough to fill tiles, few enough to stay in cache. */
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

    SimdGru(GruWeights weights, Arena arena) {
        super(weights);
        blocks = Lanes.vectors(hiddenSize());
        padded = Lanes.padded(hiddenSize());
        paddedState = variant().stateSize(padded);
        fromInput = new PackedMatrix(Math.multiplyExact(blocks, Gate.COUNT), inputSize(),
                new FromInput(weights), arena);
        if (variant() == GruVariant.RESET_AFTER) {
            fromState = new PackedMatrix(blocks * 3, hiddenSize(),
                    new FromState(weights, Gate.RESET, Gate.UPDATE, Gate.NEW), arena);
            fromGated = null;
        } else {
            fromState = new PackedMatrix(blocks * 2, hiddenSize(),
                    new FromState(weights, Gate.RESET, Gate.UPDATE), arena);
            fromGated = new PackedMatrix(blocks, hiddenSize(), new FromState(weights, Gate.NEW), arena);
        }
    }

    /** All memory that a call writes: rows of whole vectors, one row a stream. */
    private static final class Scratch extends Workspace {
        /** What the inputs give to the gates, for the steps of a chunk: step by step, and row by row in a step. */
        final MemorySegment gx;
        /** What the states give to the gates. */
        final MemorySegment gh;
        /** The states that the reset gate has passed, and what they give to n. */
        final float[] gated;
        final MemorySegment gn;
        final float[] state;

        Scratch(SimdGru owner, int maxBatch) {
            super(owner, maxBatch);
            gx = owner.fromInput.newOutputs(Math.multiplyExact(maxBatch, CHUNK));
            gh = owner.fromState.newOutputs(maxBatch);
            gated = new float[owner.fromGated == null ? 0 : Math.multiplyExact(maxBatch, owner.padded)];
            gn = owner.fromGated == null ? null : owner.fromGated.newOutputs(maxBatch);
            state = new float[Math.multiplyExact(maxBatch, owner.paddedState)];
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
        fromInput.multiply(1, x, 0, inputSize(), s.gx, 0, fromInput.outputBytes());
        advance(0, 1, s, 0);
        writeState(hNext, 1, s);
    }

    @Override
    protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, Workspace workspace,
            float[] y) {
        Scratch s = (Scratch) workspace;
        readState(state, batch, s);
        for (int from = 0; from < steps; from += CHUNK) {
            int count = Math.min(CHUNK, steps - from);
            multiplyInputs(batch, steps, from, count, x, s);
            for (int t = 0; t < count; t++) {
                advanceKept(batch, steps, from + t, mask, s, (long) t * batch * fromInput.outputBytes());
                if (y != null) {
                    for (int row = 0; row < batch; row++) {
                        System.arraycopy(s.state, row * paddedState, y, (row * steps + from + t) * hiddenSize(),
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
                fromInput.multiply(count, x, (row * steps + from) * inputSize(), inputSize(), s.gx, row * out,
                        batch * out);
            }
        } else {
            for (int t = 0; t < count; t++) {
                fromInput.multiply(batch, x, (from + t) * inputSize(), steps * inputSize(), s.gx,
                        (long) t * batch * out, out);
            }
        }
    }

    /** One step of the rows that the mask keeps, in runs of neighbours. */
    private void advanceKept(int batch, int steps, int t, boolean[] mask, Scratch s, long gx0) {
        int row = 0;
        while (row < batch) {
            int first = row;
            while (row < batch && (mask == null || mask[row * steps + t])) {
                row++;
            }
            if (row > first) {
                advance(first, row - first, s, gx0);
            } else {
                row++;
            }
        }
    }

    /** One step of neighbouring rows: what the states give, the gates, the next states. */
    private void advance(int first, int rows, Scratch s, long gx0) {
        long in = fromInput.outputBytes();
        long out = fromState.outputBytes();
        int h = first * paddedState;
        fromState.multiply(rows, s.state, h, paddedState, s.gh, 0, out);
        if (variant() == GruVariant.RESET_AFTER) {
            for (int i = 0; i < rows; i++) {
                GateLoops.resetAfter(blocks, s.gx, gx0 + (first + i) * in, s.gh, i * out, s.state, h + i * paddedState);
            }
            return;
        }
        // The new state comes from what the reset gate passes of h, or of c where there is one, and updates the same.
        boolean dual = variant() == GruVariant.DUAL_STATE;
        int updated = dual ? h + padded : h;
        for (int i = 0; i < rows; i++) {
            GateLoops.resetAndUpdate(blocks, s.gx, gx0 + (first + i) * in, s.gh, i * out);
            GateLoops.pass(blocks, s.gh, i * out, s.state, updated + i * paddedState, s.gated, i * padded);
        }
        long outN = fromGated.outputBytes();
        fromGated.multiply(rows, s.gated, 0, padded, s.gn, 0, outN);
        for (int i = 0; i < rows; i++) {
            GateLoops.candidate(blocks, s.gx, gx0 + (first + i) * in, s.gn, i * outN);
            GateLoops.update(blocks, s.gh, i * out, s.gn, i * outN, s.state, updated + i * paddedState);
            if (dual) {
                GateLoops.dualOutput(blocks, s.gh, i * out, s.gn, i * outN, s.state, h + i * paddedState);
            }
        }
    }

    private void readState(float[] state, int rows, Scratch s) {
        for (int part = 0; part < rows * (paddedState / padded); part++) {
            System.arraycopy(state, part * hiddenSize(), s.state, part * padded, hiddenSize());
        }
    }

    private void writeState(float[] state, int rows, Scratch s) {
        for (int part = 0; part < rows * (paddedState / padded); part++) {
            System.arraycopy(s.state, part * padded, state, part * hiddenSize(), hiddenSize());
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
