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
        if (function() == Activation.Function.SOFTMAX) {
            for (int from = 0; from < y.length; from += x.size) {
                ScalarFunctions.softmax(x.values, from, x.size, y);
            }
        } else {
            for (int i = 0; i < y.length; i++) {
                y[i] = ScalarFunctions.apply(activation, x.values[i]);
            }
        }
        return x.with(x.size, y.clone());
    }

    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[dy.length];
        if (function() == Activation.Function.SOFTMAX) {
            for (int from = 0; from < dx.length; from += x.size) {
                softmaxBackward(dy, from, dx);
            }
        } else {
            for (int i = 0; i < dx.length; i++) {
                dx[i] = dy[i] * slope(x.values[i], y[i]);
            }
        }
        return dx;
    }

    /** The derivative at v, where the function is y; where it has a corner, 0, as in Keras and PyTorch. */
    private double slope(double v, double atV) {
        return switch (activation.function()) {
            case LINEAR -> activation.alpha();
            case RELU -> v > 0 ? 1 : 0;
            case SIGMOID -> atV * (1 - atV);
            case TANH -> 1 - atV * atV;
            case HARD_SIGMOID -> atV > 0 && atV < 1 ? activation.alpha() : 0;
            case SOFTMAX -> throw new AssertionError("softmax of one number");
        };
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
}
