package dev.gru.bench.soak;

import java.util.List;
import java.util.Map;

/**
 * The result of a soak.
 *
 * @param done the count of each operation
 * @param problemCount the number of problems
 * @param problems the first problems
 * @param growth the growth of memory, or null if the soak was too short, or the operating system does not report memory
 */
public record SoakResult(Map<String, Long> done, long problemCount, List<String> problems, Growth growth) {
    /** Memory must grow by less than this share. */
    private static final double MAX_GROWTH = 0.01;

    /**
     * Memory in KB.
     *
     * @param residentBefore resident memory after the first half minute
     * @param residentAfter resident memory at the end
     * @param reachableBefore reachable objects on the heap after the first half minute
     * @param reachableAfter reachable objects on the heap at the end
     */
    public record Growth(long residentBefore, long residentAfter, long reachableBefore, long reachableAfter) {
        /** Returns the growth of resident memory, as a share of it. */
        public double resident() {
            return (double) residentAfter / residentBefore - 1;
        }

        /**
         * Returns the growth of reachable objects as a share of resident memory, since the whole heap is resident from
         * the start.
         */
        public double reachable() {
            return (double) (reachableAfter - reachableBefore) / residentBefore;
        }

        /** Returns whether both grew by less than 1 %. */
        public boolean isFlat() {
            return resident() < MAX_GROWTH && reachable() < MAX_GROWTH;
        }
    }

    /** Copies the collections. */
    public SoakResult {
        done = Map.copyOf(done);
        problems = List.copyOf(problems);
    }

    /** Returns whether there was no problem and memory did not grow. */
    public boolean isGood() {
        return problemCount == 0 && (growth == null || growth.isFlat());
    }
}
