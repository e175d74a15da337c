package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import dev.gru.internal.Shapes;
import dev.gru.kernel.TokenFeatures;
import dev.gru.simd.loops.GateLoops;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * The packed weights of a GRU layer, and how its units are cut.
 *
 * <p>A block is as many units as a vector has lanes. The outputs of a product are, for each block, the gates side by
 * side: a vector of r, one of z and one of n. One or more blocks make a panel of the packed matrices, and the same
 * blocks make a panel of each of them. A share is the panels that one thread takes.
 *
 * <p>Immutable, safe for use by any number of threads.
 */
final class PackedGates {
    /** So many blocks or fewer are one panel. */
    private static final int ONE_PANEL_BLOCKS = 3;

    /** Layers whose packed weights are not larger stay in the first level of the cache anyway. */
    private static final long FIRST_LEVEL_BYTES = 32 << 10;

    /**
     * Rows of inputs that are multiplied at once: the more, the less often their weights evict those of the states from
     * the second level of the cache, as long as the products stay there until they are used.
     */
    private static final int MIN_CHUNK = 16;
    private static final int MAX_CHUNK = 128;
    private static final long CHUNK_BYTES = 384 << 10;

    final GruVariant variant;
    final GruActivations activations;
    final Precision precision;
    final int inputSize;
    final int hiddenSize;
    /** Blocks of units. */
    final int blocks;
    /** Units, rounded up to whole blocks. */
    final int padded;
    /** Floats of the states of a stream, each of them padded. */
    final int paddedState;
    /** Rows of inputs that are multiplied at once. */
    final int chunkRows;

    /** From the inputs to r, z, n. */
    final PackedMatrix fromInput;
    /** From the state to r, z, n; only r, z where the reset gate comes before the product. */
    final PackedMatrix fromState;
    /** From r ⊙ state to n; null where the reset gate comes after the product. */
    final PackedMatrix fromGated;
    /** The same weights for steps of many streams, or null if these are stepped in the same way as one. */
    final StreamGates ofStreams;
    /** Whether {@link GateLoops} has all of the gates. */
    final boolean fusesGates;
    /** Whether every other step goes backwards. */
    final boolean reverses;
    /** Whether a product with the state reads one element of its padding, which must be 0. */
    final boolean readsPadding;

    PackedGates(GruWeights weights, Precision precision, Arena arena) {
        variant = weights.variant();
        activations = weights.activations();
        this.precision = precision;
        inputSize = weights.inputSize();
        hiddenSize = weights.hiddenSize();
        blocks = Lanes.vectors(hiddenSize);
        padded = Lanes.padded(hiddenSize);
        paddedState = variant.stateSize(padded);
        fromInput = new PackedMatrix(panels(Gate.COUNT, precision), inputSize, precision,
                InterleavedGates.fromInput(weights), arena);
        if (variant == GruVariant.RESET_AFTER) {
            fromState = new PackedMatrix(panels(Gate.COUNT, precision), hiddenSize, precision,
                    InterleavedGates.fromState(weights, Gate.RESET, Gate.UPDATE, Gate.NEW), arena);
            fromGated = null;
        } else {
            fromState = new PackedMatrix(panels(2, precision), hiddenSize, precision,
                    InterleavedGates.fromState(weights, Gate.RESET, Gate.UPDATE), arena);
            fromGated = new PackedMatrix(panels(1, precision), hiddenSize, precision,
                    InterleavedGates.fromState(weights, Gate.NEW), arena);
        }
        ofStreams = StreamGates.of(weights, precision);
        fusesGates = variant == GruVariant.RESET_AFTER && activations.areStandard();
        readsPadding = fromState.padsInputs();
        chunkRows = Math.clamp(CHUNK_BYTES / fromInput.outputBytes(), MIN_CHUNK, MAX_CHUNK);
        reverses = bytes() > FIRST_LEVEL_BYTES;
    }

    /**
     * Returns the products with the inputs that tokens stand for, a row for each token.
     *
     * @param tokens how many there are
     * @param features the inputs of each
     * @param arena owns the memory of the result
     */
    MemorySegment sumsOfInputs(int tokens, TokenFeatures features, Arena arena) {
        long out = fromInput.outputBytes();
        MemorySegment sums = fromInput.newOutputs(tokens, arena);
        try (Arena ofCall = Arena.ofConfined()) {
            PackedMatrix.Scratch scratch = fromInput.newScratch(chunkRows, false, ofCall);
            float[] x = new float[Shapes.requireArray("inputs", chunkRows, inputSize)];
            for (int from = 0, to; from < tokens; from = to) {
                to = Shapes.chunkEnd(from, chunkRows, tokens);
                for (int token = from; token < to; token++) {
                    features.copyRow(token, x, (token - from) * inputSize);
                }
                fromInput.multiply(0, fromInput.panels(), false, to - from, x, 0, inputSize, scratch, sums, from * out,
                        out);
            }
        }
        return sums;
    }

    /** Returns how many bytes the packed weights of all gates take. */
    long bytes() {
        return fromInput.bytes() + fromState.bytes() + (fromGated == null ? 0 : fromGated.bytes());
    }

    /**
     * Cuts the blocks into panels, of {@code gates} vectors a block: at least two, so that going backwards saves
     * something, but none so narrow that its few sums wait for each multiply-add. In bfloat16 the widest panel is one
     * of two at least, or else the whole of a matrix that stays in the first level of the cache.
     */
    private int[] panels(int gates, Precision precision) {
        // The same for all matrices of the layer, so that the same blocks are a panel in each.
        int most = PackedMatrix.maxWidth(Gate.COUNT * blocks, hiddenSize, precision) / Gate.COUNT;
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

    /** The panels that the {@code member}-th thread takes, from the first to before the end, and their blocks. */
    record Share(int member, int panel, int endPanel, int block, int endBlock) {
        int blocks() {
            return endBlock - block;
        }
    }

    /** Returns equal shares of the panels for so many threads; some have none if there are more threads than panels. */
    Share[] shares(int threads) {
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
}
