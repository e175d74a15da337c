package dev.gru.bench;

import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.BatchResult;
import dev.gru.train.BatchTrainer;
import dev.gru.train.Initializer;
import dev.gru.train.Loss;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Targets;
import dev.gru.weights.Activation;

/**
 * How long does a step of training take: forward with dropout, back, and Adam? The article's model: a table of 10,000 ×
 * 256, two GRU layers of 64 units with dropout of one half behind each, and softmax over ten classes; 32 sequences of
 * 100 tokens.
 */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
public class TrainingStepBenchmark extends KernelBenchmark {
    private static final int VOCABULARY = 10_000;
    private static final int FEATURES = 256;
    private static final int UNITS = 64;
    private static final int CLASSES = 10;
    private static final int BATCH = 32;
    private static final int STEPS = 100;
    /** Batches of other tokens, so that as many rows of the table are in use as in a real training. */
    private static final int BATCHES = 16;

    /** Threads, the calling one among them. */
    @Param({"1", "2"})
    public int threads;

    private BatchTrainer trainer;
    private ModelInput[] inputs;
    private Targets[] targets;

    /** Draws weights and tokens. */
    @Setup
    public void draw() {
        Graph model = Initializer.KERAS.initialize(Sequential.builder().embedding(VOCABULARY, FEATURES).maskZero()
                .gru(UNITS).returnSequences().dropout(0.5).gru(UNITS).returnSequences().dropout(0.5)
                .timeDistributed(CLASSES, Activation.SOFTMAX)
                .build(), 1);
        trainer = new BatchTrainer(model, Loss.CATEGORICAL_CROSS_ENTROPY, new Adam(), kernel,
                threads);
        Random random = new Random(1);
        inputs = new ModelInput[BATCHES];
        targets = new Targets[BATCHES];
        for (int i = 0; i < BATCHES; i++) {
            inputs[i] = ModelInput.tokens(BATCH, STEPS, random.ints(BATCH * STEPS, 1, VOCABULARY).toArray());
            targets[i] = Targets.labels(random.ints(BATCH * STEPS, 0, CLASSES).toArray());
        }
    }

    /** One step. */
    @Benchmark
    public BatchResult step() {
        long step = trainer.steps();
        int batch = (int) (step % BATCHES);
        return trainer.step(inputs[batch], targets[batch], step, 0.001, Double.POSITIVE_INFINITY);
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        trainer.close();
    }
}
