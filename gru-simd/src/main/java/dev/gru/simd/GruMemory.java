package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;

import dev.gru.internal.Shapes;

/**
 * The scratch memory of a GRU layer: products, gates and states, in rows of whole vectors, one row a stream. For one
 * call at a time, whose members each write their own share of the units.
 */
final class GruMemory {
    private final int hiddenSize;
    private final int stateSize;
    private final int padded;
    private final int paddedState;

    /** Scratch of the products: each member of a team has its own. */
    final PackedMatrix.Scratch[] ofInput;
    final PackedMatrix.Scratch[] ofState;
    final PackedMatrix.Scratch[] ofGated;
    /** Products with the inputs, for the steps of a chunk: step by step, and row by row in a step. */
    final MemorySegment gx;
    /** Products with the states, which the gates replace. */
    final MemorySegment gh;
    /** r ⊙ state, and the products with it. */
    final float[] gated;
    final MemorySegment gn;
    /**
     * The states before a step and after it; which is which changes with each turn. Null if the caller's are used in
     * place: those of one thread, without padding, of which all gates of a step change each where it is, once no
     * product needs them any more.
     */
    private final float[] evenTurns;
    private final float[] oddTurns;
    /** The caller's states, in place, during a call. */
    private float[] inPlace;
    /** How many steps were made with this memory. */
    int turn;

    /**
     * Allocates everything.
     *
     * @param gates the layer
     * @param maxBatch streams at once, at most
     * @param members threads that work on a call together
     * @param arena owns the memory outside the heap
     * @throws IllegalArgumentException if arrays do not hold the states of so many
     */
    GruMemory(PackedGates gates, int maxBatch, int members, Arena arena) {
        // Before memory is taken for so many.
        int states = Shapes.requireArray("states of a batch", maxBatch, gates.paddedState);
        hiddenSize = gates.hiddenSize;
        stateSize = gates.variant.stateSize(hiddenSize);
        padded = gates.padded;
        paddedState = gates.paddedState;
        int rows = Math.max(maxBatch, gates.chunkRows);
        ofInput = scratch(members, gates.fromInput, rows, false, arena);
        ofState = scratch(members, gates.fromState, maxBatch, true, arena);
        ofGated = gates.fromGated == null ? null : scratch(members, gates.fromGated, maxBatch, true, arena);
        gx = gates.fromInput.newOutputs(rows, arena);
        gh = gates.fromState.newOutputs(maxBatch, arena);
        gated = new float[gates.fromGated == null
                ? 0
                : Shapes.requireArray("states of a batch", maxBatch, gates.padded)];
        gn = gates.fromGated == null ? null : gates.fromGated.newOutputs(maxBatch, arena);
        boolean usesCallers = members == 1 && gates.padded == hiddenSize;
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
                System.arraycopy(state, 0, last, 0, rows * stateSize);
            }
            inPlace = last;
            return;
        }
        int parts = rows * (paddedState / padded);
        for (int part = 0; part < parts; part++) {
            System.arraycopy(state, part * hiddenSize, h(turn), part * padded, hiddenSize);
        }
    }

    /** Ends a call, with its last states in the caller's. */
    void writeState(float[] state, int rows) {
        if (evenTurns == null) {
            inPlace = null;
            return;
        }
        int parts = rows * (paddedState / padded);
        for (int part = 0; part < parts; part++) {
            System.arraycopy(h(turn), part * padded, state, part * hiddenSize, hiddenSize);
        }
    }
}
