package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import dev.gru.kernel.GruRunner;
import dev.gru.simd.loops.Lanes;
import dev.gru.simd.loops.small.Bf16SmallSteps;
import dev.gru.simd.loops.small.Fp32SmallSteps;
import dev.gru.weights.Precision;

/**
 * Runs a layer of {@link SimdGruKernel} whose units fit one vector: a step or a sequence of one stream is one loop of
 * {@code dev.gru.simd.loops.small}. Batches go to another runner.
 */
final class SmallGruRunner extends GruRunner {
    private static final int BYTES_WITH_HALF = 64;

    private final PackedGates packed;
    /** For more than one stream at once, or null. */
    private final GruRunner batches;
    /** Whether the lower half of a vector of 512 bits is enough. */
    private final boolean half;
    private final MemorySegment fromInput;
    private final MemorySegment fromState;
    private final MemorySegment fromGated;
    /** Floats that the loops take for the units. */
    private final int width;
    /** The states during a call, or null if the caller's have no need of padding. */
    private final float[] padded;
    private final float[] gated;

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
        batches = maxBatch == 1 ? null : new SimdGruRunner(packed, null, 0, maxBatch, null, arena);
        fromInput = packed.fromInput.memory();
        fromState = packed.fromState.memory();
        fromGated = packed.fromGated == null ? null : packed.fromGated.memory();
        half = Lanes.BYTES == BYTES_WITH_HALF && 2 * packed.hiddenSize <= Lanes.COUNT;
        width = half ? Lanes.COUNT / 2 : packed.padded;
        padded = width == packed.hiddenSize ? null : new float[packed.variant.stateSize(width)];
        gated = new float[width];
    }

    /** Returns whether a layer is one of those that this runs. */
    static boolean fits(PackedGates packed) {
        return packed.blocks == 1 && packed.activations.areStandard();
    }

    @Override
    protected void runStep(float[] x, float[] hPrev, float[] hNext) {
        float[] h = begin(hPrev, hNext);
        run(1, x, 0, h, null, 0);
        end(hNext);
    }

    @Override
    protected void runStep(int token, float[] hPrev, float[] hNext) {
        throw new AssertionError("no vocabulary");
    }

    @Override
    protected void runBatch(int batch, int steps, int[] tokens, boolean[] mask, float[] state, float[] y) {
        throw new AssertionError("no vocabulary");
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
                if (y != null) {
                    System.arraycopy(h, 0, y, t * packed.hiddenSize, packed.hiddenSize);
                }
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
            System.arraycopy(h, 0, y, t * size, size);
        }
    }

    private void run(int steps, float[] x, int x0, float[] h, float[] y, int y0) {
        if (packed.precision == Precision.BF16) {
            switch (packed.variant) {
                case RESET_AFTER -> Bf16SmallSteps.resetAfter(half, steps, fromInput, fromState, packed.inputSize,
                        packed.hiddenSize, x, x0, h, y, y0);
                case RESET_BEFORE -> Bf16SmallSteps.resetBefore(half, steps, fromInput, fromState, fromGated,
                        packed.inputSize, packed.hiddenSize, x, x0, h, gated, y, y0);
                case DUAL_STATE -> Bf16SmallSteps.dualState(half, steps, fromInput, fromState, fromGated,
                        packed.inputSize, packed.hiddenSize, x, x0, h, gated, y, y0);
            }
        } else {
            switch (packed.variant) {
                case RESET_AFTER -> Fp32SmallSteps.resetAfter(half, steps, fromInput, fromState, packed.inputSize,
                        packed.hiddenSize, x, x0, h, y, y0);
                case RESET_BEFORE -> Fp32SmallSteps.resetBefore(half, steps, fromInput, fromState, fromGated,
                        packed.inputSize, packed.hiddenSize, x, x0, h, gated, y, y0);
                case DUAL_STATE -> Fp32SmallSteps.dualState(half, steps, fromInput, fromState, fromGated,
                        packed.inputSize, packed.hiddenSize, x, x0, h, gated, y, y0);
            }
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
