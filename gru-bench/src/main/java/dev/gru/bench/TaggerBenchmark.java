package dev.gru.bench;

import java.io.IOException;
import java.io.InputStream;
import java.util.Random;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;

/**
 * How long does a whole model take per token? The tagger of the demonstration: an embedding, two GRU layers of 64
 * units, a softmax.
 */
public class TaggerBenchmark extends KernelBenchmark {
    private static final int TOKENS = 100;
    static final String MODEL = "demo/java-tagger.safetensors";

    private GruModel model;
    private GruSession session;
    private int[] tokens;
    private float[] y;

    /** Loads the model. */
    @Setup
    public void load() throws IOException {
        try (InputStream in = TaggerBenchmark.class.getResourceAsStream(MODEL)) {
            model = GruModel.load(MODEL, in, ModelOptions.defaults().withKernel(kernel));
        }
        session = model.newSession();
        int vocabulary = model.layers().embedding().orElseThrow().vocabularySize();
        // Token 0 is padding, which is masked.
        tokens = new Random(20).ints(TOKENS, 1, vocabulary).toArray();
        y = new float[TOKENS * model.outputSize()];
    }

    /** Token by token. */
    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public float[] step() {
        for (int token : tokens) {
            session.step(token, y);
        }
        return y;
    }

    /** The same tokens as one sequence. */
    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public float[] sequence() {
        session.sequence(TOKENS, tokens, y);
        return y;
    }
}
