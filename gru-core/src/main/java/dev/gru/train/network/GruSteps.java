package dev.gru.train.network;

import java.util.List;

import dev.gru.internal.Shapes;
import dev.gru.kernel.TrainingKernel.Rows;
import dev.gru.kernel.TrainingKernel;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;

/**
 * One step of a GRU for some rows, forward and back, without what the inputs give to the gates and get from them: that is
 * one product for all steps.
 *
 * <p>{@code g} has four gates a row: n, r, z, and q, which is W_hn h + b_hn if the reset gate comes after that product,
 * or else what goes into it. Forward the first three are sums from the inputs first; on the way back they are replaced by
 * the derivatives of their sums, and q, if it is an output of the product, by its own.
 */
abstract sealed class GruSteps permits GruSteps.ResetAfter, GruResetBefore {
    final TrainingKernel kernel;
    final GruWeightArrays w;
    final int padded;
    /** What the states give to r, z and q, and on the way back room for three vectors of units. */
    final Rows scratch;
    final Rows zeros;

    GruSteps(TrainingKernel kernel, GruWeightArrays weights, int maxRows) {
        this.kernel = kernel;
        w = weights;
        padded = weights.padded;
        scratch = new Rows(new float[Shapes.requireArray("gates", maxRows, Gate.COUNT, padded)], 0,
                Gate.COUNT * padded);
        zeros = new Rows(new float[padded], 0, 0);
    }

    static GruSteps of(TrainingKernel kernel, GruWeightArrays weights, int maxRows) {
        return weights.variant == GruVariant.RESET_AFTER
                ? new ResetAfter(kernel, weights, maxRows)
                : new GruResetBefore(kernel, weights, maxRows);
    }

    /**
     * Computes a step.
     *
     * @param rows how many
     * @param g in: the sums from the inputs; out: the gates
     * @param h the states before
     * @param hNext takes those after
     */
    abstract void forward(int rows, Rows g, Rows h, Rows hNext);

    /**
     * Goes back over a step.
     *
     * @param rows how many
     * @param g in: the gates; out: the derivatives of their sums
     * @param h the states before
     * @param dy the derivatives of the outputs
     * @param dState in: those of the states after the step but for dy; out: those of the states before it
     */
    abstract void backward(int rows, Rows g, Rows h, Rows dy, Rows dState);

    /**
     * Returns the products of the gradients of weights and biases that act on the state.
     *
     * @param rows rows of all steps
     * @param g of all steps, as {@link #backward} left it
     * @param h the states before each
     */
    abstract List<Node.Product> products(int rows, Rows g, Rows h);

    /** {@link GruVariant#RESET_AFTER}, whose gates the kernel has as a whole. */
    static final class ResetAfter extends GruSteps {
        ResetAfter(TrainingKernel kernel, GruWeightArrays weights, int maxRows) {
            super(kernel, weights, maxRows);
        }

        @Override
        void forward(int rows, Rows g, Rows h, Rows hNext) {
            kernel.multiply(rows, h, w.units, w.ofState.weights(), Gate.COUNT * padded, w.ofState.bias(), scratch);
            kernel.forwardGates(rows, padded, g, scratch, h, hNext);
        }

        @Override
        void backward(int rows, Rows g, Rows h, Rows dy, Rows dState) {
            kernel.backwardGates(rows, padded, g, h, dy, dState);
            // dh += W_hᵀ (ds_r, ds_z, ds_q)
            kernel.multiply(rows, g.at(0, padded), Gate.COUNT * padded, w.ofState.transposed(), padded, dState, dState);
        }

        @Override
        List<Node.Product> products(int rows, Rows g, Rows h) {
            Rows ds = g.at(0, padded);
            int columns = Gate.COUNT * padded;
            return List.of(new Node.Product(rows, h, w.units, ds, columns, w.ofState.weightGradient()),
                    Node.Product.sum(rows, ds, columns, w.ofState.biasGradient()));
        }
    }
}
