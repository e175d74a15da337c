package dev.gru.train.network;

import dev.gru.kernel.math.FloatFunctions;
import dev.gru.kernel.math.RowFunctions;
import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.train.math.Softmax;
import dev.gru.weights.Activation;

/** A function of the features of each step in training: of a layer of its own, or of a dense layer. */
final class ActivationNode extends Node {
    private final Activation activation;

    ActivationNode(Activation activation) {
        this.activation = activation;
    }

    /** Returns which function it is. */
    Activation.Function function() {
        return activation.function();
    }

    @Override
    Pass newPass() {
        return new ActivationPass();
    }

    private final class ActivationPass extends Pass {
        private Features x;
        private float[] y;
        private int stride;

        @Override
        Features forward(Features in, Context context) {
            x = in;
            stride = TrainingKernel.padded(x.size);
            y = room(y, (long) x.count() * stride);
            for (int i = 0; i < x.count(); i++) {
                System.arraycopy(x.values.values(), x.values.place(i), y, i * stride, x.size);
                if (function() == Activation.Function.SOFTMAX) {
                    Softmax.apply(context.kernel(), x.size, y, i * stride);
                } else if (function().isOfRow()) {
                    RowFunctions.apply(activation, y, i * stride, x.size);
                }
            }
            Rows out = new Rows(y, 0, stride);
            if (!function().isOfRow()) {
                context.kernel().apply(activation, x.count(), stride, out);
            }
            return x.with(x.size, out);
        }

        @Override
        Rows backward(Rows dy, boolean wanted) {
            for (int i = 0; i < x.count(); i++) {
                switch (function()) {
                    case SOFTMAX -> softmaxBackward(dy.values(), dy.place(i), i * stride);
                    case LOG_SOFTMAX -> logSoftmaxBackward(dy.values(), dy.place(i), i * stride);
                    case SPARSEMAX -> sparsemaxBackward(dy.values(), dy.place(i), x.values.place(i),
                            i * stride);
                    default -> {
                        for (int j = 0; j < x.size; j++) {
                            dy.values()[dy.place(i) + j] *= FloatFunctions.slope(activation,
                                    x.values.values()[x.values.place(i) + j], y[i * stride + j]);
                        }
                    }
                }
            }
            return dy;
        }

        /** dv_i = y_i (dy_i − Σ_j dy_j y_j). */
        private void softmaxBackward(float[] dy, int from, int ofY) {
            float sum = 0;
            for (int j = 0; j < x.size; j++) {
                sum += dy[from + j] * y[ofY + j];
            }
            for (int j = 0; j < x.size; j++) {
                dy[from + j] = y[ofY + j] * (dy[from + j] - sum);
            }
        }

        /** dv_i = dy_i − e^y_i Σ_j dy_j. */
        private void logSoftmaxBackward(float[] dy, int from, int ofY) {
            float sum = 0;
            for (int j = 0; j < x.size; j++) {
                sum += dy[from + j];
            }
            for (int j = 0; j < x.size; j++) {
                dy[from + j] -= (float) StrictMath.exp(y[ofY + j]) * sum;
            }
        }

        /** dv_i = dy_i [y_i &gt; 0] − dτ/dv_i Σ_j dy_j [y_j &gt; 0]. */
        private void sparsemaxBackward(float[] dy, int from, int ofX, int ofY) {
            double[] row = new double[x.size];
            double sum = 0;
            for (int j = 0; j < x.size; j++) {
                row[j] = x.values.values()[ofX + j];
                sum += y[ofY + j] > 0 ? dy[from + j] : 0;
            }
            double[] slopes = ScalarFunctions.slopesOfSparsemax(row, 0, x.size);
            for (int j = 0; j < x.size; j++) {
                dy[from + j] = (float) ((y[ofY + j] > 0 ? dy[from + j] : 0) - slopes[j] * sum);
            }
        }
    }
}
