package dev.gru.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import dev.gru.bench.model.WholeModel;
import dev.gru.bench.peer.Contender;
import dev.gru.bench.peer.Contenders;
import dev.gru.bench.peer.PreparedModel;
import dev.gru.layer.Graph;

/**
 * How long does a whole model take: a step of one stream, a sequence, a batch of sequences? {@code gru peers} runs it
 * beside others. One stream goes through a session, a batch through {@code run}.
 */
public class ModelBenchmark extends ContenderBenchmark {
    /** The contender, by {@link Contender#name}; with the profile {@code peers} also {@code onnxruntime}. */
    @Param({"gru", "gru without tables"})
    public String contender;

    /** The work, in the form of {@link ModelWork#parse}. */
    @Param({"1x1:article", "100x1:article", "100x32:article", "1x1:tagger", "100x1:tagger", "1x1:wake-word",
            "29x1:wake-word", "1x1:noise-suppression", "100x1:noise-suppression", "1x1:forecaster",
            "100x1:forecaster"})
    public String work;

    private PreparedModel model;

    /** Prepares the model and warms it up. */
    @Setup(Level.Trial)
    public void prepare() {
        ModelWork parsed = ModelWork.parse(work);
        Contender chosen = Contenders.named(contender);
        Graph graph = parsed.model().graph();
        try (PreparedModel few = chosen.prepare(graph,
                WholeModel.input(graph, parsed.batch(), Math.min(parsed.steps(), FEW_STEPS)))) {
            warmUp(chosen, few::run);
        }
        model = chosen.prepare(graph, WholeModel.input(graph, parsed.batch(), parsed.steps()));
        warmUp(chosen, model::run);
    }

    /** Frees the model. */
    @TearDown(Level.Trial)
    public void close() {
        model.close();
    }

    /** All steps. */
    @Benchmark
    public PreparedModel run() {
        model.run();
        return model;
    }
}
