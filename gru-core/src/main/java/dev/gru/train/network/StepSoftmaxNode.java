package dev.gru.train.network;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.train.math.Softmax;

/** A {@link dev.gru.layer.ActivationLayer.StepSoftmax} layer in training: softmax over the steps of each feature. */
final class StepSoftmaxNode extends Node {

    @Override
    Pass newPass() {
        return new SoftmaxPass();
    }

    private static final class SoftmaxPass extends Pass {
        private Features x;
        private float[] ofSteps;
        private float[] y;
        private int stride;

        @Override
        Features forward(Features in, Context context) {
            x = in;
            stride = TrainingKernel.padded(x.size);
            y = room(y, (long) x.count() * stride);
            ofSteps = room(ofSteps, TrainingKernel.padded(x.steps));
            for (int row = 0; row < x.rows; row++) {
                for (int i = 0; i < x.size; i++) {
                    for (int t = 0; t < x.steps; t++) {
                        ofSteps[t] = x.get(t * x.rows + row, i);
                    }
                    Softmax.apply(context.kernel(), x.steps, ofSteps, 0);
                    for (int t = 0; t < x.steps; t++) {
                        y[(t * x.rows + row) * stride + i] = ofSteps[t];
                    }
                }
            }
            return x.with(x.size, new Rows(y, 0, stride));
        }

        /** dx_t = y_t (dy_t − Σ_s dy_s y_s). */
        @Override
        Rows backward(Rows dy, boolean wanted) {
            float[] d = dy.values();
            for (int row = 0; row < x.rows; row++) {
                for (int i = 0; i < x.size; i++) {
                    float sum = 0;
                    for (int index = row; index < x.count(); index += x.rows) {
                        sum += d[dy.place(index) + i] * y[index * stride + i];
                    }
                    for (int index = row; index < x.count(); index += x.rows) {
                        d[dy.place(index) + i] = y[index * stride + i] * (d[dy.place(index) + i] - sum);
                    }
                }
            }
            return dy;
        }
    }
}
