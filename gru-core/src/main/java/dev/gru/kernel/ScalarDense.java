package dev.gru.kernel;

import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** A dense layer as {@link ScalarGruKernel} runs it: straight from the canonical weights. */
final class ScalarDense extends PackedDense {
    private final Activation activation;
    /** Null for an activation by itself. */
    private final DenseWeights weights;

    ScalarDense(DenseWeights weights) {
        super(weights);
        activation = weights.activation();
        this.weights = weights;
    }

    ScalarDense(Activation activation, int size) {
        super(size);
        this.activation = activation;
        weights = null;
    }

    private static final class Scratch extends Workspace {
        final double[] v;

        Scratch(ScalarDense owner) {
            super(owner.owner(), 1);
            v = new double[owner.outputSize()];
        }
    }

    @Override
    public Workspace newWorkspace() {
        return new Scratch(this);
    }

    @Override
    protected void run(int rows, float[] x, Workspace workspace, float[] y) {
        double[] v = ((Scratch) workspace).v;
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < v.length; i++) {
                v[i] = weights == null ? x[row * v.length + i] : sum(i, x, row * inputSize());
            }
            ScalarFunctions.applyToRow(activation, v);
            for (int i = 0; i < v.length; i++) {
                y[row * v.length + i] = (float) v[i];
            }
        }
    }

    /** W_i x + b_i for one output. */
    private double sum(int output, float[] x, int from) {
        double sum = weights.bias(output);
        for (int k = 0; k < inputSize(); k++) {
            sum += (double) weights.weight(output, k) * x[from + k];
        }
        return sum;
    }
}
