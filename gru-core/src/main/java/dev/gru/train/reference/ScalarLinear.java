package dev.gru.train.reference;

import dev.gru.train.math.Parameters;
import dev.gru.weights.DenseWeights;

/** The sums of a dense layer in training, y = W x + b; its activation is a {@link ScalarActivation} after it. */
final class ScalarLinear implements ScalarLayer {
    private final String prefix;
    private final int inputSize;
    private final int outputSize;
    private ScalarFeatures x;
    private double[] weight;

    /**
     * Describes the layer.
     *
     * @param prefix what its parameters' names begin with
     * @param shape has its sizes
     */
    ScalarLinear(String prefix, DenseWeights shape) {
        this.prefix = prefix;
        inputSize = shape.inputSize();
        outputSize = shape.outputSize();
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        weight = pass.parameters().get(prefix + Parameters.WEIGHT);
        double[] bias = pass.parameters().get(prefix + Parameters.BIAS);
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
        double[] dWeight = gradients.get(prefix + Parameters.WEIGHT);
        double[] dBias = gradients.get(prefix + Parameters.BIAS);
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
