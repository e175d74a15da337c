package dev.gru.engine;

import java.lang.foreign.Arena;
import java.lang.ref.Cleaner;

import dev.gru.internal.StackSpace;
import dev.gru.kernel.ThreadTeam;

/**
 * What a model takes besides memory on the heap, threads and native memory, until it is closed or collected. It does not
 * know the model, which would then never be collected.
 *
 * <p>Everything is given back at once, when this is closed and has no users any more: neither pipelines that are open, of
 * which there is one in each call of a session or group, nor other calls that have {@link #enter entered}. So nobody meets
 * memory that is gone, and nobody waits.
 *
 * <p>Safe for use by any number of threads.
 */
final class Resources {
    /** Several times what is called, one in another, to give everything back. */
    private static final int CALLS = 256;
    /** The same for a user who leaves while others stay. */
    private static final int CALLS_TO_LEAVE = 16;

    private final NativeMemory memory = new NativeMemory();
    private final ThreadTeam team;
    private final Users users = new Users();
    private final Cleaner.Cleanable cleanable;
    /** Beside the count of users, as every call looks at it, and that would be to look at what others keep writing. */
    private volatile boolean closed;

    /**
     * Starts threads, if there are to be more than the calling one.
     *
     * @param owner with which this is closed when it is collected
     * @param threads the calling one among them
     */
    Resources(Object owner, int threads) {
        team = threads == 1 ? null : new ThreadTeam(threads);
        cleanable = Collected.when(owner, this::release);
    }

    /** Gives everything back, which nobody uses: there are no users, or the owner is collected and so are they. */
    private void release() {
        closed = true;
        users.close();
        try {
            if (team != null) {
                team.close();
            }
        } finally {
            memory.close();
        }
    }

    private void releaseAsLast() {
        requireStack();
        cleanable.clean();
    }

    /** A stack that overflows does so before something is given back. */
    static void requireStack() {
        StackSpace.require(CALLS);
    }

    NativeMemory memory() {
        return memory;
    }

    /** Returns the threads that may help, or null if the calling thread does all the work. */
    ThreadTeam team() {
        return team;
    }

    /**
     * Begins a call whose end is {@link #leave}.
     *
     * @throws IllegalStateException if this is closed
     */
    void enter() {
        StackSpace.require(CALLS_TO_LEAVE);
        if (!users.enter()) {
            throw closedException();
        }
    }

    /** Ends a call, and gives everything back if this is closed and was the last. */
    void leave() {
        if (users.leave()) {
            releaseAsLast();
        }
    }

    /**
     * Returns a new arena that is a user of this until it is closed or collected.
     *
     * @throws IllegalStateException if this is closed
     */
    Arena newArenaOfUser() {
        // A stack that overflows does so before there is a user who could never leave.
        requireStack();
        enter();
        return memory.newForgettableArena(this::leave);
    }

    /**
     * Lets no more users in, and gives everything back if there are none; otherwise the last one does. To be called again if the
     * end of the stack has cut that off.
     */
    void close() {
        requireStack();
        closed = true;
        if (users.close()) {
            releaseAsLast();
        }
    }

    boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw closedException();
        }
    }

    private static IllegalStateException closedException() {
        return new IllegalStateException("the model is closed");
    }
}
