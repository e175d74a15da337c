package dev.gru.bench.soak;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

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

    Surroundings(GruModel model, Replay replay, Findings findings) {
        this(model, replay, findings, new ArrayBlockingQueue<>(SNAPSHOTS));
    }

    /** Returns the same for another model of the same layers. */
    Surroundings with(GruModel other) {
        return new Surroundings(other, replay, findings, snapshots);
    }

    /** Takes note of an interrupt, and lets others run: a virtual thread that computes leaves its carrier only if it says so. */
    @SuppressWarnings("ThreadPriorityCheck")
    void betweenUses() {
        if (Thread.interrupted()) {
            findings.count("interrupts");
        }
        Thread.yield();
    }

    /** Checks an output; tells what is wrong. */
    void check(String who, Position at, float[] y, int offset) {
        if (!replay.matches(at, y, offset)) {
            findings.problem(who + " put out other bits than the replay at " + at);
        }
    }
}
