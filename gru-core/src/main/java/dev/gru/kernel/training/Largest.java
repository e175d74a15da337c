package dev.gru.kernel.training;

/** How far from 0 numbers are. */
public final class Largest {
    private Largest() {
    }

    /**
     * Returns the largest of a number and the sizes of some others; NaN if one of all of them is. So it is finite if
     * and only if they are. A plain loop over a maximum is what the compiler makes vectors of.
     */
    public static float of(float[] values, int from, int to, float atLeast) {
        float largest = atLeast;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }
}
