package dev.gru.bench.soak;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;

import dev.gru.GruModel;

/**
 * What all users of a soak share.
 *
 * @param model what they use
 * @param replay what must come out
 * @param findings where they tell what they saw
 * @param snapshots which they take from each other
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
     * Takes note of an interrupt, and lets others run. A virtual thread must leave its carrier for a while: those that only
     * yield take turns among themselves, and others may never get one.
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

    /** Checks an output; tells what is wrong. */
    void check(String who, Position at, float[] y, int offset) {
        if (!replay.matches(at, y, offset)) {
            findings.problem(who + " put out other bits than the replay at " + at);
        }
    }
}
