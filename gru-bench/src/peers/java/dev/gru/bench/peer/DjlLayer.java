package dev.gru.bench.peer;

import java.nio.FloatBuffer;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.GRU;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;

import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * A block of DJL whose inputs stay in the engine's memory. Steps come first, as the engine computes them, so that
 * nothing is transposed. A run makes new outputs, since the engine has no form that writes into given ones, and each
 * run starts from the states that were set.
 */
final class DjlLayer implements PreparedLayer {
    static final String ENGINE = "PyTorch";

    /** The order of PyTorch's gates, and so of DJL's. */
    private static final Gate[] ORDER = {Gate.RESET, Gate.UPDATE, Gate.NEW};

    private final int batch;
    private final int steps;
    private final int inputSize;
    private final int hiddenSize;
    private final NDManager memory;
    private final GRU layer;
    private final ParameterStore parameters;
    private final NDArray x;
    private final NDArray h0;
    private final NDList inputs;
    /** Outputs of all steps, and the states after the last. */
    private NDList outputs = new NDList();

    DjlLayer(GruWeights weights, int batch, int steps) {
        if (weights.variant() != GruVariant.RESET_AFTER) {
            throw new IllegalArgumentException("weights must be of RESET_AFTER, were " + weights);
        }
        this.batch = batch;
        this.steps = steps;
        inputSize = weights.inputSize();
        hiddenSize = weights.hiddenSize();
        memory = Engine.getEngine(ENGINE).newBaseManager();
        JniUtils.setNumThreads(1);
        layer = GRU.builder().setStateSize(hiddenSize).setNumLayers(1).optBatchFirst(false).optReturnState(true)
                .build();
        Shape xShape = new Shape(steps, batch, inputSize);
        layer.initialize(memory, DataType.FLOAT32, xShape);
        int rows = Gate.COUNT * hiddenSize;
        set("l_0_i2h_WEIGHT", rows * inputSize, i -> weights.weightIh(gate(i / inputSize), unit(i / inputSize),
                i % inputSize));
        set("l_0_h2h_WEIGHT", rows * hiddenSize, i -> weights.weightHh(gate(i / hiddenSize), unit(i / hiddenSize),
                i % hiddenSize));
        set("l_0_i2h_BIAS", rows, i -> weights.biasIh(gate(i), unit(i)));
        set("l_0_h2h_BIAS", rows, i -> weights.biasHh(gate(i), unit(i)));
        parameters = new ParameterStore(memory, false);
        x = memory.zeros(xShape);
        h0 = memory.zeros(new Shape(1, batch, hiddenSize));
        inputs = new NDList(x, h0);
    }

    /** A weight by its index. */
    private interface Weights {
        float at(int index);
    }

    private void set(String name, int length, Weights weights) {
        FloatBuffer values = FloatBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            values.put(i, weights.at(i));
        }
        layer.getParameters().get(name).getArray().set(values);
    }

    private Gate gate(int row) {
        return ORDER[row / hiddenSize];
    }

    private int unit(int row) {
        return row % hiddenSize;
    }

    @Override
    public void set(float[] newX, float[] newH0) {
        FloatBuffer bySteps = FloatBuffer.allocate(newX.length);
        for (int i = 0; i < steps * batch; i++) {
            bySteps.put((i % steps * batch + i / steps) * inputSize, newX, i * inputSize, inputSize);
        }
        x.set(bySteps);
        h0.set(FloatBuffer.wrap(newH0));
    }

    @Override
    public void run() {
        outputs.close();
        outputs = layer.forward(parameters, inputs, false);
    }

    @Override
    public void get(float[] toY, float[] hn) {
        float[] y = outputs.get(0).toFloatArray();
        for (int i = 0; i < steps * batch; i++) {
            System.arraycopy(y, (i % steps * batch + i / steps) * hiddenSize, toY, i * hiddenSize, hiddenSize);
        }
        System.arraycopy(outputs.get(1).toFloatArray(), 0, hn, 0, batch * hiddenSize);
    }

    @Override
    public void close() {
        outputs.close();
        memory.close();
    }
}
