package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import dev.gru.kernel.GruRunner;
import dev.gru.simd.loops.GateLoops;
import dev.gru.simd.loops.small.SmallSteps;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/**
 * Runs a small layer of {@link SimdGruKernel}, of which the time between loops is a good part. If the units fit one
 * vector, a step or a sequence of one stream is one loop of {@code dev.gru.simd.loops.small}. If they fit few, the
 * loops of a step are those of larger layers, with nothing between them. Batches go to another runner.
 */
final class SmallGruRunner extends GruRunner {
    /** Of one vector, which a cache line holds. */
    private static final long ALIGNMENT = 64;
    private static final int MOST_VECTORS = 3;

    private final PackedGates packed;
    /** For more than one stream at once, or null. */
    private final GruRunner batches;
    private final boolean bf16;
    private final MemorySegment fromInput;
    private final MemorySegment fromState;
    private final MemorySegment fromGated;
    /** Floats that the loops take for the units. */
    private final int width;
    /** The states during a call, or null if the caller's have no need of padding. */
    private final float[] padded;
    private final float[] gated;
    /** For layers of more than one vector, otherwise null. */
    private final MemorySegment sums;

    /**
     * Allocates everything.
     *
     * @param packed a layer that {@linkplain #fits fits}
     * @param maxBatch streams at once, at most
     * @param arena owns the memory outside the heap
     */
    SmallGruRunner(PackedGates packed, int maxBatch, Arena arena) {
        super(packed.inputSize, packed.hiddenSize, packed.variant.stateSize(packed.hiddenSize), 0, maxBatch);
        this.packed = packed;
        batches = maxBatch == 1 ? null : StreamGruRunner.ofBatches(packed, maxBatch, arena);
        bf16 = packed.precision == Precision.BF16;
        fromInput = packed.fromInput.memory();
        fromState = packed.fromState.memory();
        fromGated = packed.fromGated == null ? null : packed.fromGated.memory();
        width = packed.padded;
        padded = width == packed.hiddenSize ? null : new float[packed.variant.stateSize(width)];
        gated = new float[width];
        sums = packed.blocks == 1 ? null : arena.allocate(2 * packed.fromInput.outputBytes(), ALIGNMENT);
    }

    /** Returns whether a layer is one of those that this runs. */
    static boolean fits(PackedGates packed) {
        // Larger weights gain more where every other step goes backwards.
        boolean few = packed.blocks <= MOST_VECTORS && packed.fromInput.panels() == 1 && !packed.reverses
                && packed.variant == GruVariant.RESET_AFTER && !packed.fromInput.padsInputs() && !packed.readsPadding;
        return (packed.blocks == 1 || few) && packed.activations.areStandard();
    }

    @Override
    protected void runStep(float[] x, float[] hPrev, float[] hNext) {
        float[] h = begin(hPrev, hNext);
        run(1, x, 0, h, null, 0);
        end(hNext);
    }

    @Override
    protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, float[] y) {
        if (batch > 1) {
            batches.forwardBatch(batch, steps, x, mask, state, y);
            return;
        }
        float[] h = begin(state, state);
        int t = 0;
        while (t < steps) {
            int end = t;
            while (end < steps && (mask == null || mask[end])) {
                end++;
            }
            runSequence(t, end, steps, x, h, y);
            for (t = end; t < steps && !mask[t]; t++) {
                copyOutput(h, y, t);
            }
        }
        end(state);
    }

    /**
     * The steps from {@code begin} to before {@code end}. The loops write outputs with their padding; where there is no
     * room for it before the end of all {@code steps}, outputs are copied.
     */
    private void runSequence(int begin, int end, int steps, float[] x, float[] h, float[] y) {
        int size = packed.hiddenSize;
        int withRoom = y == null ? end : Math.clamp(steps - (width - 1) / size, begin, end);
        run(withRoom - begin, x, begin * packed.inputSize, h, y, begin * size);
        for (int t = withRoom; t < end; t++) {
            run(1, x, t * packed.inputSize, h, null, 0);
            copyOutput(h, y, t);
        }
    }

    private void copyOutput(float[] h, float[] y, int t) {
        if (y != null) {
            System.arraycopy(h, 0, y, t * packed.hiddenSize, packed.hiddenSize);
        }
    }

    private void run(int steps, float[] x, int x0, float[] h, float[] y, int y0) {
        int inputs = packed.inputSize;
        int units = packed.hiddenSize;
        if (sums != null) {
            runFew(steps, x, x0, h, y, y0);
            return;
        }
        switch (packed.variant) {
            case RESET_AFTER ->
                SmallSteps.resetAfter(bf16, steps, fromInput, fromState, inputs, units, x, x0, h, y,
                        y0);
            case RESET_BEFORE ->
                SmallSteps.resetBefore(bf16, steps, fromInput, fromState, fromGated, inputs, units,
                        x, x0, h, gated, y, y0);
            case DUAL_STATE ->
                SmallSteps.dualState(bf16, steps, fromInput, fromState, fromGated, inputs, units, x,
                        x0, h, gated, y, y0);
        }
    }

    private void runFew(int steps, float[] x, int x0, float[] h, float[] y, int y0) {
        long ofState = packed.fromInput.outputBytes();
        int from = x0;
        int to = y0;
        for (int t = 0; t < steps; t++) {
            packed.fromInput.multiplyRow(x, from, sums, 0);
            packed.fromState.multiplyRow(h, 0, sums, ofState);
            GateLoops.resetAndUpdate(packed.blocks, sums, 0, sums, ofState, Gate.COUNT);
            GateLoops.resetAfter(packed.blocks, sums, 0, sums, ofState, h, h, 0);
            if (y != null) {
                System.arraycopy(h, 0, y, to, packed.hiddenSize);
            }
            from += packed.inputSize;
            to += packed.hiddenSize;
        }
    }

    /** Returns the states for a call: those of the caller that are to be replaced, or a padded copy. */
    @SuppressWarnings("ReferenceEquality") // identity is the question
    private float[] begin(float[] state, float[] last) {
        if (padded != null) {
            for (int part = 0; part < padded.length / width; part++) {
                System.arraycopy(state, part * packed.hiddenSize, padded, part * width, packed.hiddenSize);
            }
            return padded;
        }
        if (state != last) {
            System.arraycopy(state, 0, last, 0, packed.variant.stateSize(packed.hiddenSize));
        }
        return last;
    }

    private void end(float[] state) {
        if (padded != null) {
            for (int part = 0; part < padded.length / width; part++) {
                System.arraycopy(padded, part * width, state, part * packed.hiddenSize, packed.hiddenSize);
            }
        }
    }
}
