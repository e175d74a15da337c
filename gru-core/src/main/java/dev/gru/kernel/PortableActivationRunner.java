package dev.gru.kernel;

import dev.gru.kernel.math.PortableActivations;
import dev.gru.kernel.math.PortableFunctions;
import dev.gru.weights.Activation;

/** Activations alone, as {@link PortableGruKernel} applies them: row by row. */
final class PortableActivationRunner extends ActivationRunner {
    private final float[] row;
    private final PortableActivations activations;

    PortableActivationRunner(int size) {
        super(size);
        row = new float[size];
        activations = new PortableActivations(size);
    }

    @Override
    protected void run(Activation activation, int rows, float[] x, float[] y) {
        int size = row.length;
        for (int i = 0; i < rows; i++) {
            System.arraycopy(x, i * size, row, 0, size);
            PortableFunctions.apply(activation, size, row, activations);
            System.arraycopy(row, 0, y, i * size, size);
        }
    }
}
