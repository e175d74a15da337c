package dev.gru.kernel.training;

import dev.gru.internal.Shapes;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;

/**
 * A cell of {@link GruVariant#RESET_AFTER}: one product of all gates, and then what each kernel does element by element
 * in loops of its own.
 */
public abstract class ResetAfterCell implements GruTrainingCell {
    private final TrainingKernel products;
    private final Weights w;
    private final int padded;
    /** W_h h + b_h, for r, z and n. */
    private final Rows sums;
    /** Those parts of the gates that get their derivatives from the state: r, z and q. */
    private final Rows ofState = new Rows();

    /**
     * Makes a cell.
     *
     * @param products has the products
     * @param weights the weights that act on the state
     * @param maxRows rows of a step at most
     */
    protected ResetAfterCell(TrainingKernel products, Weights weights, int maxRows) {
        this.products = products;
        w = weights;
        padded = weights.padded();
        sums = new Rows(new float[Shapes.requireArray("gates", maxRows, Gate.COUNT, padded)], 0, Gate.COUNT * padded);
    }

    @Override
    public final void forward(int rows, Rows gates, Rows states, Rows nextStates) {
        products.multiply(rows, states, w.units(), w.weights(), Gate.COUNT * padded, w.bias(), sums);
        forwardGates(rows, padded, gates, sums, states, nextStates);
    }

    @Override
    public final void backward(int rows, Rows gates, Rows states, Rows dOutputs, Rows dStates) {
        backwardGates(rows, padded, gates, states, dOutputs, dStates);
        // dh += W_hᵀ (ds_r, ds_z, ds_q)
        products.multiply(rows, ofState.set(gates, 0, padded), Gate.COUNT * padded, w.transposed(), padded, dStates,
                dStates);
    }

    /**
     * Computes the gates and the new states, for some rows:
     *
     * <pre>
     * r = σ(g_r + s_r), z = σ(g_z + s_z), q = s_q, n = tanh(g_n + r ⊙ q)
     * h' = (1 − z) ⊙ n + z ⊙ h
     * </pre>
     *
     * @param rows how many
     * @param units units of a row, padding included
     * @param g the sums from the inputs, for n, r and z, behind which there is room for q; replaced by n, r, z and q
     * @param s the sums from the states, for r, z and q
     * @param h the states
     * @param hNext takes the new ones; must not overlap h
     */
    protected abstract void forwardGates(int rows, int units, Rows g, Rows s, Rows h, Rows hNext);

    /**
     * Computes the backward pass of {@link #forwardGates}, for some rows: with d = dh' + dy,
     *
     * <pre>
     * dg_n = d ⊙ (1 − z) ⊙ (1 − n²)
     * dg_z = d ⊙ (h − n) ⊙ z ⊙ (1 − z)
     * dg_r = dg_n ⊙ q ⊙ r ⊙ (1 − r)
     * ds_q = dg_n ⊙ r, ds_r = dg_r, ds_z = dg_z
     * dh = d ⊙ z, but for what comes through s
     * </pre>
     *
     * @param rows how many
     * @param units units of a row, padding included
     * @param g n, r, z and q; replaced by dg_n, dg_r, dg_z and ds_q
     * @param h the states before the step
     * @param dy what is added to the derivatives
     * @param dh the derivatives with respect to the states after the step; replaced by those before it
     */
    protected abstract void backwardGates(int rows, int units, Rows g, Rows h, Rows dy, Rows dh);
}
