package dev.gru.bench.execution;

/** Checks of the values of options, before any work; messages name the option. */
public final class Arguments {
    private Arguments() {
    }

    /**
     * Returns the value if it is at least {@code least}.
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
     * Requires a condition of an option.
     *
     * @throws IllegalArgumentException with the message if the condition is false
     */
    public static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
