package dev.gru.train.reference;

import java.util.List;

import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.train.math.Parameters;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * The equations of a GRU and their derivatives, one step at a time, in the notation of {@link GruVariant}: over the
 * arrays of one pass of a batch. Steps are counted as they are read, i = 0, 1 …, wherever their inputs are.
 */
final class ScalarGruSteps {
    /**
     * What is kept of each unit and step: r, z, n, and q = W_hn h + b_hn, which {@link GruVariant#RESET_AFTER} gates;
     * and the slopes of r, z and n.
     */
    private static final int KEPT = 2 * Gate.COUNT + 1;

    private final GruVariant variant;
    private final Activation f;
    private final Activation g;
    private final double clip;
    private final int inputs;
    private final int units;
    private final int stateSize;
    private final int steps;
    private final double[] weightIh;
    private final double[] weightHh;
    private final double[] biasIh;
    private final double[] biasHh;
    private final double[] x;
    /** Before each step and after the last, (rows, steps + 1, stateSize): h, and behind it c if there is a cell. */
    private final double[] states;
    /** (rows, steps, KEPT, units). */
    private final double[] kept;

    /** Of the current step: r ⊙ h or r ⊙ c, which goes through W_hn if r does not act on the product. */
    private final double[] gated;
    /** Of the current step: the derivatives of the sums in W_i x + b_i, (3, units). */
    private final double[] dInputSums;
    /** The same for W_h s + b_h. */
    private final double[] dStateSums;

    /**
     * Takes the arrays of a pass.
     *
     * @param shape has the variant and the sizes
     * @param parameters the weights
     * @param names the names of weight_ih, weight_hh, bias_ih and bias_hh
     * @param x the inputs
     * @param initial states before the first step, (rows, stateSize)
     */
    ScalarGruSteps(GruWeights shape, Parameters parameters, List<String> names, ScalarFeatures x, double[] initial) {
        variant = shape.variant();
        f = shape.activations().gates();
        g = shape.activations().candidate();
        clip = shape.activations().clip();
        inputs = shape.inputSize();
        units = shape.hiddenSize();
        stateSize = variant.stateSize(units);
        steps = x.steps;
        weightIh = parameters.get(names.get(0));
        weightHh = parameters.get(names.get(1));
        biasIh = parameters.get(names.get(2));
        biasHh = parameters.get(names.get(3));
        this.x = x.values;
        states = new double[x.rows * (steps + 1) * stateSize];
        kept = new double[x.rows * steps * KEPT * units];
        gated = new double[units];
        dInputSums = new double[Gate.COUNT * units];
        dStateSums = new double[Gate.COUNT * units];
        for (int row = 0; row < x.rows; row++) {
            System.arraycopy(initial, row * stateSize, states, state(row, 0), stateSize);
        }
    }

    private int state(int row, int i) {
        return (row * (steps + 1) + i) * stateSize;
    }

    private int kept(int row, int i) {
        return (row * steps + i) * KEPT * units;
    }

    /** Where what r gates begins in the state: c if there is a cell, else h. */
    private int memory(int state) {
        return variant == GruVariant.DUAL_STATE ? state + units : state;
    }

    /** Copies h after step i of a row. */
    void copyOutput(int row, int i, double[] y, int at) {
        System.arraycopy(states, state(row, i + 1), y, at, units);
    }

    /** Step i of a row is masked: the state stays. Its backward pass changes nothing. */
    void carry(int row, int i) {
        System.arraycopy(states, state(row, i), states, state(row, i + 1), stateSize);
    }

    /** Computes step i of a row, whose input is that of step t. */
    void forward(int row, int i, int t) {
        int in = (row * steps + t) * inputs;
        int h = state(row, i);
        int memory = memory(h);
        int r = kept(row, i);
        int z = r + units;
        int n = z + units;
        int q = n + units;
        // r = f(W_ir x + b_ir + W_hr h + b_hr), z = f(W_iz x + b_iz + W_hz h + b_hz)
        for (int u = 0; u < units; u++) {
            keep(r + u, f, inputSum(Gate.RESET, u, in) + stateSum(Gate.RESET, u, states, h));
            keep(z + u, f, inputSum(Gate.UPDATE, u, in) + stateSum(Gate.UPDATE, u, states, h));
            gated[u] = kept[r + u] * states[memory + u];
        }
        // RESET_AFTER                q = W_hn h + b_hn, n = g(W_in x + b_in + r ⊙ q)
        // RESET_BEFORE, DUAL_STATE   n = g(W_in x + b_in + W_hn (r ⊙ h or r ⊙ c) + b_hn)
        for (int u = 0; u < units; u++) {
            double fromState;
            if (variant == GruVariant.RESET_AFTER) {
                kept[q + u] = stateSum(Gate.NEW, u, states, h);
                fromState = kept[r + u] * kept[q + u];
            } else {
                fromState = stateSum(Gate.NEW, u, gated, 0);
            }
            keep(n + u, g, inputSum(Gate.NEW, u, in) + fromState);
        }
        // RESET_AFTER, RESET_BEFORE  h' = (1 − z) ⊙ n + z ⊙ h
        // DUAL_STATE                 h' = n ⊙ f(r) + (1 − r) ⊙ h, c' = z ⊙ c + (1 − z) ⊙ n
        int hNext = state(row, i + 1);
        int memoryNext = memory(hNext);
        for (int u = 0; u < units; u++) {
            states[memoryNext + u] = (1 - kept[z + u]) * kept[n + u] + kept[z + u] * states[memory + u];
            if (variant == GruVariant.DUAL_STATE) {
                states[hNext + u] = kept[n + u] * ScalarFunctions.apply(f, kept[r + u])
                        + (1 - kept[r + u]) * states[h + u];
            }
        }
    }

    /** Keeps the image of a sum, which is first cut to the bound, and the slope there: 0 where it is cut. */
    private void keep(int at, Activation function, double sum) {
        double cut = Math.max(Math.min(sum, clip), -clip);
        kept[at] = ScalarFunctions.apply(function, cut);
        kept[at + (Gate.COUNT + 1) * units] = Math.abs(sum) >= clip ? 0 : ScalarFunctions.slope(function, cut);
    }

    /** W_i x + b_i for one gate of one unit. */
    private double inputSum(Gate gate, int unit, int in) {
        int row = gate.index() * units + unit;
        double sum = biasIh[row];
        for (int k = 0; k < inputs; k++) {
            sum += weightIh[row * inputs + k] * x[in + k];
        }
        return sum;
    }

    /** W_h s + b_h for one gate of one unit, where s is the state or what the reset gate left of it. */
    private double stateSum(Gate gate, int unit, double[] s, int from) {
        int row = gate.index() * units + unit;
        double sum = biasHh[row];
        for (int k = 0; k < units; k++) {
            sum += weightHh[row * units + k] * s[from + k];
        }
        return sum;
    }

    /**
     * Computes the backward pass of step i of a row.
     *
     * @param row the row
     * @param i the step
     * @param t the step whose input it took
     * @param dState the derivatives with respect to the row's state after the step; in the end, before it
     * @param gradients the layer's, which are added to
     * @param dx the derivatives with respect to all inputs, of which those of step t are added to
     */
    void backward(int row, int i, int t, double[] dState, GruGradients gradients, double[] dx) {
        int h = state(row, i);
        int memory = memory(h);
        int r = kept(row, i);
        int z = r + units;
        int n = z + units;
        int q = n + units;
        int slopes = (Gate.COUNT + 1) * units;
        int dMemory = memory(0);
        for (int u = 0; u < units; u++) {
            double ofR = kept[r + u];
            double ofZ = kept[z + u];
            double ofN = kept[n + u];
            // m' = (1 − z) ⊙ n + z ⊙ m, where m is h or c:
            // dn = dm' ⊙ (1 − z), dz = dm' ⊙ (m − n), dm = dm' ⊙ z
            double dNext = dState[dMemory + u];
            double dn = dNext * (1 - ofZ);
            double dz = dNext * (states[memory + u] - ofN);
            dState[dMemory + u] = dNext * ofZ;
            double dr = 0;
            if (variant == GruVariant.DUAL_STATE) {
                // h' = n ⊙ f(r) + (1 − r) ⊙ h:
                // dn += dh' ⊙ f(r), dr = dh' ⊙ (n ⊙ f'(r) − h), dh = dh' ⊙ (1 − r)
                dn += dState[u] * ScalarFunctions.apply(f, ofR);
                dr = dState[u] * (ofN * ScalarFunctions.slope(f, ofR) - states[h + u]);
                dState[u] *= 1 - ofR;
            }
            // n = g(a): da = dn ⊙ g'(a); z = f(a): da = dz ⊙ f'(a)
            double dNewSum = dn * kept[slopes + n + u];
            if (variant == GruVariant.RESET_AFTER) {
                // a = W_in x + b_in + r ⊙ q: dr = da ⊙ q, dq = da ⊙ r
                dr = dNewSum * kept[q + u];
            }
            dInputSums[Gate.RESET.index() * units + u] = dr;
            dInputSums[Gate.UPDATE.index() * units + u] = dz * kept[slopes + z + u];
            dInputSums[Gate.NEW.index() * units + u] = dNewSum;
            dStateSums[Gate.NEW.index() * units + u] = variant == GruVariant.RESET_AFTER ? dNewSum * ofR : dNewSum;
        }
        if (variant != GruVariant.RESET_AFTER) {
            backwardThroughGated(memory, r, dState);
        }
        for (int u = 0; u < units; u++) {
            // r = f(a): da = dr ⊙ f'(a)
            dInputSums[Gate.RESET.index() * units + u] *= kept[slopes + r + u];
            dStateSums[Gate.RESET.index() * units + u] = dInputSums[Gate.RESET.index() * units + u];
            dStateSums[Gate.UPDATE.index() * units + u] = dInputSums[Gate.UPDATE.index() * units + u];
        }
        backwardThroughState(h, dState, gradients);
        backwardThroughInput((row * steps + t) * inputs, gradients, dx);
    }

    /** a = … + W_hn (r ⊙ m) + b_hn: with g = W_hnᵀ da, dr += g ⊙ m and dm += g ⊙ r. Leaves r ⊙ m in {@link #gated}. */
    private void backwardThroughGated(int memory, int r, double[] dState) {
        int dMemory = memory(0);
        int firstRow = Gate.NEW.index() * units;
        for (int k = 0; k < units; k++) {
            double g = 0;
            for (int u = 0; u < units; u++) {
                g += weightHh[(firstRow + u) * units + k] * dStateSums[firstRow + u];
            }
            dInputSums[Gate.RESET.index() * units + k] += g * states[memory + k];
            dState[dMemory + k] += g * kept[r + k];
            gated[k] = kept[r + k] * states[memory + k];
        }
    }

    /**
     * a = W_h s + b_h: dW_h += da sᵀ, db_h += da, and dh += W_hᵀ da, where s is h; only for n, if r acts before the
     * product, it is r ⊙ m, whose derivative has gone its way already.
     */
    private void backwardThroughState(int h, double[] dState, GruGradients gradients) {
        for (Gate gate : Gate.values()) {
            boolean ofGated = gate == Gate.NEW && variant != GruVariant.RESET_AFTER;
            for (int u = 0; u < units; u++) {
                int row = gate.index() * units + u;
                gradients.biasHh[row] += dStateSums[row];
                for (int k = 0; k < units; k++) {
                    gradients.weightHh[row * units + k] += dStateSums[row] * (ofGated ? gated[k] : states[h + k]);
                    if (!ofGated) {
                        dState[k] += weightHh[row * units + k] * dStateSums[row];
                    }
                }
            }
        }
    }

    /** a = W_i x + b_i: dW_i += da xᵀ, db_i += da, dx += W_iᵀ da. */
    private void backwardThroughInput(int in, GruGradients gradients, double[] dx) {
        for (int row = 0; row < Gate.COUNT * units; row++) {
            gradients.biasIh[row] += dInputSums[row];
            for (int k = 0; k < inputs; k++) {
                gradients.weightIh[row * inputs + k] += dInputSums[row] * x[in + k];
                dx[in + k] += weightIh[row * inputs + k] * dInputSums[row];
            }
        }
    }

    /** The gradients of one layer's weights. */
    static final class GruGradients {
        private final double[] weightIh;
        private final double[] weightHh;
        private final double[] biasIh;
        private final double[] biasHh;

        GruGradients(ScalarGradients gradients, List<String> names) {
            weightIh = gradients.get(names.get(0));
            weightHh = gradients.get(names.get(1));
            biasIh = gradients.get(names.get(2));
            biasHh = gradients.get(names.get(3));
        }
    }
}
