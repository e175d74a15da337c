package dev.gru.train.network;

import java.util.List;

import dev.gru.kernel.TrainingKernel.Rows;
import dev.gru.kernel.TrainingKernel;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/**
 * {@link GruSteps} of the variants whose reset gate comes before the product: {@link GruVariant#RESET_BEFORE} and
 * {@link GruVariant#DUAL_STATE}. m is what r gates: c if there is a cell, else h.
 */
final class GruResetBefore extends GruSteps {
    private final boolean dual;
    /** Where m begins in a row of states. */
    private final int memory;

    GruResetBefore(TrainingKernel kernel, GruWeightArrays weights, int maxRows) {
        super(kernel, weights, maxRows);
        dual = weights.variant == GruVariant.DUAL_STATE;
        memory = dual ? padded : 0;
    }

    @Override
    void forward(int rows, Rows g, Rows h, Rows hNext) {
        // r = σ(g_r + W_hr h + b_hr), z = σ(g_z + W_hz h + b_hz)
        Rows resetAndUpdate = g.at(0, padded);
        kernel.multiply(rows, h, w.units, w.ofState.weights(), 2 * padded, w.ofState.bias(), scratch);
        add(rows, 2 * padded, scratch, resetAndUpdate);
        kernel.apply(Activation.SIGMOID, rows, 2 * padded, resetAndUpdate);
        // q = r ⊙ m, n = tanh(g_n + W_hn q + b_hn)
        Rows gated = g.at(0, 3 * padded);
        for (int row = 0; row < rows; row++) {
            float[] v = g.values();
            int r = g.place(row) + padded;
            int m = h.place(row) + memory;
            for (int u = 0; u < padded; u++) {
                v[r + 2 * padded + u] = v[r + u] * h.values()[m + u];
            }
        }
        Rows ofNew = scratch.at(0, 2 * padded);
        kernel.multiply(rows, gated, w.units, w.ofState.weights().at(0, 2 * padded), padded,
                w.ofState.bias().at(0, 2 * padded), ofNew);
        add(rows, padded, ofNew, g);
        kernel.apply(Activation.TANH, rows, padded, g);
        if (dual) {
            applyToReset(rows, g);
        }
        for (int row = 0; row < rows; row++) {
            newState(row, g, h, hNext);
        }
    }

    /** σ(r), at the beginning of the scratch memory. */
    private void applyToReset(int rows, Rows g) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(g.values(), g.place(row) + padded, scratch.values(), scratch.place(row), padded);
        }
        kernel.apply(Activation.SIGMOID, rows, padded, scratch);
    }

    /** m' = (1 − z) ⊙ n + z ⊙ m; with a cell h' = n ⊙ σ(r) + (1 − r) ⊙ h. */
    private void newState(int row, Rows g, Rows h, Rows hNext) {
        int n = g.place(row);
        int from = h.place(row);
        int to = hNext.place(row);
        for (int u = 0; u < padded; u++) {
            float ofN = g.values()[n + u];
            float r = g.values()[n + padded + u];
            float z = g.values()[n + 2 * padded + u];
            hNext.values()[to + memory + u] = Math.fma(1 - z, ofN, z * h.values()[from + memory + u]);
            if (dual) {
                hNext.values()[to + u] = Math.fma(ofN, scratch.values()[scratch.place(row) + u],
                        (1 - r) * h.values()[from + u]);
            }
        }
    }

    private static void add(int rows, int columns, Rows from, Rows to) {
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < columns; j++) {
                to.values()[to.place(row) + j] += from.values()[from.place(row) + j];
            }
        }
    }

    @Override
    void backward(int rows, Rows g, Rows h, Rows dy, Rows dState) {
        if (dual) {
            applyToReset(rows, g);
        }
        for (int row = 0; row < rows; row++) {
            backwardFromState(row, g, h, dy, dState);
        }
        // dq = W_hnᵀ dg_n
        Rows dGated = scratch.at(0, padded);
        kernel.multiply(rows, g, padded, w.ofState.transposed().at(2 * padded, 0), padded, zeros, dGated);
        for (int row = 0; row < rows; row++) {
            backwardThroughGated(row, g, h, dGated, dState);
        }
        // dh += W_hrᵀ dg_r + W_hzᵀ dg_z
        kernel.multiply(rows, g.at(0, padded), 2 * padded, w.ofState.transposed(), padded, dState, dState);
    }

    /**
     * dm' and dh' to dg_n, dg_z, and, in the scratch memory, what r gets by h':
     *
     * <pre>
     * dn = dm' ⊙ (1 − z), dg_z = dm' ⊙ (m − n) ⊙ z ⊙ (1 − z), dm = dm' ⊙ z
     * with a cell  dn += dh' ⊙ σ(r), dr = dh' ⊙ (n ⊙ σ(r) ⊙ (1 − σ(r)) − h), dh = dh' ⊙ (1 − r)
     * dg_n = dn ⊙ (1 − n²)
     * </pre>
     */
    private void backwardFromState(int row, Rows g, Rows h, Rows dy, Rows dState) {
        float[] gates = g.values();
        float[] d = dState.values();
        float[] ofReset = scratch.values();
        int n = g.place(row);
        int from = h.place(row);
        int to = dState.place(row);
        int reset = scratch.place(row);
        for (int u = 0; u < padded; u++) {
            float ofN = gates[n + u];
            float z = gates[n + 2 * padded + u];
            d[to + u] += dy.values()[dy.place(row) + u];
            float dNext = d[to + memory + u];
            float dn = dNext * (1 - z);
            gates[n + 2 * padded + u] = dNext * (h.values()[from + memory + u] - ofN) * (z * (1 - z));
            d[to + memory + u] = dNext * z;
            if (dual) {
                float s = ofReset[reset + u];
                float dh = d[to + u];
                dn += dh * s;
                ofReset[reset + u] = dh * (ofN * s * (1 - s) - h.values()[from + u]);
                d[to + u] = dh * (1 - gates[n + padded + u]);
            } else {
                ofReset[reset + u] = 0;
            }
            gates[n + u] = dn * Math.fma(-ofN, ofN, 1);
        }
    }

    /** dr += dq ⊙ m, dm += dq ⊙ r, dg_r = dr ⊙ r ⊙ (1 − r). */
    private void backwardThroughGated(int row, Rows g, Rows h, Rows dGated, Rows dState) {
        int reset = g.place(row) + padded;
        int m = h.place(row) + memory;
        int dm = dState.place(row) + memory;
        int dq = dGated.place(row);
        int dr = scratch.place(row);
        for (int u = 0; u < padded; u++) {
            float r = g.values()[reset + u];
            float d = dGated.values()[dq + u];
            dState.values()[dm + u] += d * r;
            g.values()[reset + u] = Math.fma(d, h.values()[m + u], scratch.values()[dr + u]) * (r * (1 - r));
        }
    }

    @Override
    List<Node.Product> products(int rows, Rows g, Rows h) {
        Rows resetAndUpdate = g.at(0, padded);
        Rows gated = g.at(0, 3 * padded);
        Rows weights = w.ofState.weightGradient();
        Rows biases = w.ofState.biasGradient();
        return List.of(new Node.Product(rows, h, w.units, resetAndUpdate, 2 * padded, weights),
                Node.Product.sum(rows, resetAndUpdate, 2 * padded, biases),
                new Node.Product(rows, gated, w.units, g, padded, weights.at(0, 2 * padded)),
                Node.Product.sum(rows, g, padded, biases.at(0, 2 * padded)));
    }
}
