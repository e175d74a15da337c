package dev.gru.bench;

import java.util.concurrent.TimeUnit;

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
 * How long does the same work take here and elsewhere? {@code gru peers} runs it, one fork at a time, and compares; run
 * it under OMP_NUM_THREADS=1.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class PeersBenchmark {
    /** Who does the work, by {@link Contender#name}. */
    @Param({"gru", "gru bf16"})
    public String contender;

    /** The work, in the form of {@link LayerWork#parse}. */
    @Param({"1x1:64x64", "1x1:256x256", "100x1:256x64", "100x32:256x64"})
    public String work;

    private PreparedLayer layer;

    /** Prepares the layer and gives it its inputs, and zeros as the first state. */
    @Setup(Level.Trial)
    public void prepare() {
        LayerWork parsed = LayerWork.parse(work);
        layer = Contenders.all().stream().filter(one -> one.name().equals(contender)).findFirst().orElseThrow()
                .prepare(parsed.weights(), parsed.batch(), parsed.steps());
        layer.set(parsed.inputs(), new float[parsed.batch() * parsed.hiddenSize()]);
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
