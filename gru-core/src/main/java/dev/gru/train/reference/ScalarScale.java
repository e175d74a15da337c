package dev.gru.train.reference;

import java.util.List;

import dev.gru.layer.Scale;
import dev.gru.train.math.Parameters;

/** A {@link Scale} layer in training, y = (x − shift) ⊙ scale + offset; nothing of it is learnt. */
final class ScalarScale implements ScalarLayer {
    /** shift, scale, offset. */
    private final List<String> names;
    private final int size;
    private double[] scale;

    ScalarScale(Scale layer) {
        names = Parameters.names(layer.name(), layer);
        size = layer.size();
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures x, Pass pass) {
        double[] shift = pass.parameters().get(names.get(0));
        scale = pass.parameters().get(names.get(1));
        double[] offset = pass.parameters().get(names.get(2));
        double[] y = new double[x.values.length];
        for (int j = 0; j < y.length; j++) {
            int i = j % size;
            y[j] = (x.values[j] - shift[i]) * scale[i] + offset[i];
        }
        return x.with(size, y);
    }

    /** dx = dy ⊙ scale. */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[dy.length];
        for (int j = 0; j < dx.length; j++) {
            dx[j] = dy[j] * scale[j % size];
        }
        return dx;
    }
}
