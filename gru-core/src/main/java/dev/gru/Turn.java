package dev.gru;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

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
     * Whether somebody has the turn. To set it to false ends the turn as {@link #end} does, which takes less time but is a
     * call, for which a stack that has overflowed may have no room.
     */
    volatile boolean taken;

    /** Takes what is guarded, as messages call it. */
    Turn(String of) {
        this.of = of;
    }

    /**
     * Takes the turn, until {@link #end}; what the thread that had it before did is visible then.
     *
     * @throws IllegalStateException if a thread has it, be it this one
     */
    void take() {
        if (!TAKEN.compareAndSet(this, false, true)) {
            throw new IllegalStateException("another thread is using this " + of);
        }
    }

    /** Ends the turn. */
    void end() {
        TAKEN.setRelease(this, false);
    }
}
