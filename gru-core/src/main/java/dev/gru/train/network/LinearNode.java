package dev.gru.train.network;

import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.weights.DenseWeights;

/** The sums of a dense layer in training, y = W x + b; its activation is a {@link ActivationNode} after it. */
final class LinearNode extends Node {
    private final int outputSize;
    private final int inputSize;
    private final WeightArray matrix;

    /**
     * Describes the layer.
     *
     * @param names the names of its matrix and its biases
     * @param shape has its sizes
     */
    LinearNode(List<String> names, DenseWeights shape) {
        inputSize = shape.inputSize();
        outputSize = shape.outputSize();
        int[] columns = new int[outputSize];
        Arrays.setAll(columns, i -> i);
        matrix = WeightArray.matrix(names.getFirst(), names.getLast(), inputSize, columns,
                TrainingKernel.padded(outputSize));
    }

    @Override
    List<WeightArray> arrays() {
        return List.of(matrix);
    }

    @Override
    Pass newPass() {
        return new LinearPass();
    }

    private final class LinearPass extends Pass {
        private TrainingKernel kernel;
        private Features x;
        private float[] y;
        private float[] dx;
        private Rows dy;

        @Override
        Features forward(Features in, Context context) {
            kernel = context.kernel();
            x = in;
            int stride = matrix.rowSize();
            y = room(y, (long) x.count() * stride);
            Rows out = new Rows(y, 0, stride);
            kernel.multiply(x.count(), x.values, inputSize, matrix.weights(), stride, matrix.bias(), out);
            return x.with(outputSize, out);
        }

        /** dx = Wᵀ dy. */
        @Override
        Rows backward(Rows ofOutput, boolean wanted) {
            dy = ofOutput;
            if (!wanted) {
                return null;
            }
            int stride = matrix.transposedSize();
            dx = room(dx, (long) x.count() * stride);
            Rows out = new Rows(dx, 0, stride);
            kernel.multiply(x.count(), dy, outputSize, matrix.transposed(), stride, new Rows(new float[stride], 0, 0),
                    out);
            return out;
        }

        /** dW += dy xᵀ, db += dy. */
        private List<Product> products() {
            return List.of(new Product(x.count(), x.values, inputSize, dy, matrix.rowSize(), matrix.weightGradient()),
                    Product.sum(x.count(), dy, matrix.rowSize(), matrix.biasGradient()));
        }
    }

    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        addProducts(passes.stream().map(pass -> ((LinearPass) pass).products()).toList(), kernel, tasks);
    }
}
