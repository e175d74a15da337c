package dev.gru.bench;

import java.lang.foreign.Arena;
import java.util.Random;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import dev.gru.kernel.DenseRunner;
import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.PackedDense;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Precision;

/**
 * How near do the matrix products come to what {@code gru roofline} measures? A dense layer without an activation is
 * one product: one row reads 4 · inputs · outputs bytes of weights (2 in bfloat16), and every row does 2 · inputs ·
 * outputs operations.
 */
public class ProductBenchmark extends KernelBenchmark {
    private static final long SEED = 21;

    /** Inputs and outputs. */
    @Param({"64x256", "64x384", "256x768", "512x1536"})
    public String layer;

    /** Rows at once. */
    @Param({"1", "32"})
    public int rows;

    /** How the weights are kept. */
    @Param({"FP32", "BF16"})
    public Precision precision;

    private PackedDense packed;
    private DenseRunner runner;
    private float[] x;
    private float[] y;

    /** Packs the layer. */
    @Setup
    public void pack() {
        LayerShape shape = LayerShape.parse(layer);
        int inputs = shape.inputSize();
        int outputs = shape.hiddenSize();
        float[] weight = LayerShape.uniform(new Random(SEED), inputs * outputs, 0.5f);
        packed = KernelSelection.named(kernel).pack(
                new DenseWeights(inputs, outputs, Activation.LINEAR, weight, new float[outputs]), precision,
                Arena.ofAuto());
        runner = packed.newRunner();
        x = shape.inputs(rows);
        y = new float[rows * outputs];
    }

    /** y = W x + b for every row. */
    @Benchmark
    public float[] product() {
        runner.forward(rows, x, y);
        return y;
    }
}
