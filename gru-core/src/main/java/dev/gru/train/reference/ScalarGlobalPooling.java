package dev.gru.train.reference;

import dev.gru.layer.GlobalPooling1D;

/**
 * A {@link GlobalPooling1D} layer in training. The derivative of a largest value is shared out evenly, if there are
 * several, as in Keras.
 */
final class ScalarGlobalPooling implements ScalarLayer {
    private final GlobalPooling1D.Kind kind;
    private ScalarFeatures x;
    /** What each value counts in the output, (rows, steps, size). */
    private double[] share;

    ScalarGlobalPooling(GlobalPooling1D layer) {
        kind = layer.kind();
    }

    /** y_i = Σ_t share_ti x_ti. */
    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        share = new double[x.values.length];
        double[] y = new double[x.rows * x.size];
        for (int row = 0; row < x.rows; row++) {
            for (int i = 0; i < x.size; i++) {
                switch (kind) {
                    case MAX -> shareLargest(row, i);
                    case AVERAGE -> shareAll(row, i);
                    case FIRST, LAST -> shareOne(row, i);
                }
                y[row * x.size + i] = switch (kind) {
                    case MAX -> largest(row, i);
                    // Of no steps there is no average.
                    case AVERAGE -> count(row) == 0 ? Double.NaN : sum(row, i);
                    case FIRST, LAST -> sum(row, i);
                };
            }
        }
        return x.ofSteps(1, x.size, y);
    }

    private int place(int row, int t, int i) {
        return (row * x.steps + t) * x.size + i;
    }

    private double largest(int row, int i) {
        double largest = x.values[place(row, 0, i)];
        for (int t = 1; t < x.steps; t++) {
            largest = Math.max(largest, x.values[place(row, t, i)]);
        }
        return largest;
    }

    private double sum(int row, int i) {
        double sum = 0;
        for (int t = 0; t < x.steps; t++) {
            sum += share[place(row, t, i)] == 0 ? 0 : share[place(row, t, i)] * x.values[place(row, t, i)];
        }
        return sum;
    }

    private void shareLargest(int row, int i) {
        double largest = largest(row, i);
        int count = 0;
        for (int t = 0; t < x.steps; t++) {
            count += x.values[place(row, t, i)] == largest ? 1 : 0;
        }
        for (int t = 0; t < x.steps; t++) {
            share[place(row, t, i)] = x.values[place(row, t, i)] == largest ? 1.0 / count : 0;
        }
    }

    private int count(int row) {
        int count = 0;
        for (int t = 0; t < x.steps; t++) {
            count += x.counts(row * x.steps + t) ? 1 : 0;
        }
        return count;
    }

    private void shareAll(int row, int i) {
        int count = count(row);
        for (int t = 0; t < x.steps; t++) {
            share[place(row, t, i)] = x.counts(row * x.steps + t) ? 1.0 / count : 0;
        }
    }

    private void shareOne(int row, int i) {
        for (int t = 0; t < x.steps; t++) {
            int step = kind == GlobalPooling1D.Kind.FIRST ? t : x.steps - 1 - t;
            if (x.counts(row * x.steps + step)) {
                share[place(row, step, i)] = 1;
                return;
            }
        }
    }

    /** dx_ti = share_ti dy_i. */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[x.values.length];
        for (int row = 0; row < x.rows; row++) {
            for (int t = 0; t < x.steps; t++) {
                for (int i = 0; i < x.size; i++) {
                    dx[place(row, t, i)] = share[place(row, t, i)] * dy[row * x.size + i];
                }
            }
        }
        return dx;
    }
}
