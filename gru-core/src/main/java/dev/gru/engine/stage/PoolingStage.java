package dev.gru.engine.stage;

import dev.gru.layer.Pooling1D;

/** The largest value or the average of windows of steps; what padding adds is not counted. */
final class PoolingStage extends Stage {
    private final Pooling1D layer;

    PoolingStage(Pooling1D layer, Value in, Value out) {
        super(in, out);
        this.layer = layer;
    }

    @Override
    public void run(int rows) {
        int steps = in.steps;
        int before = layer.padding().before(layer.size(), layer.stride(), steps);
        int windows = layer.padding().windows(layer.size(), layer.stride(), steps);
        for (int row = 0; row < rows; row++) {
            for (int window = 0; window < windows; window++) {
                int begin = window * layer.stride() - before;
                int from = Math.max(begin, 0);
                int to = Math.min(begin + layer.size(), steps);
                pool(row * steps + from, to - from, (row * windows + window) * out.size);
            }
        }
        out.steps = windows;
    }

    private void pool(int step, int count, int to) {
        int size = in.size;
        float[] x = in.data;
        float[] y = out.data;
        System.arraycopy(x, step * size, y, to, size);
        for (int t = 1; t < count; t++) {
            int from = (step + t) * size;
            if (layer.kind() == Pooling1D.Kind.MAX) {
                for (int i = 0; i < size; i++) {
                    y[to + i] = Math.max(y[to + i], x[from + i]);
                }
            } else {
                for (int i = 0; i < size; i++) {
                    y[to + i] += x[from + i];
                }
            }
        }
        if (layer.kind() == Pooling1D.Kind.AVERAGE) {
            for (int i = 0; i < size; i++) {
                y[to + i] /= count;
            }
        }
    }
}
