package dev.gru.train.reference;

import dev.gru.layer.Pooling1D;

/** A {@link Pooling1D} layer in training. Of several largest values the first has the derivative. */
final class ScalarPooling implements ScalarLayer {
    private final Pooling1D layer;
    private ScalarFeatures x;
    private int windows;

    ScalarPooling(Pooling1D layer) {
        this.layer = layer;
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        windows = layer.padding().windows(layer.size(), layer.stride(), x.steps);
        double[] y = new double[x.rows * windows * x.size];
        for (int row = 0; row < x.rows; row++) {
            for (int w = 0; w < windows; w++) {
                for (int i = 0; i < x.size; i++) {
                    y[(row * windows + w) * x.size + i] = layer.kind() == Pooling1D.Kind.MAX
                            ? x.values[place(row, largest(row, w, i), i)]
                            : sum(row, w, i) / (last(w) - first(w));
                }
            }
        }
        return x.ofSteps(windows, x.size, y);
    }

    /** The first step of a window that is in the sequence. */
    private int first(int window) {
        return Math.max(0, begin(window));
    }

    /** The step behind the last of a window that is in the sequence. */
    private int last(int window) {
        return Math.min(x.steps, begin(window) + layer.size());
    }

    private int begin(int window) {
        return window * layer.stride() - layer.padding().before(layer.size(), layer.stride(), x.steps);
    }

    private int place(int row, int t, int i) {
        return (row * x.steps + t) * x.size + i;
    }

    private int largest(int row, int window, int i) {
        int largest = first(window);
        for (int t = largest; t < last(window); t++) {
            largest = x.values[place(row, t, i)] > x.values[place(row, largest, i)] ? t : largest;
        }
        return largest;
    }

    private double sum(int row, int window, int i) {
        double sum = 0;
        for (int t = first(window); t < last(window); t++) {
            sum += x.values[place(row, t, i)];
        }
        return sum;
    }

    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[x.values.length];
        for (int row = 0; row < x.rows; row++) {
            for (int w = 0; w < windows; w++) {
                for (int i = 0; i < x.size; i++) {
                    double d = dy[(row * windows + w) * x.size + i];
                    if (layer.kind() == Pooling1D.Kind.MAX) {
                        dx[place(row, largest(row, w, i), i)] += d;
                    } else {
                        for (int t = first(w); t < last(w); t++) {
                            dx[place(row, t, i)] += d / (last(w) - first(w));
                        }
                    }
                }
            }
        }
        return dx;
    }
}
