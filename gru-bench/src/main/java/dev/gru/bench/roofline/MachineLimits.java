package dev.gru.bench.roofline;

import java.util.ArrayList;
import java.util.List;

/**
 * What one core was seen to do at best.
 *
 * @param vectorBits length of the vectors
 * @param peak fused multiply-adds in registers, in GFLOP/s, two operations each
 * @param levels bandwidth of each level from the nearest to memory, one load and one multiply-add a vector
 */
public record MachineLimits(int vectorBits, Rate peak, List<Level> levels) {

    /**
     * A rate over several windows of time, in GFLOP/s or GB/s.
     *
     * @param best in the best window, which is the limit
     * @param median in half of the windows at least
     */
    public record Rate(double best, double median) {
    }

    /**
     * A level of the memory hierarchy.
     *
     * @param name such as {@code L1}
     * @param capacity bytes that fit
     * @param workingSet bytes that were read over and over
     * @param bandwidth in GB/s
     */
    public record Level(String name, long capacity, long workingSet, Rate bandwidth) {
    }

    /** Checks that the levels grow and that the last, memory, holds everything. */
    public MachineLimits {
        levels = List.copyOf(levels);
        for (int i = 1; i < levels.size(); i++) {
            if (levels.get(i).capacity() <= levels.get(i - 1).capacity()) {
                throw new IllegalArgumentException("each level must hold more than the one before, was " + levels);
            }
        }
        if (levels.isEmpty() || levels.getLast().capacity() != Long.MAX_VALUE) {
            throw new IllegalArgumentException("the last level must be memory, which holds everything");
        }
    }

    /** Returns the nearest level that has room for a number of bytes. */
    public Level level(long workingSet) {
        return levels.stream().filter(level -> workingSet <= level.capacity()).findFirst().orElseThrow();
    }

    /** Returns the bandwidth, in GB/s, for weights of so many bytes that are read again and again. */
    public double bandwidth(long workingSet) {
        return level(workingSet).bandwidth().best();
    }

    /** Returns, figure by figure, the better of these limits and of others measured on the same machine. */
    public MachineLimits best(MachineLimits other) {
        List<Level> better = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            Level level = levels.get(i);
            better.add(new Level(level.name(), level.capacity(), level.workingSet(),
                    best(level.bandwidth(), other.levels.get(i).bandwidth())));
        }
        return new MachineLimits(vectorBits, best(peak, other.peak), better);
    }

    private static Rate best(Rate a, Rate b) {
        return a.best() >= b.best() ? a : b;
    }
}
