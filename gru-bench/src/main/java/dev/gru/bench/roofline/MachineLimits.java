package dev.gru.bench.roofline;

import java.util.ArrayList;
import java.util.List;

/**
 * The measured limits of one core.
 *
 * @param vectorBits length of the vectors, in bits
 * @param peak fused multiply-adds in registers, in GFLOP/s, two operations each
 * @param levels bandwidth of each level, from the L1 cache to memory, with one load and one multiply-add per vector
 */
public record MachineLimits(int vectorBits, Rate peak, List<Level> levels) {

    /**
     * A rate over several windows of time, in GFLOP/s or GB/s.
     *
     * @param best the rate in the best window, which is the limit
     * @param median the median over the windows
     */
    public record Rate(double best, double median) {
    }

    /**
     * A level of the memory hierarchy.
     *
     * @param name such as {@code L1}
     * @param capacity the capacity in bytes
     * @param workingSet the bytes that were read repeatedly
     * @param bandwidth the bandwidth in GB/s
     */
    public record Level(String name, long capacity, long workingSet, Rate bandwidth) {
    }

    /** Checks that the capacities grow and that the last level is memory, with an unlimited one. */
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

    /** Returns the fastest level that a number of bytes fit into. */
    public Level level(long workingSet) {
        return levels.stream().filter(level -> workingSet <= level.capacity()).findFirst().orElseThrow();
    }

    /** Returns, for each figure, the better one of these limits and of others from the same machine. */
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
