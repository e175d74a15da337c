package dev.gru.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the users of something that is released when it is closed and the last user has left. Nobody waits: the last
 * user to leave is told so, and so is whoever closes it while there is none, also if it was closed before.
 *
 * <p>Safe for use by any number of threads.
 */
final class Users {
    /** Added to the count when no more users are admitted. */
    private static final long CLOSED = Long.MIN_VALUE;

    private final AtomicLong count = new AtomicLong();

    /** Admits a user, who must {@link #leave}; returns false if this is closed. */
    boolean enter() {
        long users;
        do {
            users = count.get();
            if (users < 0) {
                return false;
            }
        } while (!count.compareAndSet(users, users + 1));
        return true;
    }

    /** Removes a user; returns whether this is closed and no user is left. */
    boolean leave() {
        return count.decrementAndGet() == CLOSED;
    }

    /** Admits no more users; returns whether there is none. */
    boolean close() {
        return count.updateAndGet(users -> users | CLOSED) == CLOSED;
    }
}
