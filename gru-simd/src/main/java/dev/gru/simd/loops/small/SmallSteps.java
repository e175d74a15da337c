package dev.gru.simd.loops.small;

import java.lang.foreign.MemorySegment;

/**
 * The choice among the loops of this package; its description says what they take.
 * Generated from {@code SmallSteps.java.in}.
 */
public final class SmallSteps {
    private SmallSteps() {
    }

    /** Steps of {@code RESET_AFTER}. */
    public static void resetAfter(boolean bf16, int steps, MemorySegment wi, MemorySegment ws, int inputs, int units,
            float[] x, int x0, float[] h, float[] y, int y0) {
        if (bf16) {
            Bf16ResetAfterOf1.run(steps, wi, ws, inputs, units, x, x0, h, y, y0);
        } else {
            Fp32ResetAfterOf1.run(steps, wi, ws, inputs, units, x, x0, h, y, y0);
        }
    }

    /** Steps of {@code RESET_BEFORE}. */
    public static void resetBefore(boolean bf16, int steps, MemorySegment wi, MemorySegment ws, MemorySegment wg,
            int inputs, int units, float[] x, int x0, float[] h, float[] gated, float[] y, int y0) {
        if (bf16) {
            Bf16ResetBeforeOf1.run(steps, wi, ws, wg, inputs, units, x, x0, h, gated, y, y0);
        } else {
            Fp32ResetBeforeOf1.run(steps, wi, ws, wg, inputs, units, x, x0, h, gated, y, y0);
        }
    }

    /** Steps of {@code DUAL_STATE}. */
    public static void dualState(boolean bf16, int steps, MemorySegment wi, MemorySegment ws, MemorySegment wg,
            int inputs, int units, float[] x, int x0, float[] h, float[] gated, float[] y, int y0) {
        if (bf16) {
            Bf16DualStateOf1.run(steps, wi, ws, wg, inputs, units, x, x0, h, gated, y, y0);
        } else {
            Fp32DualStateOf1.run(steps, wi, ws, wg, inputs, units, x, x0, h, gated, y, y0);
        }
    }
}
