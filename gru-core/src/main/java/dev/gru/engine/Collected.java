package dev.gru.engine;

import java.lang.ref.Cleaner;

/** What is to be done when the garbage collector has found an object unreachable. */
final class Collected {
    private static final Cleaner CLEANER = Cleaner.create();

    private Collected() {
    }

    /**
     * Has something done once {@code owner} is collected, or before that, when the result is told to.
     *
     * @param action must not refer to {@code owner}, which would then never be collected
     */
    static Cleaner.Cleanable when(Object owner, Runnable action) {
        return CLEANER.register(owner, action);
    }
}
