package dev.gru.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/** Lets one thread at a time into something, and fails those that come meanwhile. */
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
     * Whether somebody has the turn. It ends when this is set to false: that is no call, for which a stack that has
     * overflowed may have no room.
     */
    volatile boolean taken;

    /**
     * What a thread does while it has the turn. Method references that capture nothing are made once, so that a call
     * allocates nothing.
     */
    interface Action<T> {
        /**
         * Does it.
         *
         * @param of what is guarded
         * @param stream the index of a stream
         * @param bytes where a snapshot is read or written, or null
         */
        void run(T of, int stream, ByteBuffer bytes);
    }

    /** Takes what is guarded, as messages call it. */
    Turn(String of) {
        this.of = of;
    }

    /**
     * Takes the turn, until {@link #taken} is set to false; what the thread that had it before did is visible then.
     *
     * @throws IllegalStateException if a thread has it, be it this one
     */
    void take() {
        if (!TAKEN.compareAndSet(this, false, true)) {
            throw new IllegalStateException("another thread is using this " + of);
        }
    }

    /**
     * Takes the turn for one action.
     *
     * @throws IllegalStateException if a thread has it, be it this one
     */
    <T> void use(T of, int stream, ByteBuffer bytes, Action<T> action) {
        take();
        try {
            action.run(of, stream, bytes);
        } finally {
            taken = false;
        }
    }
}
