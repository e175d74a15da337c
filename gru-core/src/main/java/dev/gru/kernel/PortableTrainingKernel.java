package dev.gru.kernel;

import dev.gru.kernel.math.PortableActivations;
import dev.gru.weights.Activation;

/**
 * {@link TrainingKernel} in plain loops, with the bits of {@code simd}.
 *
 * <p>C2 vectorises a loop over arrays that may be the same one only if all are read and written at the same index, so
 * rows are copied to arrays of their own before and after the loops that take most of the time.
 */
final class PortableTrainingKernel implements TrainingKernel {
    /** Inputs of a pass over the sums of a row. */
    private static final int TILE = 4;

    @Override
    public void multiply(int rows, Rows x, int inputs, Rows w, int columns, Rows i, Rows y) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(i.values(), i.place(row), y.values(), y.place(row), columns);
        }
        float[] sums = new float[columns];
        float[][] weights = new float[TILE][columns];
        for (int k = 0; k < inputs; k += TILE) {
            int count = copy(w, k, inputs, columns, weights);
            for (int row = 0; row < rows; row++) {
                int from = x.place(row) + k;
                System.arraycopy(y.values(), y.place(row), sums, 0, columns);
                if (count == TILE) {
                    add(x.values()[from], weights[0], x.values()[from + 1], weights[1], x.values()[from + 2],
                            weights[2],
                            x.values()[from + 3], weights[3], sums);
                } else {
                    for (int part = 0; part < count; part++) {
                        add(x.values()[from + part], weights[part], sums);
                    }
                }
                System.arraycopy(sums, 0, y.values(), y.place(row), columns);
            }
        }
    }

    /** Copies up to {@link #TILE} rows from row {@code k} on, as far as there are {@code end}; returns how many. */
    private static int copy(Rows from, int k, int end, int columns, float[][] to) {
        int count = Math.min(TILE, end - k);
        for (int part = 0; part < count; part++) {
            System.arraycopy(from.values(), from.place(k + part), to[part], 0, columns);
        }
        return count;
    }

    private static void add(float x0, float[] w0, float x1, float[] w1, float x2, float[] w2, float x3, float[] w3,
            float[] sums) {
        for (int j = 0; j < sums.length; j++) {
            sums[j] = Math.fma(x3, w3[j], Math.fma(x2, w2[j], Math.fma(x1, w1[j], Math.fma(x0, w0[j], sums[j]))));
        }
    }

    private static void add(float x, float[] w, float[] sums) {
        for (int j = 0; j < sums.length; j++) {
            sums[j] = Math.fma(x, w[j], sums[j]);
        }
    }

    @Override
    public void addProducts(int rows, Rows x, int inputs, Rows d, int columns, Rows w) {
        float[] sums = new float[columns];
        float[][] rowsOfD = new float[TILE][columns];
        for (int row = 0; row < rows; row += TILE) {
            int count = copy(d, row, rows, columns, rowsOfD);
            for (int k = 0; k < inputs; k++) {
                int from = x.place(row) + k;
                System.arraycopy(w.values(), w.place(k), sums, 0, columns);
                if (count == TILE) {
                    add(x.values()[from], rowsOfD[0], x.values()[from + x.stride()], rowsOfD[1],
                            x.values()[from + 2 * x.stride()], rowsOfD[2], x.values()[from + 3 * x.stride()],
                            rowsOfD[3],
                            sums);
                } else {
                    for (int part = 0; part < count; part++) {
                        add(x.values()[from + part * x.stride()], rowsOfD[part], sums);
                    }
                }
                System.arraycopy(sums, 0, w.values(), w.place(k), columns);
            }
        }
    }

    @Override
    public void forwardGates(int rows, int units, Rows g, Rows s, Rows h, Rows hNext) {
        PortableActivations loops = new PortableActivations(2 * units);
        float[] gates = new float[2 * units];
        float[] candidates = new float[units];
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
    public void backwardGates(int rows, int units, Rows g, Rows h, Rows dy, Rows dh) {
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

    @Override
    public void apply(Activation function, int rows, int columns, Rows v) {
        PortableActivations loops = new PortableActivations(columns);
        float[] row = new float[columns];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(v.values(), v.place(i), row, 0, columns);
            PortableFunctions.apply(function, columns, row, loops);
            System.arraycopy(row, 0, v.values(), v.place(i), columns);
        }
    }

    @Override
    public void exp(int columns, float[] v, int from, float shift) {
        float[] row = new float[columns];
        System.arraycopy(v, from, row, 0, columns);
        new PortableActivations(columns).exp(columns, row, shift);
        System.arraycopy(row, 0, v, from, columns);
    }

    @Override
    public void addSquares(int columns, float[] d, int from, float[] sums, int to) {
        for (int j = 0; j < columns; j++) {
            sums[to + j] = Math.fma(d[from + j], d[from + j], sums[to + j]);
        }
    }
}
