package dev.gru.kernel;

import dev.gru.internal.Shapes;
import dev.gru.kernel.math.PortableActivations;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** A dense layer as {@link PortableGruKernel} runs it: a product for some rows, then the activation. */
final class PortableDense extends PackedDense {
    /** Rows that are multiplied at once. */
    private static final int ROWS = 16;

    private final Activation activation;
    /** Null for an activation by itself. */
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

    PortableDense(Activation activation, int size) {
        super(size);
        this.activation = activation;
        matrix = null;
    }

    private static final class Scratch extends Workspace {
        final float[][] sums;
        final PortableActivations activations;

        Scratch(PortableDense owner) {
            super(owner.owner(), 1);
            // Without a product, nothing is gained by more rows.
            sums = new float[owner.matrix == null ? 1 : ROWS][owner.outputSize()];
            activations = new PortableActivations(owner.outputSize());
        }
    }

    @Override
    public Workspace newWorkspace() {
        return new Scratch(this);
    }

    @Override
    protected void run(int rows, float[] x, Workspace workspace, float[] y) {
        Scratch s = (Scratch) workspace;
        int atOnce = s.sums.length;
        for (int from = 0, to; from < rows; from = to) {
            to = Shapes.chunkEnd(from, atOnce, rows);
            int count = to - from;
            sum(count, x, from, s.sums);
            for (int row = 0; row < count; row++) {
                PortableFunctions.apply(activation, outputSize(), s.sums[row], s.activations);
                System.arraycopy(s.sums[row], 0, y, (from + row) * outputSize(), outputSize());
            }
        }
    }

    private void sum(int rows, float[] x, int from, float[][] sums) {
        if (matrix != null) {
            matrix.multiply(rows, x, from * inputSize(), inputSize(), sums, 0, 1);
            return;
        }
        for (int row = 0; row < rows; row++) {
            System.arraycopy(x, (from + row) * inputSize(), sums[row], 0, inputSize());
        }
    }
}
