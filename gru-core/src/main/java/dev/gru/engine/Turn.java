package dev.gru.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Admits one thread at a time, and makes concurrent calls throw. */
final class Turn {
    private static final VarHandle TAKEN;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(Turn.class, "taken", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String of;

    /**
     * Whether a thread has the turn, which it ends by setting this to false: a field, because a stack that has
     * overflowed may have no room for a call.
     */
    volatile boolean taken;

    /**
     * An action of the thread that has the turn. Method references that capture nothing are made once, so passing them
     * allocates nothing.
     */
    interface Action<T> {
        /**
         * Runs the action.
         *
         * @param of the guarded object
         * @param stream the index of a stream
         * @param bytes the buffer or the array of a snapshot, or null
         * @param at the index of its first byte in an array
         */
        void run(T of, int stream, Object bytes, int at);
    }

    /** Guards something, which messages call {@code of}. */
    Turn(String of) {
        this.of = of;
    }

    /**
     * Takes the turn, until {@link #taken} is set to false. The thread sees what the previous one did.
     *
     * @throws IllegalStateException if a thread has the turn, even if it is this one
     */
    void take() {
        if (!TAKEN.compareAndSet(this, false, true)) {
            throw new IllegalStateException("another thread is using this " + of);
        }
    }

    /** Ends the turn, in less time than a write of {@link #taken} takes. */
    void end() {
        TAKEN.setRelease(this, false);
    }

    /**
     * Takes the turn for one action.
     *
     * @throws IllegalStateException if a thread has the turn, even if it is this one
     */
    <T> void use(T of, int stream, Object bytes, int at, Action<T> action) {
        take();
        try {
            action.run(of, stream, bytes, at);
        } finally {
            taken = false;
        }
    }
}
