package dev.gru.kernel.training;

import dev.gru.kernel.math.PortableActivations;

/** {@link ResetAfterCell} in plain loops, with the bits of {@code simd}. */
final class PortableResetAfterCell extends ResetAfterCell {
    private final PortableActivations loops;
    /** r and z of a row. */
    private final float[] gates;
    /** n of a row. */
    private final float[] candidates;

    PortableResetAfterCell(TrainingKernel products, Weights weights, int maxRows) {
        super(products, weights, maxRows);
        loops = new PortableActivations(2 * weights.padded());
        gates = new float[2 * weights.padded()];
        candidates = new float[weights.padded()];
    }

    @Override
    protected void forwardGates(int rows, int units, Rows g, Rows s, Rows h, Rows hNext) {
        for (int row = 0; row < rows; row++) {
            int at = g.place(row);
            int fromState = s.place(row);
            for (int j = 0; j < 2 * units; j++) {
                gates[j] = g.values()[at + units + j] + s.values()[fromState + j];
            }
            loops.sigmoid(2 * units, gates);
            for (int u = 0; u < units; u++) {
                candidates[u] = Math.fma(gates[u], s.values()[fromState + 2 * units + u], g.values()[at + u]);
            }
            loops.tanh(units, candidates);
            for (int u = 0; u < units; u++) {
                float z = gates[units + u];
                hNext.values()[hNext.place(row) + u] = Math.fma(1 - z, candidates[u], z * h.values()[h.place(row) + u]);
            }
            System.arraycopy(candidates, 0, g.values(), at, units);
            System.arraycopy(gates, 0, g.values(), at + units, 2 * units);
            System.arraycopy(s.values(), fromState + 2 * units, g.values(), at + 3 * units, units);
        }
    }

    @Override
    protected void backwardGates(int rows, int units, Rows g, Rows h, Rows dy, Rows dh) {
        for (int row = 0; row < rows; row++) {
            for (int u = 0; u < units; u++) {
                int at = g.place(row) + u;
                float n = g.values()[at];
                float r = g.values()[at + units];
                float z = g.values()[at + 2 * units];
                float q = g.values()[at + 3 * units];
                float d = dh.values()[dh.place(row) + u] + dy.values()[dy.place(row) + u];
                float dn = d * (1 - z) * Math.fma(-n, n, 1);
                g.values()[at] = dn;
                g.values()[at + units] = dn * q * (r * (1 - r));
                g.values()[at + 2 * units] = d * (h.values()[h.place(row) + u] - n) * (z * (1 - z));
                g.values()[at + 3 * units] = dn * r;
                dh.values()[dh.place(row) + u] = d * z;
            }
        }
    }
}
