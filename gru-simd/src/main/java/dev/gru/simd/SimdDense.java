package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import dev.gru.internal.Shapes;
import dev.gru.kernel.DenseRunner;
import dev.gru.kernel.PackedDense;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Precision;

/** A dense layer as {@link SimdGruKernel} runs it: a packed product for some rows, then the activation. */
final class SimdDense extends PackedDense {
    /** Rows that are multiplied at once. */
    private static final int ROWS = 32;

    private final Activation activation;
    private final PackedMatrix matrix;

    SimdDense(DenseWeights weights, Precision precision, Arena arena) {
        super(weights);
        activation = weights.activation();
        matrix = new PackedMatrix(PackedMatrix.panels(Lanes.vectors(outputSize()), inputSize(), precision), inputSize(),
                precision,
                new PackedMatrix.Source() {
                    @Override
                    public float bias(int output) {
                        return output < weights.outputSize() ? weights.bias(output) : 0;
                    }

                    @Override
                    public float weight(int output, int input) {
                        return output < weights.outputSize() ? weights.weight(output, input) : 0;
                    }
                }, arena);
    }

    @Override
    public DenseRunner newRunner(Arena arena) {
        return new Runner(arena);
    }

    private final class Runner extends DenseRunner {
        private final PackedMatrix.Scratch product;
        private final MemorySegment sums;

        Runner(Arena arena) {
            super(inputSize(), outputSize());
            product = matrix.newScratch(ROWS, false, arena);
            sums = matrix.newOutputs(ROWS, arena);
        }

        @Override
        protected void run(int rows, float[] x, int x0, int xStride, float[] y, int y0) {
            long rowBytes = matrix.outputBytes();
            for (int from = 0, to; from < rows; from = to) {
                to = Shapes.chunkEnd(from, ROWS, rows);
                int count = to - from;
                matrix.multiply(0, matrix.panels(), false, count, x, x0 + from * xStride, xStride, product, sums, 0,
                        rowBytes);
                for (int row = 0; row < count; row++) {
                    SimdFunctions.applyToRow(activation, outputSize(), sums, row * rowBytes, y,
                            y0 + (from + row) * outputSize());
                }
            }
        }
    }
}
