package dev.gru.simd;

import java.lang.foreign.Arena;

import dev.gru.internal.Shapes;
import dev.gru.kernel.GruRunner;
import dev.gru.simd.loops.Lanes;
import dev.gru.simd.loops.streams.StreamColumns;
import dev.gru.simd.loops.streams.StreamGateLoops;
import dev.gru.simd.loops.streams.StreamTiles;
import dev.gru.weights.GruVariant;

/**
 * Runs a small layer of {@link SimdGruKernel} for many streams at once, whose numbers are in the lanes of vectors; for
 * few streams it hands over to {@link SimdGruRunner}.
 *
 * <p>Streams are taken in blocks of as many as a tile is wide. A block makes all of its steps with its states in
 * columns, where they stay in the first level of the cache.
 */
final class StreamGruRunner extends GruRunner {
    private static final int[] WIDTHS = StreamTiles.vectors();

    private final StreamGates gates;
    private final SimdGruRunner few;
    private final int stateSize;
    /** Columns of a block: its inputs. */
    private final float[] inputs;
    /** The sums of the gates, and then r and z. */
    private final float[] sums;
    /** r ⊙ state, and the products with it. */
    private final float[] gated;
    private final float[] gn;
    /** The states before a step and after it; which is which changes with each step. */
    private final float[] even;
    private final float[] odd;

    private StreamGruRunner(PackedGates packed, int maxBatch, Arena arena) {
        super(packed.inputSize, packed.hiddenSize, packed.variant.stateSize(packed.hiddenSize), 0, maxBatch);
        gates = packed.ofStreams;
        few = new SimdGruRunner(packed, null, 0, gates.minStreams() - 1, null, arena);
        stateSize = gates.variant.stateSize(gates.hiddenSize);
        int column = widest(maxBatch) * Lanes.COUNT;
        inputs = columns(gates.inputSize, column);
        sums = columns(Math.multiplyExact(gates.fromGated == null ? 4 : 3, gates.hiddenSize), column);
        gated = gates.fromGated == null ? null : columns(gates.hiddenSize, column);
        gn = gates.fromGated == null ? null : columns(gates.hiddenSize, column);
        even = columns(stateSize, column);
        odd = columns(stateSize, column);
    }

    private static float[] columns(int count, int size) {
        return new float[Shapes.requireArray("columns of streams", count, size)];
    }

    /**
     * Returns a runner of batches of a layer: this one, or the usual if the layer is not small or there are never
     * enough streams.
     */
    static GruRunner ofBatches(PackedGates packed, int maxBatch, Arena arena) {
        return packed.ofStreams != null && maxBatch >= packed.ofStreams.minStreams()
                ? new StreamGruRunner(packed, maxBatch, arena)
                : new SimdGruRunner(packed, null, 0, maxBatch, null, arena);
    }

    @Override
    protected void runStep(float[] x, float[] hPrev, float[] hNext) {
        few.runStep(x, hPrev, hNext);
    }

    @Override
    protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, float[] y) {
        if (batch < gates.minStreams()) {
            few.runBatch(batch, steps, x, mask, state, y);
            return;
        }
        for (int row = 0, rows; row < batch; row += rows) {
            int vectors = widest(batch - row);
            rows = Math.min(vectors * Lanes.COUNT, batch - row);
            runBlock(vectors, row, rows, steps, x, mask, state, y);
        }
    }

    /** Returns how many vectors the next block has where so many streams are left. */
    private static int widest(int left) {
        int i = 0;
        while (WIDTHS[i] > Lanes.vectors(left)) {
            i++;
        }
        return WIDTHS[i];
    }

    /** All steps of {@code rows} streams from {@code first} on. */
    private void runBlock(int vectors, int first, int rows, int steps, float[] x, boolean[] mask, float[] state,
            float[] y) {
        int size = gates.inputSize;
        int units = gates.hiddenSize;
        int column = vectors * Lanes.COUNT;
        float[] h = even;
        float[] hNext = odd;
        StreamColumns.turn(rows, stateSize, state, first * stateSize, stateSize, h, 0, column);
        for (int t = 0; t < steps; t++) {
            int step = first * steps + t;
            StreamColumns.turn(rows, size, x, step * size, steps * size, inputs, 0, column);
            step(vectors, h, hNext);
            if (mask != null) {
                keepMasked(mask, step, steps, rows, column, h, hNext);
            }
            if (y != null) {
                StreamColumns.turn(units, rows, hNext, 0, column, y, step * units, steps * units);
            }
            float[] last = h;
            h = hNext;
            hNext = last;
        }
        StreamColumns.turn(stateSize, rows, h, 0, column, state, first * stateSize, stateSize);
    }

    private void step(int vectors, float[] h, float[] hNext) {
        int count = gates.hiddenSize * vectors * Lanes.COUNT;
        StreamMatrix.sums(vectors, gates.fromInput, gates.fromState, inputs, h, sums);
        StreamGateLoops.resetAndUpdate(count, sums);
        if (gates.variant == GruVariant.RESET_AFTER) {
            StreamGateLoops.resetAfter(count, sums, h, hNext);
            return;
        }
        boolean dual = gates.variant == GruVariant.DUAL_STATE;
        StreamGateLoops.gate(count, sums, h, dual ? count : 0, gated);
        gates.fromGated.multiply(vectors, gated, gn);
        if (dual) {
            StreamGateLoops.dualState(count, sums, gn, h, hNext);
        } else {
            StreamGateLoops.resetBefore(count, sums, gn, h, hNext);
        }
    }

    /** Streams whose step is masked keep their states. */
    private void keepMasked(boolean[] mask, int step, int steps, int rows, int column, float[] h, float[] hNext) {
        for (int row = 0; row < rows; row++) {
            if (!mask[step + row * steps]) {
                for (int i = row; i < stateSize * column; i += column) {
                    hNext[i] = h[i];
                }
            }
        }
    }
}
