package dev.gru.bench;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.kernel.GruRunner;
import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.PackedGru;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** How much longer does a step of a session take than the step of its one layer, that of the kernel? */
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SessionBenchmark extends KernelBenchmark {
    /** Inputs and units. */
    @Param({"8x8", "16x16", "32x32", "64x64"})
    public String layer;

    private GruRunner runner;
    private float[] state;
    private GruModel model;
    private GruSession session;
    private float[] x;
    private float[] y;

    /** Packs the layer, alone and as a model. */
    @Setup
    public void pack() {
        LayerShape shape = LayerShape.parse(layer);
        GruWeights weights = shape.weights(GruVariant.RESET_AFTER);
        PackedGru packed = KernelSelection.named(kernel).pack(weights, Arena.ofAuto());
        runner = packed.newRunner(1);
        state = new float[packed.stateSize()];
        model = GruModel.of(new Sequential(List.of(new GruLayer("gru", weights).withReturnSequences(true))),
                ModelOptions.defaults().withKernel(kernel));
        session = model.newSession();
        x = shape.inputs(1);
        y = new float[shape.hiddenSize()];
    }

    /** Frees the model. */
    @TearDown
    public void close() {
        model.close();
    }

    /** A step of the kernel. */
    @Benchmark
    public float[] kernelStep() {
        runner.forwardStep(x, state, state);
        return state;
    }

    /** A step of the session. */
    @Benchmark
    public float[] sessionStep() {
        session.step(x, y);
        return y;
    }
}
