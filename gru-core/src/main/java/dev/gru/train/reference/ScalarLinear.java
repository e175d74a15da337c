package dev.gru.train.reference;

import java.util.List;

import dev.gru.weights.DenseWeights;

/** The sums of a dense layer in training, y = W x + b; its activation is a {@link ScalarActivation} after it. */
final class ScalarLinear implements ScalarLayer {
    private final List<String> names;
    private final int inputSize;
    private final int outputSize;
    private ScalarFeatures x;
    private double[] weight;

    /**
     * Describes the layer.
     *
     * @param names the names of its matrix and its biases
     * @param shape has its sizes
     */
    ScalarLinear(List<String> names, DenseWeights shape) {
        this.names = names;
        inputSize = shape.inputSize();
        outputSize = shape.outputSize();
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        weight = pass.parameters().get(names.getFirst());
        double[] bias = pass.parameters().get(names.getLast());
        double[] y = new double[x.rows * x.steps * outputSize];
        for (int step = 0; step < x.rows * x.steps; step++) {
            for (int i = 0; i < outputSize; i++) {
                double sum = bias[i];
                for (int k = 0; k < inputSize; k++) {
                    sum += weight[i * inputSize + k] * x.values[step * inputSize + k];
                }
                y[step * outputSize + i] = sum;
            }
        }
        return x.with(outputSize, y);
    }

    /** dW += dy xᵀ, db += dy, dx = Wᵀ dy, for every step. */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dWeight = gradients.get(names.getFirst());
        double[] dBias = gradients.get(names.getLast());
        double[] dx = new double[x.values.length];
        for (int step = 0; step < x.rows * x.steps; step++) {
            for (int i = 0; i < outputSize; i++) {
                double d = dy[step * outputSize + i];
                dBias[i] += d;
                for (int k = 0; k < inputSize; k++) {
                    dWeight[i * inputSize + k] += d * x.values[step * inputSize + k];
                    dx[step * inputSize + k] += weight[i * inputSize + k] * d;
                }
            }
        }
        return dx;
    }
}
