package dev.gru.bench;

import java.lang.foreign.Arena;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import dev.gru.kernel.GruRunner;
import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.PackedGru;
import dev.gru.weights.GruVariant;

/** How long does one step of one stream take? */
public class StepBenchmark extends KernelBenchmark {
    /** Inputs and units; 100x37 is no multiple of anything. */
    @Param({"8x8", "16x16", "24x24", "48x48", "64x64", "100x37", "128x128", "256x256", "512x512"})
    public String layer;

    /** The recurrence. */
    @Param("RESET_AFTER")
    public GruVariant variant;

    private PackedGru packed;
    private GruRunner runner;
    private float[] x;
    private float[] state;

    /** Packs the layer. */
    @Setup
    public void pack() {
        LayerShape shape = LayerShape.parse(layer);
        packed = KernelSelection.named(kernel).pack(shape.weights(variant), Arena.ofAuto());
        runner = packed.newRunner(1);
        x = shape.inputs(1);
        state = new float[packed.stateSize()];
    }

    /** The state goes round, so each step depends on the one before, as in a stream. */
    @Benchmark
    public float[] step() {
        runner.forwardStep(x, state, state);
        return state;
    }
}
