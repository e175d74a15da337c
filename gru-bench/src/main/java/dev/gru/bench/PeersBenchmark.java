package dev.gru.bench;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import dev.gru.bench.peer.Contender;
import dev.gru.bench.peer.Contenders;
import dev.gru.bench.peer.PreparedLayer;

/**
 * How long does the same work take on this library and on others? {@code gru peers} runs it, one fork at a time, and
 * compares; needs OMP_NUM_THREADS=1.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class PeersBenchmark {
    /** Steps of a layer that is run first, so that code becomes hot by many calls rather than by a few long ones. */
    private static final int FEW_STEPS = 4;
    private static final long CLEAN_NANOS = 500_000_000;
    private static final long LIMIT_NANOS = 30_000_000_000L;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** The contender, by {@link Contender#name}. */
    @Param({"gru", "gru bf16"})
    public String contender;

    /** The work, in the form of {@link LayerWork#parse}. */
    @Param({"1x1:64x64", "1x1:256x256", "100x1:256x64", "100x32:256x64"})
    public String work;

    private PreparedLayer layer;

    /** Prepares the layer and warms it up, then sets its inputs, and zeros as the initial state. */
    @Setup(Level.Trial)
    public void prepare() {
        LayerWork parsed = LayerWork.parse(work);
        Contender chosen = Contenders.named(contender);
        LayerWork few = new LayerWork(Math.min(parsed.steps(), FEW_STEPS), parsed.batch(), parsed.inputSize(),
                parsed.hiddenSize());
        try (PreparedLayer warmUp = prepare(chosen, few)) {
            warmUp(chosen, warmUp);
        }
        layer = prepare(chosen, parsed);
        warmUp(chosen, layer);
        set(layer, parsed);
    }

    private static PreparedLayer prepare(Contender contender, LayerWork work) {
        PreparedLayer layer = contender.prepare(work.weights(), work.batch(), work.steps());
        set(layer, work);
        return layer;
    }

    private static void set(PreparedLayer layer, LayerWork work) {
        layer.set(work.inputs(), new float[work.batch() * work.hiddenSize()]);
    }

    /**
     * Runs a layer for a while, and one of ours until it has allocated nothing for as long: vector code is up to
     * thousands of times slower until it is compiled in its final form, after a time that differs from run to run;
     * until then vectors are objects, which the allocations show.
     */
    private static void warmUp(Contender contender, PreparedLayer layer) {
        long start = System.nanoTime();
        long clean = start;
        while (System.nanoTime() - clean < CLEAN_NANOS) {
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            layer.run();
            if (contender.isOurs() && THREADS.getCurrentThreadAllocatedBytes() != bytes) {
                clean = System.nanoTime();
            }
            if (clean - start > LIMIT_NANOS) {
                throw new IllegalStateException(contender.name() + " still allocates after "
                        + LIMIT_NANOS / 1_000_000_000 + " s of warm-up, so its time would mean nothing");
            }
        }
    }

    /** Frees the layer. */
    @TearDown(Level.Trial)
    public void close() {
        layer.close();
    }

    /** All steps. */
    @Benchmark
    public PreparedLayer run() {
        layer.run();
        return layer;
    }
}
