package dev.gru.bench.soak;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What was done how often, and what was wrong. Safe for use by any number of threads. */
final class Findings {
    /** More are counted only. */
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

    /** Returns how often each thing was done. */
    Map<String, Long> done() {
        Map<String, Long> sums = new TreeMap<>();
        done.forEach((what, count) -> sums.put(what, count.sum()));
        return sums;
    }

    /** Returns how many things were wrong. */
    long problemCount() {
        return problemCount.sum();
    }

    /** Returns the first things that were wrong. */
    List<String> problems() {
        return List.copyOf(problems);
    }
}
