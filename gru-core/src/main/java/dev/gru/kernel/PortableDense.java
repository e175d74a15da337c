package dev.gru.kernel;

import java.lang.foreign.Arena;

import dev.gru.internal.Shapes;
import dev.gru.kernel.math.PortableActivations;
import dev.gru.kernel.math.PortableFunctions;
import dev.gru.kernel.training.Rows;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** A dense layer as {@link PortableGruKernel} runs it: a product for some rows, then the activation. */
final class PortableDense extends PackedDense {
    /** Rows that are multiplied at once. */
    private static final int ROWS = 16;

    private final Activation activation;
    private final PortableMatrix matrix;

    PortableDense(DenseWeights weights) {
        super(weights);
        activation = weights.activation();
        matrix = new PortableMatrix(outputSize(), inputSize(), new PortableMatrix.Source() {
            @Override
            public float bias(int output) {
                return weights.bias(output);
            }

            @Override
            public float weight(int output, int input) {
                return weights.weight(output, input);
            }
        });
    }

    @Override
    public DenseRunner newRunner(Arena arena) {
        return new Runner();
    }

    private final class Runner extends DenseRunner {
        private final float[][] sums;
        private final PortableActivations activations;

        Runner() {
            super(inputSize(), outputSize());
            sums = matrix.newOutputs(ROWS);
            activations = new PortableActivations(outputSize());
        }

        @Override
        protected void run(int rows, float[] x, int x0, int xStride, float[] y, int y0) {
            for (int from = 0, to; from < rows; from = to) {
                to = Shapes.chunkEnd(from, ROWS, rows);
                int count = to - from;
                matrix.multiply(count, x, x0 + from * xStride, xStride, sums, 0, 1);
                for (int row = 0; row < count; row++) {
                    PortableFunctions.apply(activation, outputSize(), sums[row], activations);
                    System.arraycopy(sums[row], 0, y, y0 + (from + row) * outputSize(), outputSize());
                }
            }
        }
    }
}
