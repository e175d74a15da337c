package dev.gru.train.network;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Pooling1D;

/** A {@link Pooling1D} layer in training. Of several largest values the first has the derivative. */
final class PoolingNode extends Node {
    private final Pooling1D layer;

    PoolingNode(Pooling1D layer) {
        this.layer = layer;
    }

    @Override
    Pass newPass() {
        return new PoolingPass();
    }

    private final class PoolingPass extends Pass {
        private Features x;
        private int windows;
        private int stride;
        private float[] y;
        private float[] dx;

        @Override
        Features forward(Features in, Context context) {
            x = in;
            windows = layer.padding().windows(layer.size(), layer.stride(), x.steps);
            stride = TrainingKernel.padded(x.size);
            y = room(y, (long) windows * x.rows * stride);
            for (int w = 0; w < windows; w++) {
                for (int row = 0; row < x.rows; row++) {
                    for (int i = 0; i < x.size; i++) {
                        y[(w * x.rows + row) * stride + i] = layer.kind() == Pooling1D.Kind.MAX
                                ? value(largest(w, row, i), row, i)
                                : sum(w, row, i) / (last(w) - first(w));
                    }
                }
            }
            return x.ofSteps(windows, x.size, new Rows(y, 0, stride));
        }

        /** The first step of a window that is in the sequence. */
        private int first(int w) {
            return Math.max(0, begin(w));
        }

        /** The step behind the last of a window that is in the sequence. */
        private int last(int w) {
            return Math.min(x.steps, begin(w) + layer.size());
        }

        private int begin(int w) {
            return w * layer.stride() - layer.padding().before(layer.size(), layer.stride(), x.steps);
        }

        private float value(int t, int row, int i) {
            return x.get(t * x.rows + row, i);
        }

        private int largest(int w, int row, int i) {
            int largest = first(w);
            for (int t = largest + 1; t < last(w); t++) {
                largest = value(t, row, i) > value(largest, row, i) ? t : largest;
            }
            return largest;
        }

        private float sum(int w, int row, int i) {
            float sum = 0;
            for (int t = first(w); t < last(w); t++) {
                sum += value(t, row, i);
            }
            return sum;
        }

        @Override
        Rows backward(Rows dy, boolean wanted) {
            dx = zeros(dx, (long) x.count() * stride);
            for (int w = 0; w < windows; w++) {
                for (int row = 0; row < x.rows; row++) {
                    int from = dy.place(w * x.rows + row);
                    for (int i = 0; i < x.size; i++) {
                        float d = dy.values()[from + i];
                        if (layer.kind() == Pooling1D.Kind.MAX) {
                            dx[(largest(w, row, i) * x.rows + row) * stride + i] += d;
                        } else {
                            for (int t = first(w); t < last(w); t++) {
                                dx[(t * x.rows + row) * stride + i] += d / (last(w) - first(w));
                            }
                        }
                    }
                }
            }
            return new Rows(dx, 0, stride);
        }
    }
}
