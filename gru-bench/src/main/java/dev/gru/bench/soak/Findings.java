package dev.gru.bench.soak;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** The counts of all operations of a soak, and its problems. Safe for use by any number of threads. */
final class Findings {
    /** Problems that are kept; further ones are only counted. */
    private static final int MAX_TOLD = 20;

    private final Map<String, LongAdder> done = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final LongAdder problemCount = new LongAdder();

    void count(String what) {
        done.computeIfAbsent(what, name -> new LongAdder()).increment();
    }

    void problem(String what) {
        problemCount.increment();
        if (problemCount.sum() <= MAX_TOLD) {
            problems.add(what);
        }
    }

    void problem(String what, Throwable cause) {
        StringWriter trace = new StringWriter();
        cause.printStackTrace(new PrintWriter(trace));
        problem(what + ": " + trace);
    }

    /** Returns the count of each operation. */
    Map<String, Long> done() {
        Map<String, Long> sums = new TreeMap<>();
        done.forEach((what, count) -> sums.put(what, count.sum()));
        return sums;
    }

    /** Returns the number of problems. */
    long problemCount() {
        return problemCount.sum();
    }

    /** Returns the first problems. */
    List<String> problems() {
        return List.copyOf(problems);
    }
}
