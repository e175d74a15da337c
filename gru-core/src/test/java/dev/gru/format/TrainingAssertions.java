package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** How gradients are compared with those that a framework computed in float. */
final class TrainingAssertions {
    private TrainingAssertions() {
    }

    /** Checks that no element is off by more than {@code relative} of the largest. */
    static void assertClose(String what, float[] expected, double[] actual, double relative) {
        assertEquals(expected.length, actual.length, what);
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < actual.length; i++) {
            assertEquals(expected[i], actual[i], relative * largest, what + "[" + i + "]");
        }
    }
}
