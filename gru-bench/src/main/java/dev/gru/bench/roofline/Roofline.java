package dev.gru.bench.roofline;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

import com.sun.management.ThreadMXBean;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

import dev.gru.bench.roofline.MachineLimits.Level;
import dev.gru.bench.roofline.MachineLimits.Rate;

/**
 * Measures the limits of one core: multiply-adds in registers, and multiply-adds of weights from each level of the
 * memory hierarchy, read front to back as in a product of a matrix and a vector.
 *
 * <p>The loops are warmed up by many short calls, so that they are compiled as methods, until they have allocated
 * nothing for a while; windows of time in which the thread allocates are discarded, because vectors are objects then.
 * For use by one thread, with nothing else running.
 */
public final class Roofline {
    private static final int WINDOWS = 25;
    private static final long WINDOW_NANOS = 10_000_000;
    private static final long CLEAN_NANOS = 500_000_000;
    private static final long WARM_UP_LIMIT_NANOS = 20_000_000_000L;
    private static final int WARM_UP_CALLS = 100;
    private static final int WARM_UP_WINDOWS = 5;
    private static final int PEAK_TURNS = 2000;
    private static final int READ_TURNS = 2000;
    private static final int WARM_UP_TURNS = 50;
    private static final int WARM_UP_BLOCKS = 16;
    private static final long LARGEST_ALIGNMENT = 1 << 20;
    private static final float FACTOR = 0.5f;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * Bytes that the counting itself may allocate; a vector object has more than 32 bytes, and a window thousands of
     * them.
     */
    private static final long OF_THE_COUNTING = 4096;

    private final CacheSizes caches;

    /**
     * Creates a measurement of caches of the given sizes.
     *
     * @throws IllegalStateException if the Vector API is missing
     */
    public Roofline(CacheSizes caches) {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new IllegalStateException("the module jdk.incubator.vector is missing; start java with"
                    + " --add-modules jdk.incubator.vector");
        }
        this.caches = caches;
    }

    /** Measures the peak and each level; takes some seconds. */
    public MachineLimits measure() {
        warmUp();
        List<Level> levels = new ArrayList<>();
        levels.add(level("L1", caches.l1(), caches.l1() / 2));
        levels.add(level("L2", caches.l2(), Math.max(caches.l2() / 2, 2 * caches.l1())));
        levels.add(level("L3", caches.l3(), workingSetOfL3(caches)));
        levels.add(level("memory", Long.MAX_VALUE, 4 * caches.l3()));
        return new MachineLimits(RooflineLoops.SPECIES.vectorBitSize(), peak(), levels);
    }

    /** Measures the bandwidth for working sets of {@code from}, twice as many, … up to {@code to} bytes. */
    public List<Level> curve(long from, long to) {
        warmUp();
        List<Level> curve = new ArrayList<>();
        for (long bytes = from; bytes <= to; bytes *= 2) {
            curve.add(level("", bytes, bytes));
        }
        return curve;
    }

    /**
     * Returns a working set that clearly exceeds L2, and is no more than a fair share of an L3 that other cores use,
     * too.
     */
    static long workingSetOfL3(CacheSizes caches) {
        return Math.max(2 * caches.l2(), Math.min(4 * caches.l2(), caches.l3() / 4));
    }

    private static void warmUp() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sums = sums(arena);
            MemorySegment w = weights(arena, (long) WARM_UP_BLOCKS * RooflineLoops.BLOCK);
            long start = System.nanoTime();
            long clean = start;
            while (System.nanoTime() - clean < CLEAN_NANOS) {
                long bytes = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < WARM_UP_CALLS; i++) {
                    sums.fill((byte) 0);
                    RooflineLoops.multiplyAdd(WARM_UP_TURNS, FACTOR, 1, sums);
                    RooflineLoops.readMultiplyAdd(w, WARM_UP_BLOCKS, WARM_UP_TURNS, FACTOR, sums);
                }
                if (allocatedSince(bytes)) {
                    clean = System.nanoTime();
                }
                if (clean - start > WARM_UP_LIMIT_NANOS) {
                    throw notCompiled();
                }
            }
        }
    }

    private static Rate peak() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sums = sums(arena);
            for (int i = 0; i < RooflineLoops.SUMS / Float.BYTES; i++) {
                sums.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
            }
            double operations = 2.0 * PEAK_TURNS * RooflineLoops.ACCUMULATORS * RooflineLoops.SPECIES.length();
            return rate(operations, () -> RooflineLoops.multiplyAdd(PEAK_TURNS, FACTOR, 1, sums));
        }
    }

    private static Level level(String name, long capacity, long workingSet) {
        int blocks = Math.toIntExact(Math.max(1, workingSet / RooflineLoops.BLOCK));
        int turns = Math.max(READ_TURNS, blocks);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sums = sums(arena);
            MemorySegment w = weights(arena, (long) blocks * RooflineLoops.BLOCK);
            Rate rate = rate((double) turns * RooflineLoops.BLOCK, () -> {
                sums.fill((byte) 0);
                RooflineLoops.readMultiplyAdd(w, blocks, turns, FACTOR, sums);
            });
            return new Level(name, capacity, w.byteSize(), rate);
        }
    }

    private static MemorySegment sums(Arena arena) {
        return arena.allocate(RooflineLoops.SUMS, RooflineLoops.ALIGNMENT);
    }

    /**
     * Returns memory whose pages are resident. It is aligned to a power of two that it fits into: some processors
     * choose the way in their L1 cache by a hash of the address, and a small working set across a multiple of a large
     * power of two conflicts with itself, at two thirds of the bandwidth.
     */
    private static MemorySegment weights(Arena arena, long bytes) {
        long alignment = Math.min(LARGEST_ALIGNMENT, Long.highestOneBit(bytes) * 2);
        MemorySegment weights = arena.allocate(bytes, Math.max(alignment, RooflineLoops.ALIGNMENT));
        // Floats of such bytes are small positive numbers.
        return weights.fill((byte) 0x3C);
    }

    /** Returns the rate in units per nanosecond. */
    private static Rate rate(double unitsPerCall, Runnable call) {
        long start = System.nanoTime();
        call.run();
        long calls = Math.max(1, WINDOW_NANOS / Math.max(1, System.nanoTime() - start));
        DescriptiveStatistics rates = new DescriptiveStatistics();
        for (int window = 0; window < WARM_UP_WINDOWS + WINDOWS; window++) {
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            start = System.nanoTime();
            for (long i = 0; i < calls; i++) {
                call.run();
            }
            long nanos = System.nanoTime() - start;
            boolean allocated = allocatedSince(bytes);
            if (window >= WARM_UP_WINDOWS && !allocated) {
                rates.addValue(unitsPerCall * calls / nanos);
            }
        }
        if (rates.getN() == 0) {
            throw notCompiled();
        }
        return new Rate(rates.getMax(), rates.getPercentile(50));
    }

    private static boolean allocatedSince(long bytes) {
        return THREADS.getCurrentThreadAllocatedBytes() - bytes > OF_THE_COUNTING;
    }

    private static IllegalStateException notCompiled() {
        return new IllegalStateException("the loops of the roofline allocate, so they are not compiled as they should"
                + " be, and their figures would not be limits");
    }
}
