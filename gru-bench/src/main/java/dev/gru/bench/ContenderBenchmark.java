package dev.gru.bench;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import dev.gru.bench.peer.Contender;

/** How contenders are measured: one thread, one fork at a time, microseconds for all steps. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public abstract class ContenderBenchmark {
    /** Steps of what is run first, so that code becomes hot by many calls rather than by a few long ones. */
    static final int FEW_STEPS = 4;
    private static final long CLEAN_NANOS = 500_000_000;
    private static final long LIMIT_NANOS = 30_000_000_000L;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * Runs something for a while, and something of ours until no call has allocated more than the least of all for as
     * long: vector code is up to thousands of times slower until it is compiled in its final form, after a time that
     * differs from run to run; until then vectors are objects, which the allocations show.
     */
    static void warmUp(Contender contender, Runnable call) {
        long start = System.nanoTime();
        long clean = start;
        long least = Long.MAX_VALUE;
        while (System.nanoTime() - clean < CLEAN_NANOS) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            call.run();
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (contender.isOurs() && bytes != least) {
                least = Math.min(least, bytes);
                clean = System.nanoTime();
            }
            if (clean - start > LIMIT_NANOS) {
                throw new IllegalStateException(contender.name() + " still allocates after "
                        + LIMIT_NANOS / 1_000_000_000 + " s of warm-up, so its time would mean nothing");
            }
        }
    }
}
