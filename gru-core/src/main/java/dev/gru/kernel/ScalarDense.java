package dev.gru.kernel;

import java.lang.foreign.Arena;

import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.weights.DenseWeights;

/** A dense layer as {@link ScalarGruKernel} runs it: straight from the canonical weights. */
final class ScalarDense extends PackedDense {
    private final DenseWeights weights;

    ScalarDense(DenseWeights weights) {
        super(weights);
        this.weights = weights;
    }

    @Override
    public DenseRunner newRunner(Arena arena) {
        return new Runner();
    }

    private final class Runner extends DenseRunner {
        private final double[] v;

        Runner() {
            super(inputSize(), outputSize());
            v = new double[outputSize()];
        }

        @Override
        protected void run(int rows, float[] x, int x0, int xStride, float[] y, int y0) {
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < v.length; i++) {
                    v[i] = sum(i, x, x0 + row * xStride);
                }
                ScalarFunctions.applyToRow(weights.activation(), v);
                for (int i = 0; i < v.length; i++) {
                    y[y0 + row * v.length + i] = (float) v[i];
                }
            }
        }

        /** W_i x + b_i for one output. */
        private double sum(int output, float[] x, int from) {
            double sum = weights.bias(output);
            for (int k = 0; k < inputSize(); k++) {
                sum += (double) weights.weight(output, k) * x[from + k];
            }
            return sum;
        }
    }
}
