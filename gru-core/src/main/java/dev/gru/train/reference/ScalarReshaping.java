package dev.gru.train.reference;

import dev.gru.layer.Layer;
import dev.gru.layer.Reshaping;
import dev.gru.train.math.Rearrangement;

/** A {@link Reshaping} layer in training: its outputs are inputs of other places, or 0. */
final class ScalarReshaping implements ScalarLayer {
    private final Reshaping layer;
    private ScalarFeatures x;
    private Rearrangement places;

    ScalarReshaping(Reshaping layer) {
        this.layer = layer;
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        places = Rearrangement.of(layer, x.steps, x.size);
        double[] y = new double[x.rows * places.steps() * places.size()];
        for (int j = 0; j < y.length; j++) {
            y[j] = from(j) < 0 ? 0 : x.values[from(j)];
        }
        return layer.mask() == Layer.Mask.HANDS_ON
                ? x.with(places.size(), y)
                : x.ofSteps(places.steps(), places.size(), y);
    }

    /** The place of an output's value in the inputs, or −1 if it is 0. */
    private int from(int output) {
        int step = output / places.size();
        int place = places.place(step % places.steps(), output % places.size());
        return place < 0 ? -1 : step / places.steps() * x.steps * x.size + place;
    }

    /** Each dy is added to the dx that it came from. */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[x.values.length];
        for (int j = 0; j < dy.length; j++) {
            if (from(j) >= 0) {
                dx[from(j)] += dy[j];
            }
        }
        return dx;
    }
}
