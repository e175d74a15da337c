package dev.gru.kernel.training;

import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** {@link TrainingKernel} in double, by {@link StrictMath}; each result is rounded once: the reference. */
public final class ScalarTrainingKernel implements TrainingKernel {

    @Override
    public void multiply(int rows, Rows x, int inputs, Rows w, int columns, Rows i, Rows y) {
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < columns; j++) {
                double sum = i.values()[i.place(row) + j];
                for (int k = 0; k < inputs; k++) {
                    sum += (double) x.values()[x.place(row) + k] * w.values()[w.place(k) + j];
                }
                y.values()[y.place(row) + j] = (float) sum;
            }
        }
    }

    @Override
    public void addProducts(int rows, Rows x, int inputs, Rows d, int columns, Rows w) {
        for (int k = 0; k < inputs; k++) {
            for (int j = 0; j < columns; j++) {
                double sum = w.values()[w.place(k) + j];
                for (int row = 0; row < rows; row++) {
                    sum += (double) x.values()[x.place(row) + k] * d.values()[d.place(row) + j];
                }
                w.values()[w.place(k) + j] = (float) sum;
            }
        }
    }

    @Override
    public GruTrainingCell newGruCell(GruTrainingCell.Weights weights, int maxRows) {
        if (!weights.activations().areStandard()) {
            return new AnyActivationsCell(this, weights, maxRows);
        }
        return weights.variant() == GruVariant.RESET_AFTER
                ? new ScalarResetAfterCell(this, weights, maxRows)
                : new ResetBeforeCell(this, weights, maxRows);
    }

    @Override
    public void apply(Activation function, int rows, int columns, Rows v) {
        for (int row = 0; row < rows; row++) {
            for (int j = v.place(row); j < v.place(row) + columns; j++) {
                v.values()[j] = (float) ScalarFunctions.apply(function, v.values()[j]);
            }
        }
    }

    @Override
    public void exp(int columns, float[] v, int from, float shift) {
        for (int j = from; j < from + columns; j++) {
            v[j] = (float) StrictMath.exp((double) v[j] - shift);
        }
    }
}
