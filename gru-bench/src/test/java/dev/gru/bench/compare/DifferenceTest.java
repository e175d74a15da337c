package dev.gru.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How far two arrays are apart, and whether that is near enough. */
class DifferenceTest {
    @Test
    void equalValuesDoNotDifferAndNaNDiffersFromAllElse() {
        float inf = Float.POSITIVE_INFINITY;
        float nan = Float.NaN;
        assertEquals(new Difference(0, 0), Difference.of(new float[]{inf, nan, 0f}, new float[]{inf, nan, -0f}));
        assertEquals(new Difference(0.5, 0.25), Difference.of(new float[]{1, 2}, new float[]{1.25f, 1.5f}));
        assertEquals(inf, Difference.of(new float[]{inf}, new float[]{-inf}).absolute());
        assertEquals(inf, Difference.of(new float[]{nan, 1}, new float[]{0, 1}).absolute());
        assertEquals(inf, Difference.of(new float[]{0}, new float[]{nan}).relative());
        assertEquals(inf, Difference.of(new float[]{0, nan}, new float[]{1, nan}).relative());
    }

    @Test
    void aDifferenceMayBeWithinTheToleranceEitherWay() {
        assertTrue(new Difference(1e-4, 1e-7).isWithin(1e-5), "outputs in the hundreds");
        assertTrue(new Difference(1e-7, 1e-2).isWithin(1e-5), "outputs of next to nothing");
        assertFalse(new Difference(1e-4, 1e-4).isWithin(1e-5));
        assertFalse(new Difference(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY).isWithin(1e30));
    }
}
