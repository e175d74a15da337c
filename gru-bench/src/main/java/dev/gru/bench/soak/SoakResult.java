package dev.gru.bench.soak;

import java.util.List;
import java.util.Map;

/**
 * What a soak found.
 *
 * @param done how often each thing was done
 * @param problemCount how many things were wrong
 * @param problems the first of them
 * @param growth of memory, or null if it ran too short for that, or the operating system does not tell
 */
public record SoakResult(Map<String, Long> done, long problemCount, List<String> problems, Growth growth) {
    /** Memory must grow by less than this share. */
    private static final double MAX_GROWTH = 0.01;

    /**
     * Memory in KB.
     *
     * @param residentBefore after the first half minute
     * @param residentAfter in the end
     * @param reachableBefore on the heap
     * @param reachableAfter on the heap
     */
    public record Growth(long residentBefore, long residentAfter, long reachableBefore, long reachableAfter) {
        /** Returns by what share the resident memory grew. */
        public double resident() {
            return (double) residentAfter / residentBefore - 1;
        }

        /** Returns what share of the resident memory the growth of reachable objects is, as the heap is resident at once. */
        public double reachable() {
            return (double) (reachableAfter - reachableBefore) / residentBefore;
        }

        /** Returns whether it grew by less than 1 %. */
        public boolean isFlat() {
            return resident() < MAX_GROWTH && reachable() < MAX_GROWTH;
        }
    }

    /** Copies the collections. */
    public SoakResult {
        done = Map.copyOf(done);
        problems = List.copyOf(problems);
    }

    /** Returns whether nothing was wrong. */
    public boolean isGood() {
        return problemCount == 0 && (growth == null || growth.isFlat());
    }
}
