package dev.gru.train.math;

import java.util.List;

/** Masks of several inputs. */
public final class Masks {
    private Masks() {
    }

    /**
     * Returns which steps count if they count in one input at least.
     *
     * @param masks those of the inputs, null where all steps count
     * @return a mask of its own, or null if all steps count
     */
    public static boolean[] either(List<boolean[]> masks) {
        boolean[] either = null;
        for (boolean[] mask : masks) {
            if (mask == null) {
                return null;
            }
            either = either == null ? new boolean[mask.length] : either;
            for (int step = 0; step < mask.length; step++) {
                either[step] |= mask[step];
            }
        }
        return either;
    }
}
