package dev.gru;

import java.lang.foreign.Arena;
import java.lang.ref.Cleaner;

import dev.gru.internal.StackSpace;
import dev.gru.kernel.ThreadTeam;

/**
 * What a model takes besides memory on the heap, threads and native memory, until it is closed or collected. It does not
 * know the model, which would then never be collected.
 *
 * <p>Safe for use by any number of threads.
 */
final class Resources {
    private static final Cleaner CLEANER = Cleaner.create();
    /** Several times what is called, one in another, to give everything back. */
    private static final int CALLS = 256;

    private final NativeMemory memory = new NativeMemory();
    private final ThreadTeam team;
    private final Cleaner.Cleanable cleanable;
    private volatile boolean closed;

    /**
     * Starts threads, if there are to be more than the calling one.
     *
     * @param owner with which this is closed when it is collected
     * @param threads the calling one among them
     */
    Resources(Object owner, int threads) {
        team = threads == 1 ? null : new ThreadTeam(threads);
        cleanable = CLEANER.register(owner, this::release);
    }

    /** Has an arena closed when its owner is collected, which it must not know. */
    static void closeWhenCollected(Object owner, Arena arena) {
        CLEANER.register(owner, arena::close);
    }

    private void release() {
        closed = true;
        try {
            if (team != null) {
                team.close();
            }
        } finally {
            memory.close();
        }
    }

    NativeMemory memory() {
        return memory;
    }

    /** Returns the threads that may help, or null if the calling thread does all the work. */
    ThreadTeam team() {
        return team;
    }

    /** Gives everything back; does nothing the second time. A stack that overflows does so before anything is given back. */
    void close() {
        StackSpace.require(CALLS);
        cleanable.clean();
    }

    void requireOpen() {
        if (closed) {
            throw closedException(null);
        }
    }

    static IllegalStateException closedException(Throwable cause) {
        return new IllegalStateException("the model is closed", cause);
    }

    /**
     * Returns what a call throws that failed: if it may have met what another thread's close has taken away, an exception
     * that says so, else the failure itself.
     */
    RuntimeException explained(Throwable failure) {
        if (closed && failure instanceof IllegalStateException) {
            return closedException(failure);
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }
}
