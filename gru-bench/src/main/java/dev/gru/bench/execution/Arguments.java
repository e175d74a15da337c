package dev.gru.bench.execution;

/** Checks of what options are given, before any work; messages name the option. */
public final class Arguments {
    private Arguments() {
    }

    /**
     * Returns the value if it is large enough.
     *
     * @throws IllegalArgumentException if it is less
     */
    public static int atLeast(String option, int least, int value) {
        require(value >= least, option + " must be at least " + least + ", was " + value);
        return value;
    }

    /**
     * Returns the value if it is from {@code least} to {@code most}.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static int within(String option, int least, int most, int value) {
        require(value >= least && value <= most,
                option + " must be from " + least + " to " + most + ", was " + value);
        return value;
    }

    /**
     * Requires something of an option.
     *
     * @throws IllegalArgumentException if it is not so
     */
    public static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
