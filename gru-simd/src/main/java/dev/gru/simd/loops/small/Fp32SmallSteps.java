package dev.gru.simd.loops.small;

import java.lang.foreign.MemorySegment;

/**
 * The choice among the steps of small layers with weights in binary32. Generated from {@code SmallSteps.java.in}.
 *
 * <p>{@code half} is for the lower half of a vector.
 */
public final class Fp32SmallSteps {
    private Fp32SmallSteps() {
    }

    /** Steps of {@code RESET_AFTER}. */
    public static void resetAfter(boolean half, int steps, MemorySegment wi, MemorySegment ws, int inputs, int units,
            float[] x, int x0, float[] h, float[] y, int y0) {
        if (half) {
            Fp32ResetAfterOfHalf.run(steps, wi, ws, inputs, units, x, x0, h, y, y0);
        } else {
            Fp32ResetAfterOf1.run(steps, wi, ws, inputs, units, x, x0, h, y, y0);
        }
    }

    /** Steps of {@code RESET_BEFORE}. */
    public static void resetBefore(boolean half, int steps, MemorySegment wi, MemorySegment ws, MemorySegment wg,
            int inputs, int units, float[] x, int x0, float[] h, float[] gated, float[] y, int y0) {
        if (half) {
            Fp32ResetBeforeOfHalf.run(steps, wi, ws, wg, inputs, units, x, x0, h, gated, y, y0);
        } else {
            Fp32ResetBeforeOf1.run(steps, wi, ws, wg, inputs, units, x, x0, h, gated, y, y0);
        }
    }

    /** Steps of {@code DUAL_STATE}. */
    public static void dualState(boolean half, int steps, MemorySegment wi, MemorySegment ws, MemorySegment wg,
            int inputs, int units, float[] x, int x0, float[] h, float[] gated, float[] y, int y0) {
        if (half) {
            Fp32DualStateOfHalf.run(steps, wi, ws, wg, inputs, units, x, x0, h, gated, y, y0);
        } else {
            Fp32DualStateOf1.run(steps, wi, ws, wg, inputs, units, x, x0, h, gated, y, y0);
        }
    }
}
