package dev.gru.kernel;

import dev.gru.weights.Activation;

/** {@link TrainingKernel} in double, by {@link StrictMath}; each result is rounded once: the reference. */
final class ScalarTrainingKernel implements TrainingKernel {

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
    public void forwardGates(int rows, int units, Rows g, Rows s, Rows h, Rows hNext) {
        for (int row = 0; row < rows; row++) {
            for (int u = 0; u < units; u++) {
                int n = g.place(row) + u;
                int r = n + units;
                int z = r + units;
                int fromState = s.place(row) + u;
                double ofR = sigmoid((double) g.values()[r] + s.values()[fromState]);
                double ofZ = sigmoid((double) g.values()[z] + s.values()[fromState + units]);
                double q = s.values()[fromState + 2 * units];
                double ofN = StrictMath.tanh(g.values()[n] + ofR * q);
                g.values()[n] = (float) ofN;
                g.values()[r] = (float) ofR;
                g.values()[z] = (float) ofZ;
                g.values()[z + units] = (float) q;
                hNext.values()[hNext.place(row) + u] = (float) ((1 - ofZ) * ofN + ofZ * h.values()[h.place(row) + u]);
            }
        }
    }

    private static double sigmoid(double v) {
        return ScalarFunctions.apply(Activation.SIGMOID, v);
    }

    @Override
    public void backwardGates(int rows, int units, Rows g, Rows h, Rows dy, Rows dh) {
        for (int row = 0; row < rows; row++) {
            for (int u = 0; u < units; u++) {
                int at = g.place(row) + u;
                double n = g.values()[at];
                double r = g.values()[at + units];
                double z = g.values()[at + 2 * units];
                double q = g.values()[at + 3 * units];
                double d = (double) dh.values()[dh.place(row) + u] + dy.values()[dy.place(row) + u];
                double dn = d * (1 - z) * (1 - n * n);
                g.values()[at] = (float) dn;
                g.values()[at + units] = (float) (dn * q * r * (1 - r));
                g.values()[at + 2 * units] = (float) (d * (h.values()[h.place(row) + u] - n) * z * (1 - z));
                g.values()[at + 3 * units] = (float) (dn * r);
                dh.values()[dh.place(row) + u] = (float) (d * z);
            }
        }
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

    @Override
    public void addSquares(int columns, float[] d, int from, float[] sums, int to) {
        for (int j = 0; j < columns; j++) {
            sums[to + j] = (float) (sums[to + j] + (double) d[from + j] * d[from + j]);
        }
    }
}
