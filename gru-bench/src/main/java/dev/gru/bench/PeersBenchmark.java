package dev.gru.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import dev.gru.bench.peer.Contender;
import dev.gru.bench.peer.Contenders;
import dev.gru.bench.peer.PreparedLayer;

/**
 * How long does the same layer take on this library and on others? {@code gru peers} runs it, one fork at a time, and
 * compares; needs OMP_NUM_THREADS=1.
 */
public class PeersBenchmark extends ContenderBenchmark {
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
            warmUp(chosen, warmUp::run);
        }
        layer = prepare(chosen, parsed);
        warmUp(chosen, layer::run);
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
