package dev.gru.train.network;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

import dev.gru.internal.Shapes;
import dev.gru.kernel.ThreadTeam;

/**
 * The threads that share the tasks of a training. For one caller at a time; to be closed, if there are several threads.
 */
final class TaskTeam implements AutoCloseable {
    private final ThreadTeam team;

    /**
     * Starts the threads.
     *
     * @param threads how many, the calling one among them
     * @throws IllegalArgumentException if there are fewer than one, or more than {@link ThreadTeam#MAX_SIZE}
     */
    TaskTeam(int threads) {
        team = Shapes.requireFrom1To("threads", threads, ThreadTeam.MAX_SIZE) == 1 ? null : new ThreadTeam(threads);
    }

    /** Returns the threads that help, or null if there are none. */
    ThreadTeam threads() {
        return team;
    }

    /** Runs tasks 0, 1 … on all threads, each as soon as one is free. */
    void forAll(int tasks, IntConsumer task) {
        AtomicInteger next = new AtomicInteger();
        ThreadTeam.Task share = _ -> {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                task.accept(i);
            }
        };
        if (team == null || !team.tryRun(share)) {
            share.run(0);
        }
    }

    @Override
    public void close() {
        if (team != null) {
            team.close();
        }
    }
}
