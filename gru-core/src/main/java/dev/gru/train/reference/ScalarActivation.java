package dev.gru.train.reference;

import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.weights.Activation;

/** A function of the features of each step in training: of a layer of its own, or of a dense layer. */
final class ScalarActivation implements ScalarLayer {
    private final Activation activation;
    private ScalarFeatures x;
    private double[] y;

    ScalarActivation(Activation activation) {
        this.activation = activation;
    }

    /** Returns which function it is. */
    Activation.Function function() {
        return activation.function();
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        y = new double[x.values.length];
        for (int from = 0; from < y.length; from += x.size) {
            ScalarFunctions.applyToRow(activation, x.values, from, x.size, y);
        }
        return x.with(x.size, y.clone());
    }

    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[dy.length];
        for (int from = 0; from < dx.length; from += x.size) {
            switch (function()) {
                case SOFTMAX -> softmaxBackward(dy, from, dx);
                case LOG_SOFTMAX -> logSoftmaxBackward(dy, from, dx);
                case SPARSEMAX -> sparsemaxBackward(dy, from, dx);
                default -> {
                    for (int i = from; i < from + x.size; i++) {
                        dx[i] = dy[i] * ScalarFunctions.slope(activation, x.values[i]);
                    }
                }
            }
        }
        return dx;
    }

    /** dv_i = y_i (dy_i − Σ_j dy_j y_j). */
    private void softmaxBackward(double[] dy, int from, double[] dx) {
        double sum = 0;
        for (int j = from; j < from + x.size; j++) {
            sum += dy[j] * y[j];
        }
        for (int i = from; i < from + x.size; i++) {
            dx[i] = y[i] * (dy[i] - sum);
        }
    }

    /** dv_i = dy_i − e^y_i Σ_j dy_j. */
    private void logSoftmaxBackward(double[] dy, int from, double[] dx) {
        double sum = 0;
        for (int j = from; j < from + x.size; j++) {
            sum += dy[j];
        }
        for (int i = from; i < from + x.size; i++) {
            dx[i] = dy[i] - StrictMath.exp(y[i]) * sum;
        }
    }

    /** dv_i = dy_i [y_i &gt; 0] − dτ/dv_i Σ_j dy_j [y_j &gt; 0]. */
    private void sparsemaxBackward(double[] dy, int from, double[] dx) {
        double[] slopes = ScalarFunctions.slopesOfSparsemax(x.values, from, x.size);
        double sum = 0;
        for (int j = from; j < from + x.size; j++) {
            sum += y[j] > 0 ? dy[j] : 0;
        }
        for (int i = from; i < from + x.size; i++) {
            dx[i] = (y[i] > 0 ? dy[i] : 0) - slopes[i - from] * sum;
        }
    }
}
