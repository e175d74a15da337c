package dev.gru.train.network;

import java.util.ArrayList;
import java.util.List;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.train.math.Parameters;

/** A {@link PReLU} layer in training, y = max(0, x) + slope ⊙ min(0, x). */
final class PReLUNode extends Node {
    /** Steps that have slopes of their own; 1 if all have the same. */
    private final int steps;
    private final WeightArray slopes;

    PReLUNode(PReLU layer) {
        steps = layer.steps();
        slopes = WeightArray.vectors(Parameters.names(layer.name(), layer).getFirst(), steps, layer.size());
    }

    @Override
    List<WeightArray> arrays() {
        return List.of(slopes);
    }

    @Override
    Pass newPass() {
        return new RectifyingPass();
    }

    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        addProducts(passes.stream().map(pass -> ((RectifyingPass) pass).products()).toList(), kernel, tasks);
    }

    private final class RectifyingPass extends Pass {
        private Features x;
        private int stride;
        private float[] y;
        private float[] dSlopes;

        @Override
        Features forward(Features in, Context context) {
            x = in;
            stride = TrainingKernel.padded(x.size);
            y = room(y, (long) x.count() * stride);
            for (int index = 0; index < x.count(); index++) {
                for (int i = 0; i < x.size; i++) {
                    float v = x.get(index, i);
                    y[index * stride + i] = Math.max(0, v) + slope(index, i) * Math.min(0, v);
                }
            }
            return x.with(x.size, new Rows(y, 0, stride));
        }

        private float slope(int index, int i) {
            return slopes.values()[(steps == 1 ? 0 : index / x.rows) * stride + i];
        }

        /** dx = dy where x is above 0, dy ⊙ slope where it is below, and 0 at 0. */
        @Override
        Rows backward(Rows dy, boolean wanted) {
            dSlopes = zeros(dSlopes, (long) x.count() * stride);
            for (int index = 0; index < x.count(); index++) {
                for (int i = 0; i < x.size; i++) {
                    float v = x.get(index, i);
                    int at = dy.place(index) + i;
                    float d = dy.values()[at];
                    dSlopes[index * stride + i] = d * Math.min(0, v);
                    dy.values()[at] = v > 0 ? d : v < 0 ? d * slope(index, i) : 0;
                }
            }
            return dy;
        }

        /** dslope += dy ⊙ min(0, x). */
        private List<Product> products() {
            Rows all = new Rows(dSlopes, 0, stride);
            List<Product> products = new ArrayList<>();
            int count = x.count() / steps;
            for (int step = 0; step < steps; step++) {
                products.add(Product.sum(count, all.at(step * count, 0), stride, slopes.weightGradient().at(step, 0)));
            }
            return products;
        }
    }
}
