package dev.gru.kernel;

import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.weights.Activation;

/** Activations alone, as {@link ScalarGruKernel} applies them. */
final class ScalarActivationRunner extends ActivationRunner {
    private final double[] row;

    ScalarActivationRunner(int size) {
        super(size);
        row = new double[size];
    }

    @Override
    protected void run(Activation activation, int rows, float[] x, float[] y) {
        for (int from = 0; from < rows * row.length; from += row.length) {
            for (int i = 0; i < row.length; i++) {
                row[i] = x[from + i];
            }
            ScalarFunctions.applyToRow(activation, row);
            for (int i = 0; i < row.length; i++) {
                y[from + i] = (float) row[i];
            }
        }
    }
}
