package dev.gru.internal;

/**
 * Lets a stack overflow before something begins, rather than in the middle, where locks would stay taken and threads
 * would wait for each other for ever.
 */
public final class StackSpace {
    private StackSpace() {
    }

    /**
     * Returns if there is room on the stack of this thread for so many small methods that call each other. It takes
     * some nanoseconds for each.
     *
     * <p>Their frames are larger than those of most methods, as what is interpreted here may be compiled there, or the
     * other way round. What the JVM itself needs is not counted: it keeps that free in any case.
     *
     * @throws StackOverflowError if there is not
     */
    public static void require(int methods) {
        take(methods, 1, 2, 3, 4, 5, 6);
    }

    /** All arguments are needed after the call within, so that they are on the stack meanwhile. */
    private static long take(int methods, long a, long b, long c, long d, long e, long f) {
        if (methods == 0) {
            return a;
        }
        return take(methods - 1, f, a, b, c, d, e) + (a ^ b ^ c ^ d ^ e ^ f);
    }
}
