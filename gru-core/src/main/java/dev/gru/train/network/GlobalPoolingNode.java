package dev.gru.train.network;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.GlobalPooling1D;

/**
 * A {@link GlobalPooling1D} layer in training. The derivative of a largest value is shared out evenly, if there are
 * several, as in Keras.
 */
final class GlobalPoolingNode extends Node {
    private final GlobalPooling1D.Kind kind;

    GlobalPoolingNode(GlobalPooling1D layer) {
        kind = layer.kind();
    }

    @Override
    Pass newPass() {
        return new PoolingPass();
    }

    private final class PoolingPass extends Pass {
        private Features x;
        private int stride;
        private float[] y;
        private float[] dx;

        @Override
        Features forward(Features in, Context context) {
            x = in;
            stride = TrainingKernel.padded(x.size);
            y = zeros(y, (long) x.rows * stride);
            for (int row = 0; row < x.rows; row++) {
                switch (kind) {
                    case MAX -> largest(row);
                    case AVERAGE -> average(row);
                    case FIRST, LAST -> {
                        int chosen = chosen(row);
                        for (int i = 0; i < x.size && chosen >= 0; i++) {
                            y[row * stride + i] = x.get(chosen, i);
                        }
                    }
                }
            }
            return x.ofSteps(1, x.size, new Rows(y, 0, stride));
        }

        private void largest(int row) {
            for (int i = 0; i < x.size; i++) {
                float largest = x.get(row, i);
                for (int t = 1; t < x.steps; t++) {
                    largest = Math.max(largest, x.get(t * x.rows + row, i));
                }
                y[row * stride + i] = largest;
            }
        }

        private void average(int row) {
            for (int t = 0; t < x.steps; t++) {
                int index = t * x.rows + row;
                for (int i = 0; i < x.size && x.counts(index); i++) {
                    y[row * stride + i] += x.get(index, i);
                }
            }
            int count = count(row);
            for (int i = 0; i < x.size; i++) {
                y[row * stride + i] /= count;
            }
        }

        /** How many steps of a row count. */
        private int count(int row) {
            int count = 0;
            for (int t = 0; t < x.steps; t++) {
                count += x.counts(t * x.rows + row) ? 1 : 0;
            }
            return count;
        }

        /** The index of the first or the last step of a row that counts, or −1 if there is none. */
        private int chosen(int row) {
            for (int t = 0; t < x.steps; t++) {
                int index = (kind == GlobalPooling1D.Kind.FIRST ? t : x.steps - 1 - t) * x.rows + row;
                if (x.counts(index)) {
                    return index;
                }
            }
            return -1;
        }

        @Override
        Rows backward(Rows dy, boolean wanted) {
            dx = zeros(dx, (long) x.count() * stride);
            for (int row = 0; row < x.rows; row++) {
                int from = dy.place(row);
                switch (kind) {
                    case MAX -> {
                        for (int i = 0; i < x.size; i++) {
                            toLargest(row, i, dy.values()[from + i]);
                        }
                    }
                    case AVERAGE -> toAll(row, dy.values(), from);
                    case FIRST, LAST -> {
                        int chosen = chosen(row);
                        if (chosen >= 0) {
                            System.arraycopy(dy.values(), from, dx, chosen * stride, x.size);
                        }
                    }
                }
            }
            return new Rows(dx, 0, stride);
        }

        private void toLargest(int row, int i, float d) {
            float largest = y[row * stride + i];
            int count = 0;
            for (int t = 0; t < x.steps; t++) {
                count += x.get(t * x.rows + row, i) == largest ? 1 : 0;
            }
            for (int t = 0; t < x.steps; t++) {
                if (x.get(t * x.rows + row, i) == largest) {
                    dx[(t * x.rows + row) * stride + i] = d / count;
                }
            }
        }

        private void toAll(int row, float[] d, int from) {
            int count = count(row);
            for (int t = 0; t < x.steps; t++) {
                int index = t * x.rows + row;
                for (int i = 0; i < x.size && x.counts(index); i++) {
                    dx[index * stride + i] = d[from + i] / count;
                }
            }
        }
    }
}
