package dev.gru.bench;

import java.lang.foreign.Arena;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import dev.gru.kernel.GruRunner;
import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.PackedGru;
import dev.gru.weights.GruVariant;

/** How long does a batch of sequences of 100 steps take? */
public class SequenceBenchmark extends KernelBenchmark {
    private static final int STEPS = 100;

    /** Inputs and units. */
    @Param({"64x64", "100x37", "256x64", "256x256"})
    public String layer;

    /** Sequences at once. */
    @Param({"1", "32"})
    public int batch;

    private PackedGru packed;
    private GruRunner runner;
    private float[] x;
    private float[] state;
    private float[] y;

    /** Packs the layer. */
    @Setup
    public void pack() {
        LayerShape shape = LayerShape.parse(layer);
        packed = KernelSelection.named(kernel).pack(shape.weights(GruVariant.RESET_AFTER), Arena.ofAuto());
        runner = packed.newRunner(batch);
        x = shape.inputs(batch * STEPS);
        state = new float[batch * packed.stateSize()];
        y = new float[batch * STEPS * packed.hiddenSize()];
    }

    /** Each sequence goes on from the states in which the one before ended. */
    @Benchmark
    public float[] sequence() {
        runner.forwardBatch(batch, STEPS, x, null, state, y);
        return y;
    }
}
