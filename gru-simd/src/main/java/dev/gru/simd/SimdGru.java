package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;

import dev.gru.internal.Shapes;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.Workspace;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

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

    /**
     * Layers whose packed weights are smaller take a step in a few microseconds: not worth a meeting of threads, which
     * takes tenths of one when all come at once, and more when they do not.
     */
    private static final long TEAM_BYTES = 1 << 20;

    /**
     * Rows of inputs that are multiplied at once: the more, the less often their weights push those of the states out of
     * the second level of the cache, as long as what comes out stays there until it is used.
     */
    private static final int MIN_CHUNK = 16;
    private static final int MAX_CHUNK = 128;
    private static final long CHUNK_BYTES = 384 << 10;

    private final int blocks;
    private final int padded;
    private final int paddedState;
    /** Rows of inputs that are multiplied at once. */
    private final int chunkRows;

    /** From the inputs to r, z, n. */
    private final PackedMatrix fromInput;
    /** From the state to r, z, n; only r, z where the reset gate comes before the product. */
    private final PackedMatrix fromState;
    /** From the state that the reset gate has passed to n; null where it comes after the product. */
    private final PackedMatrix fromGated;
    /** Whether {@link GateLoops} has all of the gates. */
    private final boolean fusesGates;
    /** Whether every other step goes backwards. */
    private final boolean reverses;
    /** Whether a product with the state reads one element of its padding, which must be 0. */
    private final boolean readsPadding;

    SimdGru(GruWeights weights, Precision precision, Arena arena) {
        super(weights);
        blocks = Lanes.vectors(hiddenSize());
        padded = Lanes.padded(hiddenSize());
        paddedState = variant().stateSize(padded);
        fromInput = new PackedMatrix(panels(Gate.COUNT, precision), inputSize(), precision,
                InterleavedGates.fromInput(weights), arena);
        if (variant() == GruVariant.RESET_AFTER) {
            fromState = new PackedMatrix(panels(Gate.COUNT, precision), hiddenSize(), precision,
                    InterleavedGates.fromState(weights, Gate.RESET, Gate.UPDATE, Gate.NEW), arena);
            fromGated = null;
        } else {
            fromState = new PackedMatrix(panels(2, precision), hiddenSize(), precision,
                    InterleavedGates.fromState(weights, Gate.RESET, Gate.UPDATE), arena);
            fromGated = new PackedMatrix(panels(1, precision), hiddenSize(), precision,
                    InterleavedGates.fromState(weights, Gate.NEW), arena);
        }
        fusesGates = variant() == GruVariant.RESET_AFTER && activations().areStandard();
        readsPadding = fromState.padsInputs();
        chunkRows = Math.clamp(CHUNK_BYTES / fromInput.outputBytes(), MIN_CHUNK, MAX_CHUNK);
        reverses = bytes() > FIRST_LEVEL_BYTES;
    }

    /** Returns how many bytes the packed weights of all gates take. */
    private long bytes() {
        return fromInput.bytes() + fromState.bytes() + (fromGated == null ? 0 : fromGated.bytes());
    }

    /**
     * Cuts the blocks into panels, of {@code gates} vectors a block: at least two, so that going backwards saves
     * something, but none so narrow that its few sums wait for each multiply-add. In bfloat16 the widest panel is one of
     * two at least, or else the whole of a matrix that stays in the first level of the cache.
     */
    private int[] panels(int gates, Precision precision) {
        // The same for all matrices of the layer, so that the same blocks are a panel in each.
        int most = PackedMatrix.maxWidth(Gate.COUNT * blocks, hiddenSize(), precision) / Gate.COUNT;
        if (precision == Precision.FP32 && blocks > ONE_PANEL_BLOCKS) {
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

    /** The panels that one thread takes, the {@code member}-th, from the first to before the end, and their blocks. */
    private record Share(int member, int panel, int endPanel, int block, int endBlock) {
        int blocks() {
            return endBlock - block;
        }
    }

    /** Returns equal shares of the panels for so many threads; some have none if there are more threads than panels. */
    private Share[] shares(int threads) {
        int panels = fromState.panels();
        Share[] shares = new Share[threads];
        for (int i = 0; i < threads; i++) {
            int panel = panels * i / threads;
            int endPanel = panels * (i + 1) / threads;
            shares[i] = new Share(i, panel, endPanel, fromInput.firstVector(panel) / Gate.COUNT,
                    fromInput.firstVector(endPanel) / Gate.COUNT);
        }
        return shares;
    }

    /**
     * All memory that a call writes, rows of whole vectors, one row a stream; and the arguments of a call that a team
     * shares.
     */
    private static final class Scratch extends Workspace implements ThreadTeam.Task {
        private final SimdGru owner;
        /** Who helps, or null. */
        final ThreadTeam team;
        private final Share all;
        private final Share[] shares;

        /** What products need: each member its own. */
        final PackedMatrix.Scratch[] ofInput;
        final PackedMatrix.Scratch[] ofState;
        final PackedMatrix.Scratch[] ofGated;
        /** What the inputs give to the gates, for the steps of a chunk: step by step, and row by row in a step. */
        final MemorySegment gx;
        /** What the states give to the gates. */
        final MemorySegment gh;
        /** The states that the reset gate has passed, and what they give to n. */
        final float[] gated;
        final MemorySegment gn;
        /**
         * The states before a step and after it; which is which changes with each turn. Null if the caller's are used in
         * place: those of one thread, without padding, of which all gates of a step change each where it is, once no product
         * needs them any more.
         */
        private final float[] evenTurns;
        private final float[] oddTurns;
        /** The caller's states, in place, during a call. */
        private float[] inPlace;
        /** How many steps were made with this memory. */
        int turn;

        private int batch;
        private int steps;
        private float[] x;
        private boolean[] mask;
        private float[] y;

        Scratch(SimdGru owner, int maxBatch, ThreadTeam team, Arena arena) {
            super(owner, maxBatch);
            // Before memory is taken for so many.
            int states = Shapes.requireArray("states of a workspace", maxBatch, owner.paddedState);
            this.owner = owner;
            this.team = team;
            all = owner.shares(1)[0];
            shares = team == null ? null : owner.shares(team.size());
            int rows = Math.max(maxBatch, owner.chunkRows);
            int members = team == null ? 1 : team.size();
            ofInput = scratch(members, owner.fromInput, rows, false, arena);
            ofState = scratch(members, owner.fromState, maxBatch, true, arena);
            ofGated = owner.fromGated == null ? null : scratch(members, owner.fromGated, maxBatch, true, arena);
            gx = owner.fromInput.newOutputs(rows, arena);
            gh = owner.fromState.newOutputs(maxBatch, arena);
            gated = new float[owner.fromGated == null
                    ? 0
                    : Shapes.requireArray("states of a workspace", maxBatch, owner.padded)];
            gn = owner.fromGated == null ? null : owner.fromGated.newOutputs(maxBatch, arena);
            boolean usesCallers = team == null && owner.padded == owner.hiddenSize();
            evenTurns = usesCallers ? null : new float[states];
            oddTurns = usesCallers ? null : new float[states];
        }

        private static PackedMatrix.Scratch[] scratch(int members, PackedMatrix matrix, int rows, boolean padded,
                Arena arena) {
            return Stream.generate(() -> matrix.newScratch(rows, padded, arena)).limit(members)
                    .toArray(PackedMatrix.Scratch[]::new);
        }

        /** Returns the states before a turn; those after it are the states before the next. */
        float[] h(int ofTurn) {
            if (inPlace != null) {
                return inPlace;
            }
            return (ofTurn & 1) == 0 ? evenTurns : oddTurns;
        }

        /** Begins a call with the caller's states, which {@link #writeState} replaces by those in {@code last}. */
        @SuppressWarnings("ReferenceEquality") // identity is the question
        void readState(float[] state, float[] last, int rows) {
            if (evenTurns == null) {
                if (state != last) {
                    System.arraycopy(state, 0, last, 0, rows * owner.stateSize());
                }
                inPlace = last;
                return;
            }
            int parts = rows * (owner.paddedState / owner.padded);
            for (int part = 0; part < parts; part++) {
                System.arraycopy(state, part * owner.hiddenSize(), h(turn), part * owner.padded, owner.hiddenSize());
            }
        }

        /** Ends a call, with its last states in the caller's. */
        void writeState(float[] state, int rows) {
            if (evenTurns == null) {
                inPlace = null;
                return;
            }
            int parts = rows * (owner.paddedState / owner.padded);
            for (int part = 0; part < parts; part++) {
                System.arraycopy(h(turn), part * owner.padded, state, part * owner.hiddenSize(), owner.hiddenSize());
            }
        }

        void runOnTeam(int ofBatch, int ofSteps, float[] inputs, boolean[] ofMask, float[] outputs) {
            batch = ofBatch;
            steps = ofSteps;
            x = inputs;
            mask = ofMask;
            y = outputs;
            try {
                if (!team.tryRun(this)) {
                    owner.advance(all, null, this, batch, steps, x, mask, y);
                }
            } finally {
                x = null;
                mask = null;
                y = null;
            }
        }

        @Override
        public void run(int member) {
            owner.advance(shares[member], team, this, batch, steps, x, mask, y);
        }
    }

    @Override
    public Workspace newWorkspace(int maxBatch) {
        return newWorkspace(maxBatch, null, Arena.ofAuto());
    }

    /** {@inheritDoc} A layer that one thread is through with sooner than two have met does not ask for help. */
    @Override
    public Workspace newWorkspace(int maxBatch, ThreadTeam team, Arena arena) {
        return new Scratch(this, maxBatch, bytes() >= TEAM_BYTES ? team : null, arena);
    }

    @Override
    protected void runStep(float[] x, float[] hPrev, Workspace workspace, float[] hNext) {
        Scratch s = (Scratch) workspace;
        s.readState(hPrev, hNext, 1);
        if (s.team == null) {
            boolean backwards = isBackwards(s.turn);
            // The two products change places for the same reason as the panels.
            if (backwards) {
                multiplyStates(s.all, 0, 1, s, s.turn);
            }
            fromInput.multiply(s.all.panel, s.all.endPanel, backwards, 1, x, 0, inputSize(), s.ofInput[0], s.gx, 0, 0);
            if (!backwards) {
                multiplyStates(s.all, 0, 1, s, s.turn);
            }
            gates(s.all, 0, 1, s, s.turn, 0, null, 0, 0);
            if (fromGated != null) {
                gatesAfterReset(s.all, 0, 1, s, s.turn, 0);
            }
        } else {
            s.runOnTeam(1, 1, x, null, null);
        }
        s.turn++;
        s.writeState(hNext, 1);
    }

    @Override
    protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, Workspace workspace,
            float[] y) {
        Scratch s = (Scratch) workspace;
        s.readState(state, state, batch);
        if (s.team == null) {
            advance(s.all, null, s, batch, steps, x, mask, y);
        } else {
            s.runOnTeam(batch, steps, x, mask, y);
        }
        s.turn += steps;
        s.writeState(state, batch);
    }

    /** All steps for a share of the units; the members of a team meet before one needs what another made. */
    private void advance(Share share, ThreadTeam team, Scratch s, int batch, int steps, float[] x,
            boolean[] mask, float[] y) {
        int chunk = Math.max(1, chunkRows / batch);
        // Without padding and masks a vector of the new state is one of the output.
        boolean gatesPutOut = y != null && mask == null && fusesGates && share.blocks() == blocks
                && padded == hiddenSize();
        for (int t = 0; t < steps; t++) {
            int inChunk = t % chunk;
            if (inChunk == 0) {
                multiplyInputs(share, batch, steps, t, Math.min(chunk, steps - t), x, s);
            }
            int turn = s.turn + t;
            for (int row = nextKept(mask, batch, steps, t, 0); row < batch;) {
                int end = endOfRun(mask, batch, steps, t, row);
                multiplyStates(share, row, end - row, s, turn);
                gates(share, row, end - row, s, turn, inChunk * batch + row, gatesPutOut ? y : null,
                        (row * steps + t) * hiddenSize(), steps * hiddenSize());
                row = nextKept(mask, batch, steps, t, end);
            }
            if (fromGated != null) {
                meet(team, share);
                for (int row = nextKept(mask, batch, steps, t, 0); row < batch;) {
                    int end = endOfRun(mask, batch, steps, t, row);
                    gatesAfterReset(share, row, end - row, s, turn, inChunk * batch + row);
                    row = nextKept(mask, batch, steps, t, end);
                }
            }
            finishStep(share, batch, steps, t, s, mask, gatesPutOut ? null : y);
            meet(team, share);
        }
    }

    private static void meet(ThreadTeam team, Share share) {
        if (team != null) {
            team.await(share.member);
        }
    }

    /** Returns the next row from {@code row} on whose step counts, or the batch if there is none. */
    private static int nextKept(boolean[] mask, int batch, int steps, int t, int row) {
        int next = row;
        while (next < batch && mask != null && !mask[next * steps + t]) {
            next++;
        }
        return next;
    }

    /** Returns the end of the run of rows whose step counts that begins with {@code row}. */
    private static int endOfRun(boolean[] mask, int batch, int steps, int t, int row) {
        int end = row;
        while (end < batch && (mask == null || mask[end * steps + t])) {
            end++;
        }
        return end;
    }

    /** The states of rows whose step does not count stay; all states are put out. */
    private void finishStep(Share share, int batch, int steps, int t, Scratch s, boolean[] mask, float[] y) {
        float[] h = s.h(s.turn + t);
        float[] hNext = s.h(s.turn + t + 1);
        int unit = share.block * Lanes.COUNT;
        int units = share.blocks() * Lanes.COUNT;
        for (int row = 0; row < batch; row++) {
            if (mask != null && !mask[row * steps + t]) {
                for (int part = row * paddedState; part < (row + 1) * paddedState; part += padded) {
                    System.arraycopy(h, part + unit, hNext, part + unit, units);
                }
            }
            if (y != null) {
                System.arraycopy(hNext, row * paddedState + unit, y, (row * steps + t) * hiddenSize() + unit,
                        Math.min(units, hiddenSize() - unit));
            }
        }
    }

    private boolean isBackwards(int turn) {
        return reverses && (turn & 1) != 0;
    }

    /** Multiplies the inputs of {@code count} steps, by row or by step, whichever has more of them to do at once. */
    private void multiplyInputs(Share share, int batch, int steps, int from, int count, float[] x, Scratch s) {
        long out = fromInput.outputBytes();
        if (count >= batch) {
            for (int row = 0; row < batch; row++) {
                fromInput.multiply(share.panel, share.endPanel, false, count, x, (row * steps + from) * inputSize(),
                        inputSize(), s.ofInput[share.member], s.gx, row * out, batch * out);
            }
        } else {
            for (int t = 0; t < count; t++) {
                fromInput.multiply(share.panel, share.endPanel, false, batch, x, (from + t) * inputSize(),
                        steps * inputSize(), s.ofInput[share.member], s.gx, (long) t * batch * out, out);
            }
        }
    }

    private void multiplyStates(Share share, int first, int rows, Scratch s, int turn) {
        long out = fromState.outputBytes();
        fromState.multiply(share.panel, share.endPanel, isBackwards(turn), rows, s.h(turn), first * paddedState,
                paddedState, s.ofState[share.member], s.gh, first * out, out);
    }

    /**
     * The gates of neighbouring rows, as far as they can be known; the first row is row {@code gxRow} of {@code gx}. If
     * {@code y} is given, which is only where {@link GateLoops} has the gates of whole rows without padding, it takes the
     * new states, too, a row every {@code yStride} elements.
     */
    private void gates(Share share, int first, int rows, Scratch s, int turn, int gxRow, float[] y, int y0,
            int yStride) {
        if (variant() == GruVariant.RESET_AFTER && share.blocks() == blocks) {
            // Whole rows lie one behind the other, and are as good as one long row.
            resetAfter(share, first, rows * blocks, s, turn, gxRow, y, y0, yStride);
            for (int row = first; row < first + rows; row++) {
                clearPadding(share, s.h(turn + 1), row * padded);
            }
            return;
        }
        for (int row = 0; row < rows; row++) {
            if (variant() == GruVariant.RESET_AFTER) {
                resetAfter(share, first + row, share.blocks(), s, turn, gxRow + row, null, 0, 0);
                clearPadding(share, s.h(turn + 1), (first + row) * padded);
            } else {
                long gh = placeOf(fromState, share, first + row);
                GatePasses.resetAndUpdate(activations(), share.blocks(), s.gx, placeOf(fromInput, share, gxRow + row),
                        s.gh, gh);
                GatePasses.pass(share.blocks(), s.gh, gh, s.h(turn), stateOf(share, first + row) + updated(), s.gated,
                        (first + row) * padded + share.block * Lanes.COUNT);
                clearPadding(share, s.gated, (first + row) * padded);
            }
        }
    }

    private void resetAfter(Share share, int row, int count, Scratch s, int turn, int gxRow, float[] y, int y0,
            int yStride) {
        long gx = placeOf(fromInput, share, gxRow);
        long gh = placeOf(fromState, share, row);
        int h = stateOf(share, row);
        if (!fusesGates) {
            GatePasses.resetAfter(activations(), count, s.gx, gx, s.gh, gh, s.h(turn), s.h(turn + 1), h);
            return;
        }
        GateLoops.resetAndUpdate(count, s.gx, gx, s.gh, gh, Gate.COUNT);
        if (y == null) {
            GateLoops.resetAfter(count, s.gx, gx, s.gh, gh, s.h(turn), s.h(turn + 1), h);
        } else {
            GateLoops.resetAfterTwice(count, s.gx, gx, s.gh, gh, s.h(turn), s.h(turn + 1), h, y, y0, blocks, yStride);
        }
    }

    /** Returns where in the states those of a share begin in a row. */
    private int stateOf(Share share, int row) {
        return row * paddedState + share.block * Lanes.COUNT;
    }

    /** The rest of a step whose reset gate comes before the product with the state. */
    private void gatesAfterReset(Share share, int first, int rows, Scratch s, int turn, int gxRow) {
        long out = fromGated.outputBytes();
        fromGated.multiply(share.panel, share.endPanel, isBackwards(turn), rows, s.gated, first * padded, padded,
                s.ofGated[share.member], s.gn, first * out, out);
        for (int row = 0; row < rows; row++) {
            long rz = placeOf(fromState, share, first + row);
            long n = placeOf(fromGated, share, first + row);
            int h = stateOf(share, first + row);
            GatePasses.candidate(activations(), share.blocks(), s.gx, placeOf(fromInput, share, gxRow + row), s.gn, n);
            GatePasses.update(share.blocks(), s.gh, rz, s.gn, n, s.h(turn), s.h(turn + 1), h + updated());
            if (variant() == GruVariant.DUAL_STATE) {
                GatePasses.dualOutput(activations(), share.blocks(), s.gh, rz, s.gn, n, s.h(turn), s.h(turn + 1), h);
            }
            clearPadding(share, s.h(turn + 1), (first + row) * paddedState);
        }
    }

    /** Returns where in the outputs of a matrix those of a share begin in a row. */
    private static long placeOf(PackedMatrix matrix, Share share, int row) {
        return row * matrix.outputBytes() + (long) matrix.firstVector(share.panel) * Lanes.BYTES;
    }

    /** What an infinity, or a function with f(0) ≠ 0, made of the padding must not come back by the next product. */
    private void clearPadding(Share share, float[] rows, int row0) {
        if (readsPadding && share.endBlock == blocks) {
            rows[row0 + hiddenSize()] = 0;
        }
    }

    /** Where in a row of states that is what the reset gate passes and the update gate mixes with n: c, or else h. */
    private int updated() {
        return variant() == GruVariant.DUAL_STATE ? padded : 0;
    }
}
