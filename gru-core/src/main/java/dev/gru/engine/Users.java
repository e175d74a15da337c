package dev.gru.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts who uses something that is to be given back when it is closed, but not before the last user has left. Nobody waits:
 * whoever leaves last is told so, and whoever closes it when nobody uses it, also for the second time.
 *
 * <p>Safe for use by any number of threads.
 */
final class Users {
    /** What is added to the count when no more users are let in. */
    private static final long CLOSED = Long.MIN_VALUE;

    private final AtomicLong count = new AtomicLong();

    /** Lets a user in, who is to {@link #leave}; returns false if it is closed. */
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

    /** Returns whether it is closed and no other user is left. */
    boolean leave() {
        return count.decrementAndGet() == CLOSED;
    }

    /** Lets no more users in; returns whether there is none. */
    boolean close() {
        return count.updateAndGet(users -> users | CLOSED) == CLOSED;
    }
}
