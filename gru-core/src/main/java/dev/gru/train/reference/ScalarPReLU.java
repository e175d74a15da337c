package dev.gru.train.reference;

import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.train.math.Parameters;

/** A {@link PReLU} layer in training, y = max(0, x) + slope ⊙ min(0, x). */
final class ScalarPReLU implements ScalarLayer {
    private final String name;
    /** Slopes; those of all steps one after the other, if they have some of their own. */
    private final int slopes;
    private double[] slope;
    private ScalarFeatures x;

    ScalarPReLU(PReLU layer) {
        name = Parameters.names(layer.name(), layer).getFirst();
        slopes = layer.steps() * layer.size();
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        slope = pass.parameters().get(name);
        double[] y = new double[x.values.length];
        for (int j = 0; j < y.length; j++) {
            y[j] = Math.max(0, x.values[j]) + slope[j % slopes] * Math.min(0, x.values[j]);
        }
        return x.with(x.size, y);
    }

    /** dslope += dy ⊙ min(0, x), dx = dy where x is above 0, dy ⊙ slope where it is below, and 0 at 0. */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dSlope = gradients.get(name);
        double[] dx = new double[dy.length];
        for (int j = 0; j < dx.length; j++) {
            double v = x.values[j];
            dSlope[j % slopes] += dy[j] * Math.min(0, v);
            dx[j] = v > 0 ? dy[j] : v < 0 ? dy[j] * slope[j % slopes] : 0;
        }
        return dx;
    }
}
