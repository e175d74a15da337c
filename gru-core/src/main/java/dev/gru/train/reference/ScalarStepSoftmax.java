package dev.gru.train.reference;

import dev.gru.kernel.math.ScalarFunctions;

/** A {@link dev.gru.layer.ActivationLayer.StepSoftmax} layer in training: softmax over the steps of each feature. */
final class ScalarStepSoftmax implements ScalarLayer {
    private ScalarFeatures x;
    private double[] y;

    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        y = new double[x.values.length];
        double[] ofSteps = new double[x.steps];
        for (int row = 0; row < x.rows; row++) {
            for (int i = 0; i < x.size; i++) {
                for (int t = 0; t < x.steps; t++) {
                    ofSteps[t] = x.values[place(row, t, i)];
                }
                ScalarFunctions.softmax(ofSteps, 0, x.steps, ofSteps);
                for (int t = 0; t < x.steps; t++) {
                    y[place(row, t, i)] = ofSteps[t];
                }
            }
        }
        return x.with(x.size, y.clone());
    }

    private int place(int row, int t, int i) {
        return (row * x.steps + t) * x.size + i;
    }

    /** dx_t = y_t (dy_t − Σ_s dy_s y_s). */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[dy.length];
        for (int row = 0; row < x.rows; row++) {
            for (int i = 0; i < x.size; i++) {
                double sum = 0;
                for (int t = 0; t < x.steps; t++) {
                    sum += dy[place(row, t, i)] * y[place(row, t, i)];
                }
                for (int t = 0; t < x.steps; t++) {
                    int at = place(row, t, i);
                    dx[at] = y[at] * (dy[at] - sum);
                }
            }
        }
        return dx;
    }
}
