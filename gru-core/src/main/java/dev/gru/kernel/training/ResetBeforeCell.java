package dev.gru.kernel.training;

import dev.gru.internal.Shapes;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;

/**
 * A cell of the variants whose reset gate comes before the product, {@link GruVariant#RESET_BEFORE} and
 * {@link GruVariant#DUAL_STATE}, on the products and activations of any kernel. m is what r gates: c if there is a
 * cell, else h.
 */
public final class ResetBeforeCell implements GruTrainingCell {
    private final TrainingKernel kernel;
    private final Weights w;
    private final int padded;
    private final boolean dual;
    /** Where m begins in a row of states. */
    private final int memory;
    /** Room for three vectors of units: what the states give to r, z and n, and in the backward pass other things. */
    private final Rows scratch;
    private final Rows zeros;

    // Parts of the rows above.
    private final Rows resetAndUpdate = new Rows();
    private final Rows gated = new Rows();
    private final Rows ofNew = new Rows();
    private final Rows weightsOfNew = new Rows();
    private final Rows biasOfNew = new Rows();
    private final Rows transposedOfNew = new Rows();
    private final Rows dGated = new Rows();

    /**
     * Makes a cell.
     *
     * @param kernel has the products and activations
     * @param weights the weights that act on the state
     * @param maxRows rows of a step at most
     */
    public ResetBeforeCell(TrainingKernel kernel, Weights weights, int maxRows) {
        this.kernel = kernel;
        w = weights;
        padded = weights.padded();
        dual = weights.variant() == GruVariant.DUAL_STATE;
        memory = dual ? padded : 0;
        scratch = new Rows(new float[Shapes.requireArray("gates", maxRows, Gate.COUNT, padded)], 0,
                Gate.COUNT * padded);
        zeros = new Rows(new float[padded], 0, 0);
    }

    @Override
    public void forward(int rows, Rows g, Rows h, Rows hNext) {
        // r = σ(g_r + W_hr h + b_hr), z = σ(g_z + W_hz h + b_hz)
        resetAndUpdate.set(g, 0, padded);
        kernel.multiply(rows, h, w.units(), w.weights(), 2 * padded, w.bias(), scratch);
        add(rows, 2 * padded, scratch, resetAndUpdate);
        kernel.apply(Activation.SIGMOID, rows, 2 * padded, resetAndUpdate);
        // q = r ⊙ m, n = tanh(g_n + W_hn q + b_hn)
        gated.set(g, 0, 3 * padded);
        for (int row = 0; row < rows; row++) {
            float[] v = g.values();
            int r = g.place(row) + padded;
            int m = h.place(row) + memory;
            for (int u = 0; u < padded; u++) {
                v[r + 2 * padded + u] = v[r + u] * h.values()[m + u];
            }
        }
        ofNew.set(scratch, 0, 2 * padded);
        kernel.multiply(rows, gated, w.units(), weightsOfNew.set(w.weights(), 0, 2 * padded), padded,
                biasOfNew.set(w.bias(), 0, 2 * padded), ofNew);
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
    public void backward(int rows, Rows g, Rows h, Rows dy, Rows dState) {
        if (dual) {
            applyToReset(rows, g);
        }
        for (int row = 0; row < rows; row++) {
            backwardFromState(row, g, h, dy, dState);
        }
        // dq = W_hnᵀ dg_n
        dGated.set(scratch, 0, padded);
        kernel.multiply(rows, g, padded, transposedOfNew.set(w.transposed(), 2 * padded, 0), padded, zeros,
                dGated);
        for (int row = 0; row < rows; row++) {
            backwardThroughGated(row, g, h, dState);
        }
        // dh += W_hrᵀ dg_r + W_hzᵀ dg_z
        kernel.multiply(rows, resetAndUpdate.set(g, 0, padded), 2 * padded, w.transposed(), padded, dState, dState);
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
    private void backwardThroughGated(int row, Rows g, Rows h, Rows dState) {
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
}
