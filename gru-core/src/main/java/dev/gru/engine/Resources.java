package dev.gru.engine;

import java.lang.foreign.Arena;
import java.lang.ref.Cleaner;

import dev.gru.internal.StackSpace;
import dev.gru.kernel.ThreadTeam;

/**
 * The threads and native memory of a model, until it is closed or unreachable. It does not refer to the model, which
 * would then never become unreachable.
 *
 * <p>Everything is released together, when this is closed and has no users: open pipelines, of which each call of a
 * session or group has one, and other calls between {@link #enter} and {@link #leave}. So no call loses its memory, and
 * nobody waits.
 *
 * <p>Safe for use by any number of threads.
 */
final class Resources {
    /** Several times the depth of calls that releasing everything takes. */
    private static final int CALLS = 256;
    /** The same for a user who leaves while others stay. */
    private static final int CALLS_TO_LEAVE = 16;

    private final NativeMemory memory = new NativeMemory();
    private final ThreadTeam team;
    private final Users users = new Users();
    private final Cleaner.Cleanable cleanable;
    /** Apart from the count of users, which changes all the time, as every call reads it. */
    private volatile boolean closed;

    /**
     * Starts the additional threads, if any.
     *
     * @param owner the object whose unreachability releases everything
     * @param threads the number of threads, including the calling one
     */
    Resources(Object owner, int threads) {
        team = threads == 1 ? null : new ThreadTeam(threads);
        cleanable = Collected.when(owner, this::release);
    }

    /** Releases everything; there are no users, or the owner is unreachable and so are they. */
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

    /** Makes a stack that is about to overflow do so before anything is released. */
    static void requireStack() {
        StackSpace.require(CALLS);
    }

    NativeMemory memory() {
        return memory;
    }

    /** Returns the threads that may help, or null if the calling thread works alone. */
    ThreadTeam team() {
        return team;
    }

    /**
     * Begins a call, which ends with {@link #leave}.
     *
     * @throws IllegalStateException if this is closed
     */
    void enter() {
        StackSpace.require(CALLS_TO_LEAVE);
        if (!users.enter()) {
            throw closedException();
        }
    }

    /** Ends a call, and releases everything if this is closed and the call was the last user. */
    void leave() {
        if (users.leave()) {
            releaseAsLast();
        }
    }

    /**
      * Returns a new arena that counts as a user of this until it is closed or unreachable.
     *
     * @throws IllegalStateException if this is closed
     */
    Arena newArenaOfUser() {
        // A stack that is about to overflow must do so before there is a user who could never leave.
        requireStack();
        enter();
        return memory.newForgettableArena(this::leave);
    }

    /**
      * Admits no more users, and releases everything if there are none; otherwise the last user does. To be called
      * again if a stack overflow interrupted it.
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
