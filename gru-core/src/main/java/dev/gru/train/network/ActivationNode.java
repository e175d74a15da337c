package dev.gru.train.network;

import java.util.List;

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
    List<WeightArray> arrays() {
        return List.of();
    }

    @Override
    Pass newPass() {
        return new ActivationPass();
    }

    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        // There are no weights.
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
                }
            }
            Rows out = new Rows(y, 0, stride);
            if (function() != Activation.Function.SOFTMAX) {
                context.kernel().apply(activation, x.count(), stride, out);
            }
            return x.with(x.size, out);
        }

        @Override
        Rows backward(Rows dy, boolean wanted) {
            for (int i = 0; i < x.count(); i++) {
                if (function() == Activation.Function.SOFTMAX) {
                    softmaxBackward(dy.values(), dy.place(i), i * stride);
                } else {
                    for (int j = 0; j < x.size; j++) {
                        dy.values()[dy.place(i) + j] *= slope(x.values.values()[x.values.place(i) + j],
                                y[i * stride + j]);
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
    }

    /** The derivative at v, where the function is y; where it has a corner, 0, as in Keras and PyTorch. */
    private float slope(float v, float atV) {
        return switch (activation.function()) {
            case LINEAR -> activation.alpha();
            case RELU -> v > 0 ? 1 : 0;
            case SIGMOID -> atV * (1 - atV);
            case TANH -> 1 - atV * atV;
            case HARD_SIGMOID -> atV > 0 && atV < 1 ? activation.alpha() : 0;
            case SOFTMAX -> throw new AssertionError("softmax of one number");
        };
    }
}
