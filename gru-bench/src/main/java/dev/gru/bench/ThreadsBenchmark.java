package dev.gru.bench;

import java.util.List;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.weights.GruVariant;

/** How much faster is a batch, or one step of a large layer, on more threads? */
@Warmup(iterations = 10, time = 1)
public class ThreadsBenchmark extends KernelBenchmark {
    private static final LayerShape BATCH_LAYER = new LayerShape(256, 256);
    private static final LayerShape STEP_LAYER = new LayerShape(1024, 1024);
    private static final int BATCH = 32;
    private static final int STEPS = 100;

    /** Threads, the calling one among them. */
    @Param({"1", "2"})
    public int threads;

    private GruModel batchModel;
    private GruModel stepModel;
    private GruSession session;
    private float[] batchInputs;
    private float[] stepInputs;
    private float[] y;

    /** Packs the layers. */
    @Setup
    public void pack() {
        batchModel = model(BATCH_LAYER);
        stepModel = model(STEP_LAYER);
        session = stepModel.newSession();
        batchInputs = BATCH_LAYER.inputs(BATCH * STEPS);
        stepInputs = STEP_LAYER.inputs(1);
        y = new float[STEP_LAYER.hiddenSize()];
    }

    private GruModel model(LayerShape shape) {
        return GruModel.of(
                new Sequential(
                        List.of(new GruLayer("gru", shape.weights(GruVariant.RESET_AFTER)).withReturnSequences(true))),
                ModelOptions.defaults().withKernel(kernel).withThreads(threads));
    }

    /** Frees the models. */
    @TearDown
    public void close() {
        batchModel.close();
        stepModel.close();
    }

    /** 32 sequences of 100 steps, 256→256. */
    @Benchmark
    public float[] batch() {
        return batchModel.predict(BATCH, STEPS, batchInputs);
    }

    /** One step of one stream, 1024→1024. */
    @Benchmark
    public float[] step() {
        session.step(stepInputs, y);
        return y;
    }
}
