package dev.gru.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * What does a step cost of a model with layers around its GRU, beside the steps of these layers alone? The model is a
 * causal convolution, a normalisation, a rectifier, a GRU and a dense layer; each part is a model of one layer.
 */
public class GraphStepBenchmark extends KernelBenchmark {
    /** What of the model runs. */
    public enum Part {
        /** All of it. */
        MODEL,
        /** The convolution over three steps. */
        CONV,
        /** The normalisation. */
        BATCH_NORMALIZATION,
        /** The rectifier. */
        RELU,
        /** The GRU. */
        GRU,
        /** The dense layer with its softmax. */
        DENSE
    }

    private static final int INPUTS = 16;
    private static final int KERNEL_SIZE = 3;
    private static final int OUTPUTS = 8;

    /** What runs. */
    @Param
    public Part part;

    /** Filters of the convolution and units of the GRU. */
    @Param({"64", "128"})
    public int units;

    private GruModel model;
    private GruSession session;
    private float[] x;
    private float[] y;

    /** Packs the model, or one layer of it. */
    @Setup
    public void pack() {
        List<Layer> layers = layers(units);
        Sequential made = new Sequential(part == Part.MODEL
                ? layers
                : layers.stream().filter(layer -> layer.name().equals(part.name())).toList(),
                new Graph.Input("x", Shape.sequence(size(part))), null);
        model = GruModel.of(made, ModelOptions.defaults().withKernel(kernel));
        session = model.newSession();
        x = floats(new Random(1), model.inputSize());
        y = new float[model.outputSize()];
    }

    private int size(Part of) {
        return of == Part.MODEL || of == Part.CONV ? INPUTS : units;
    }

    private static List<Layer> layers(int units) {
        Random random = new Random(units);
        int window = KERNEL_SIZE * INPUTS;
        List<float[]> averages = new ArrayList<>();
        IntStream.range(0, 3).forEach(_ -> averages.add(floats(random, units)));
        float[] variance = new float[units];
        Arrays.fill(variance, 0.5f);
        averages.add(variance);
        return List.of(
                new Conv1D(Part.CONV.name(), INPUTS, KERNEL_SIZE, dense(random, window, units, Activation.LINEAR))
                        .withPadding(Conv1D.Padding.CAUSAL),
                new BatchNormalization(Part.BATCH_NORMALIZATION.name(), units, 1e-3f, 0.99f, Learnt.BOTH, averages),
                new ActivationLayer(Part.RELU.name(), Activation.RELU),
                new GruLayer(Part.GRU.name(), new GruWeights(GruVariant.RESET_AFTER, units, units,
                        floats(random, 3 * units * units), floats(random, 3 * units * units), floats(random, 3 * units),
                        floats(random, 3 * units))).withReturnSequences(true),
                new Dense(Part.DENSE.name(), dense(random, units, OUTPUTS, Activation.SOFTMAX)));
    }

    private static DenseWeights dense(Random random, int inputs, int outputs, Activation activation) {
        return new DenseWeights(inputs, outputs, activation, floats(random, inputs * outputs),
                floats(random, outputs));
    }

    private static float[] floats(Random random, int count) {
        return LayerShape.uniform(random, count, 0.125f);
    }

    /** The next step of one stream. */
    @Benchmark
    public float[] step() {
        session.step(x, y);
        return y;
    }
}
