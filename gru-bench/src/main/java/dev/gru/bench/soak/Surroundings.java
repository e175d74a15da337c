package dev.gru.bench.soak;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;

import dev.gru.GruModel;

/**
 * The objects that all users of a soak share.
 *
 * @param model the model
 * @param replay the expected outputs
 * @param findings the counts and problems
 * @param snapshots the snapshots, which users restore from each other
 */
record Surroundings(GruModel model, Replay replay, Findings findings, BlockingQueue<Saved> snapshots) {
    private static final int SNAPSHOTS = 256;
    private static final long PAUSE_NANOS = 100_000;

    Surroundings(GruModel model, Replay replay, Findings findings) {
        this(model, replay, findings, new ArrayBlockingQueue<>(SNAPSHOTS));
    }

    /** Returns the same for another model of the same layers. */
    Surroundings with(GruModel other) {
        return new Surroundings(other, replay, findings, snapshots);
    }

    /**
     * Counts and clears an interrupt, and lets other threads run. A virtual thread must leave its carrier for a while:
     * those that only yield take turns among themselves, and others may never run.
     */
    @SuppressWarnings("ThreadPriorityCheck")
    void betweenUses() {
        if (Thread.interrupted()) {
            findings.count("interrupts");
        }
        if (Thread.currentThread().isVirtual()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        } else {
            Thread.yield();
        }
    }

    /** Checks an output, and reports a problem if it is wrong. */
    void check(String who, Position at, float[] y, int offset) {
        if (!replay.matches(at, y, offset)) {
            findings.problem(who + " has other bits than the replay at " + at);
        }
    }
}
