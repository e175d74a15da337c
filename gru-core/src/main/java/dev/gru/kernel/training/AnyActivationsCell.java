package dev.gru.kernel.training;

import java.util.Arrays;

import dev.gru.internal.Shapes;
import dev.gru.kernel.math.FloatFunctions;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/**
 * A cell of any variant with any functions and any bound, on the products and activations of any kernel: f for r and z,
 * g for n, in the equations of {@link ResetAfterCell} and {@link ResetBeforeCell}. m is what r gates: c if there is a
 * cell, else h.
 *
 * <p>Functions need not be 0 at 0, so of the padding nothing is computed; it is 0 in states and in derivatives.
 */
public final class AnyActivationsCell implements GruTrainingCell {
    private final TrainingKernel kernel;
    private final Weights w;
    private final GruActivations functions;
    private final int units;
    private final int padded;
    private final boolean after;
    private final boolean dual;
    /** Where m begins in a row of states. */
    private final int memory;

    // Where the parts of a row of gates begin.
    private final int r;
    private final int z;
    private final int q;
    private final int slopeOfN;
    private final int slopeOfR;
    private final int slopeOfZ;

    /** Room for three vectors of units: what the states give to r, z and n, and in the backward pass other things. */
    private final Rows scratch;
    private final Rows zeros;

    // Parts of the rows above.
    private final Rows part = new Rows();
    private final Rows other = new Rows();
    private final Rows weights = new Rows();
    private final Rows bias = new Rows();

    /**
     * Makes a cell.
     *
     * @param kernel has the products and activations
     * @param weights the weights that act on the state
     * @param maxRows rows of a step at most
     */
    public AnyActivationsCell(TrainingKernel kernel, Weights weights, int maxRows) {
        this.kernel = kernel;
        w = weights;
        functions = weights.activations();
        units = weights.units();
        padded = weights.padded();
        after = weights.variant() == GruVariant.RESET_AFTER;
        dual = weights.variant() == GruVariant.DUAL_STATE;
        memory = dual ? padded : 0;
        r = padded;
        z = 2 * padded;
        q = 3 * padded;
        slopeOfN = 4 * padded;
        slopeOfR = 5 * padded;
        slopeOfZ = 6 * padded;
        scratch = new Rows(new float[Shapes.requireArray("gates", maxRows, Gate.COUNT, padded)], 0,
                Gate.COUNT * padded);
        zeros = new Rows(new float[padded], 0, 0);
    }

    @Override
    public void forward(int rows, Rows g, Rows h, Rows hNext) {
        kernel.multiply(rows, h, units, w.weights(), (after ? Gate.COUNT : 2) * padded, w.bias(), scratch);
        for (int row = 0; row < rows; row++) {
            sumOfGates(g.values(), g.place(row), scratch.values(), scratch.place(row));
        }
        kernel.apply(functions.gates(), rows, 2 * padded, part.set(g, 0, r));
        for (int row = 0; row < rows; row++) {
            slopes(functions.gates(), g.values(), g.place(row) + r, g.place(row) + slopeOfR);
            slopes(functions.gates(), g.values(), g.place(row) + z, g.place(row) + slopeOfZ);
            gated(g.values(), g.place(row), h.values(), h.place(row) + memory, scratch.values(), scratch.place(row));
        }
        if (!after) {
            kernel.multiply(rows, part.set(g, 0, q), units, weights.set(w.weights(), 0, z), padded,
                    bias.set(w.bias(), 0, z), other.set(scratch, 0, z));
        }
        for (int row = 0; row < rows; row++) {
            sumOfCandidate(g.values(), g.place(row), scratch.values(), scratch.place(row) + 2 * padded);
        }
        kernel.apply(functions.candidate(), rows, padded, g);
        for (int row = 0; row < rows; row++) {
            slopes(functions.candidate(), g.values(), g.place(row), g.place(row) + slopeOfN);
        }
        applyToReset(rows, g);
        for (int row = 0; row < rows; row++) {
            newState(row, g, h, hNext);
        }
    }

    /** g_r + s_r and g_z + s_z, cut to the bound, in place of g and where their slopes will be. */
    private void sumOfGates(float[] gates, int at, float[] sums, int fromState) {
        for (int gate = 0; gate < 2; gate++) {
            int from = at + r + gate * padded;
            for (int u = 0; u < units; u++) {
                float sum = cut(gates[from + u] + sums[fromState + gate * padded + u]);
                gates[from + u] = sum;
                gates[at + slopeOfR + gate * padded + u] = sum;
            }
        }
    }

    private float cut(float sum) {
        return functions.clips() ? Math.max(Math.min(sum, functions.clip()), -functions.clip()) : sum;
    }

    /** Replaces sums by the slopes of a function, whose images are beside them; 0 where the bound has cut them. */
    private void slopes(Activation function, float[] gates, int images, int sums) {
        for (int u = 0; u < units; u++) {
            float sum = gates[sums + u];
            boolean isCut = functions.clips() && Math.abs(sum) >= functions.clip();
            gates[sums + u] = isCut ? 0 : FloatFunctions.slope(function, sum, gates[images + u]);
        }
    }

    /** q = s_q, or q = r ⊙ m. */
    private void gated(float[] gates, int at, float[] states, int m, float[] sums, int fromState) {
        for (int u = 0; u < units; u++) {
            gates[at + q + u] = after ? sums[fromState + 2 * padded + u] : gates[at + r + u] * states[m + u];
        }
    }

    /** g_n + r ⊙ q, or g_n + s_n; cut to the bound. */
    private void sumOfCandidate(float[] gates, int at, float[] sums, int fromState) {
        for (int u = 0; u < units; u++) {
            float sum = after
                    ? Math.fma(gates[at + r + u], gates[at + q + u], gates[at + u])
                    : gates[at + u] + sums[fromState + u];
            gates[at + u] = cut(sum);
            gates[at + slopeOfN + u] = gates[at + u];
        }
    }

    /** f(r), at the beginning of the scratch memory, if there is a cell. */
    private void applyToReset(int rows, Rows g) {
        if (!dual) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            System.arraycopy(g.values(), g.place(row) + r, scratch.values(), scratch.place(row), padded);
        }
        kernel.apply(functions.gates(), rows, padded, scratch);
    }

    /** m' = (1 − z) ⊙ n + z ⊙ m; with a cell h' = n ⊙ f(r) + (1 − r) ⊙ h. */
    private void newState(int row, Rows g, Rows h, Rows hNext) {
        float[] gates = g.values();
        float[] next = hNext.values();
        int at = g.place(row);
        int from = h.place(row);
        int to = hNext.place(row);
        for (int u = 0; u < units; u++) {
            float ofN = gates[at + u];
            float ofZ = gates[at + z + u];
            next[to + memory + u] = Math.fma(1 - ofZ, ofN, ofZ * h.values()[from + memory + u]);
            if (dual) {
                next[to + u] = Math.fma(ofN, scratch.values()[scratch.place(row) + u],
                        (1 - gates[at + r + u]) * h.values()[from + u]);
            }
        }
        Arrays.fill(next, to + memory + units, to + memory + padded, 0);
        Arrays.fill(next, to + units, to + padded, 0);
    }

    @Override
    public void backward(int rows, Rows g, Rows h, Rows dy, Rows dState) {
        applyToReset(rows, g);
        for (int row = 0; row < rows; row++) {
            backwardFromState(row, g, h, dy, dState);
        }
        if (!after) {
            // dq = W_hnᵀ dg_n
            kernel.multiply(rows, g, padded, weights.set(w.transposed(), 2 * padded, 0), padded, zeros,
                    part.set(scratch, 0, padded));
        }
        for (int row = 0; row < rows; row++) {
            backwardThroughReset(row, g, h, dState);
        }
        // dh += W_hᵀ (ds_r, ds_z, ds_q)
        kernel.multiply(rows, part.set(g, 0, r), (after ? Gate.COUNT : 2) * padded, w.transposed(), padded, dState,
                dState);
    }

    /**
     * dm' and dh' to dg_n, dg_z, and, in the scratch memory, what r gets by h':
     *
     * <pre>
     * dn = dm' ⊙ (1 − z), dg_z = dm' ⊙ (m − n) ⊙ f', dm = dm' ⊙ z
     * with a cell  dn += dh' ⊙ f(r), dr = dh' ⊙ (n ⊙ f'(r) − h), dh = dh' ⊙ (1 − r)
     * dg_n = dn ⊙ g'
     * </pre>
     */
    private void backwardFromState(int row, Rows g, Rows h, Rows dy, Rows dState) {
        float[] gates = g.values();
        float[] d = dState.values();
        float[] ofReset = scratch.values();
        int at = g.place(row);
        int from = h.place(row);
        int to = dState.place(row);
        int reset = scratch.place(row);
        for (int u = 0; u < units; u++) {
            float ofN = gates[at + u];
            float ofZ = gates[at + z + u];
            d[to + u] += dy.values()[dy.place(row) + u];
            float dNext = d[to + memory + u];
            float dn = dNext * (1 - ofZ);
            gates[at + z + u] = dNext * (h.values()[from + memory + u] - ofN) * gates[at + slopeOfZ + u];
            d[to + memory + u] = dNext * ofZ;
            float dr = 0;
            if (dual) {
                float ofR = gates[at + r + u];
                float s = ofReset[reset + u];
                float dh = d[to + u];
                dn += dh * s;
                dr = dh * (ofN * FloatFunctions.slope(functions.gates(), ofR, s) - h.values()[from + u]);
                d[to + u] = dh * (1 - ofR);
            }
            ofReset[reset + u] = dr;
            gates[at + u] = dn * gates[at + slopeOfN + u];
        }
        Arrays.fill(gates, at + units, at + padded, 0);
        Arrays.fill(gates, at + z + units, at + z + padded, 0);
    }

    /** dr += dg_n ⊙ q, ds_q = dg_n ⊙ r; or dr += dq ⊙ m, dm += dq ⊙ r. dg_r = dr ⊙ f'. */
    private void backwardThroughReset(int row, Rows g, Rows h, Rows dState) {
        float[] gates = g.values();
        int at = g.place(row);
        int m = h.place(row) + memory;
        int dm = dState.place(row) + memory;
        int dr = scratch.place(row);
        for (int u = 0; u < units; u++) {
            float ofR = gates[at + r + u];
            float slope = gates[at + slopeOfR + u];
            if (after) {
                gates[at + r + u] = gates[at + u] * gates[at + q + u] * slope;
                gates[at + q + u] = gates[at + u] * ofR;
            } else {
                float dq = scratch.values()[dr + padded + u];
                dState.values()[dm + u] += dq * ofR;
                gates[at + r + u] = Math.fma(dq, h.values()[m + u], scratch.values()[dr + u]) * slope;
            }
        }
        Arrays.fill(gates, at + r + units, at + r + padded, 0);
        if (after) {
            Arrays.fill(gates, at + q + units, at + q + padded, 0);
        }
    }
}
