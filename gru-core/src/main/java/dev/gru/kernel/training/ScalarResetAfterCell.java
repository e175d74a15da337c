package dev.gru.kernel.training;

import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.weights.Activation;

/** {@link ResetAfterCell} in double, by {@link StrictMath}; each result is rounded once: the reference. */
final class ScalarResetAfterCell extends ResetAfterCell {
    ScalarResetAfterCell(TrainingKernel products, Weights weights, int maxRows) {
        super(products, weights, maxRows);
    }

    @Override
    protected void forwardGates(int rows, int units, Rows g, Rows s, Rows h, Rows hNext) {
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
    protected void backwardGates(int rows, int units, Rows g, Rows h, Rows dy, Rows dh) {
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
}
