package dev.gru.kernel;

import dev.gru.internal.Shapes;
import dev.gru.kernel.math.PortableActivations;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * A GRU layer as {@link PortableGruKernel} runs it.
 *
 * <p>The products with the inputs do not depend on the state, so a sequence does them for many steps at once. All gates
 * of a layer are outputs of one matrix, one gate after the other, because long loops are worth more vectors; what has to
 * meet at the same index afterwards is copied there.
 */
final class PortableGru extends PackedGru {
    /** Steps of a sequence whose inputs are multiplied at once: enough to fill tiles, few enough to stay in cache. */
    private static final int CHUNK = 16;

    /** From the inputs to r, z, n. */
    private final PortableMatrix fromInput;
    /** From the state to r, z, n; only r, z where the reset gate comes before the product. */
    private final PortableMatrix fromState;
    /** From the state that the reset gate has passed to n; null where it comes after the product. */
    private final PortableMatrix fromGated;

    PortableGru(GruWeights weights) {
        super(weights);
        fromInput = new PortableMatrix(Gate.COUNT * hiddenSize(), inputSize(), new FromInput(weights));
        if (variant() == GruVariant.RESET_AFTER) {
            fromState = fromState(weights, Gate.RESET, Gate.UPDATE, Gate.NEW);
            fromGated = null;
        } else {
            fromState = fromState(weights, Gate.RESET, Gate.UPDATE);
            fromGated = fromState(weights, Gate.NEW);
        }
    }

    private static PortableMatrix fromState(GruWeights weights, Gate... gates) {
        return new PortableMatrix(gates.length * weights.hiddenSize(), weights.hiddenSize(),
                new FromState(weights, gates));
    }

    /** All memory that a call writes. */
    private static final class Scratch extends Workspace {
        /** What the inputs give to the gates, a row for each step of a chunk and stream: step by step. */
        final float[][] gx;
        /** What the states give to the gates, a row for each stream. */
        final float[][] gh;
        /** The states that the reset gate has passed, stream after stream, and what they give to n. */
        final float[] gated;
        final float[][] gn;
        final PortableActivations activations;
        /** One number a unit. */
        final float[] z;
        final float[] n;
        final float[] fromStateToN;
        final float[] state;

        Scratch(PortableGru owner, int maxBatch) {
            super(owner, maxBatch);
            int size = owner.hiddenSize();
            gx = owner.fromInput.newOutputs(Shapes.requireArray("steps of a workspace", maxBatch, CHUNK));
            gh = owner.fromState.newOutputs(maxBatch);
            gated = new float[owner.fromGated == null
                    ? 0
                    : Shapes.requireArray("states of a workspace", maxBatch, size)];
            gn = owner.fromGated == null ? null : owner.fromGated.newOutputs(maxBatch);
            activations = new PortableActivations(2 * size);
            z = new float[size];
            n = new float[size];
            fromStateToN = new float[size];
            state = new float[size];
        }
    }

    @Override
    public Workspace newWorkspace(int maxBatch) {
        return new Scratch(this, maxBatch);
    }

    @Override
    protected void runStep(float[] x, float[] hPrev, Workspace workspace, float[] hNext) {
        Scratch s = (Scratch) workspace;
        System.arraycopy(hPrev, 0, hNext, 0, stateSize());
        fromInput.multiply(1, x, 0, inputSize(), s.gx, 0, 1);
        advance(0, 1, 0, hNext, s);
    }

    @Override
    protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, Workspace workspace,
            float[] y) {
        Scratch s = (Scratch) workspace;
        for (int from = 0, to; from < steps; from = to) {
            to = Shapes.chunkEnd(from, CHUNK, steps);
            int count = to - from;
            multiplyInputs(batch, steps, from, count, x, s);
            for (int t = 0; t < count; t++) {
                advanceKept(batch, steps, from + t, mask, t * batch, state, s);
                if (y != null) {
                    for (int row = 0; row < batch; row++) {
                        System.arraycopy(state, row * stateSize(), y, (row * steps + from + t) * hiddenSize(),
                                hiddenSize());
                    }
                }
            }
        }
    }

    /** Multiplies the inputs of {@code count} steps, by row or by step, whichever has more of them to do at once. */
    private void multiplyInputs(int batch, int steps, int from, int count, float[] x, Scratch s) {
        if (count >= batch) {
            for (int row = 0; row < batch; row++) {
                fromInput.multiply(count, x, (row * steps + from) * inputSize(), inputSize(), s.gx, row, batch);
            }
        } else {
            for (int t = 0; t < count; t++) {
                fromInput.multiply(batch, x, (from + t) * inputSize(), steps * inputSize(), s.gx, t * batch, 1);
            }
        }
    }

    /** One step of the rows that the mask keeps, in runs of neighbours. */
    private void advanceKept(int batch, int steps, int t, boolean[] mask, int gx0, float[] state, Scratch s) {
        int row = 0;
        while (row < batch) {
            int first = row;
            while (row < batch && (mask == null || mask[row * steps + t])) {
                row++;
            }
            if (row > first) {
                advance(first, row - first, gx0, state, s);
            } else {
                row++;
            }
        }
    }

    /** One step of neighbouring rows, whose states are replaced. What the inputs give begins at row {@code gx0}. */
    private void advance(int first, int rows, int gx0, float[] state, Scratch s) {
        fromState.multiply(rows, state, first * stateSize(), stateSize(), s.gh, 0, 1);
        if (variant() == GruVariant.RESET_AFTER) {
            for (int i = 0; i < rows; i++) {
                float[] gx = s.gx[gx0 + first + i];
                resetAndUpdate(gx, s.gh[i], s);
                candidateOfProduct(gx, s.gh[i], s);
                update(s.gh[i], s.n, state, (first + i) * stateSize(), s);
            }
            return;
        }
        // The new state comes from what the reset gate passes of h, or of c where there is one, and updates the same.
        boolean dual = variant() == GruVariant.DUAL_STATE;
        int updated = first * stateSize() + (dual ? hiddenSize() : 0);
        for (int i = 0; i < rows; i++) {
            resetAndUpdate(s.gx[gx0 + first + i], s.gh[i], s);
            pass(s.gh[i], state, updated + i * stateSize(), i * hiddenSize(), s);
        }
        fromGated.multiply(rows, s.gated, 0, hiddenSize(), s.gn, 0, 1);
        for (int i = 0; i < rows; i++) {
            candidate(s.gx[gx0 + first + i], s.gn[i], s);
            update(s.gh[i], s.gn[i], state, updated + i * stateSize(), s);
            if (dual) {
                dualOutput(s.gh[i], s.gn[i], state, (first + i) * stateSize(), s);
            }
        }
    }

    /** r = σ(gx_r + gh_r), z = σ(gx_z + gh_z), in place of the latter. */
    private void resetAndUpdate(float[] gx, float[] gh, Scratch s) {
        int gates = 2 * hiddenSize();
        for (int i = 0; i < gates; i++) {
            gh[i] = gx[i] + gh[i];
        }
        activate(activations().gates(), gates, gh, s);
    }

    /** n = tanh(gx_n + r ⊙ gh_n), where r and z stand before gh_n. */
    private void candidateOfProduct(float[] gx, float[] gh, Scratch s) {
        int size = hiddenSize();
        float[] n = s.n;
        float[] fromStateToN = s.fromStateToN;
        System.arraycopy(gx, 2 * size, n, 0, size);
        System.arraycopy(gh, 2 * size, fromStateToN, 0, size);
        for (int i = 0; i < size; i++) {
            n[i] = Math.fma(gh[i], fromStateToN[i], n[i]);
        }
        activate(activations().candidate(), size, n, s);
    }

    /** Cuts the first {@code count} sums, if they have a bound, and replaces them by their images. */
    private void activate(Activation function, int count, float[] sums, Scratch s) {
        if (activations().clips()) {
            PortableActivations.clip(count, sums, activations().clip());
        }
        PortableFunctions.apply(function, count, sums, s.activations);
    }

    /** r ⊙ state, kept from element {@code gated0} on. */
    private void pass(float[] rz, float[] from, int state0, int gated0, Scratch s) {
        int size = hiddenSize();
        float[] state = s.state;
        System.arraycopy(from, state0, state, 0, size);
        for (int i = 0; i < size; i++) {
            state[i] = rz[i] * state[i];
        }
        System.arraycopy(state, 0, s.gated, gated0, size);
    }

    /** n = tanh(gx_n + gn), in place of the latter. */
    private void candidate(float[] gx, float[] gn, Scratch s) {
        int size = hiddenSize();
        float[] n = s.n;
        System.arraycopy(gx, 2 * size, n, 0, size);
        for (int i = 0; i < size; i++) {
            gn[i] = n[i] + gn[i];
        }
        activate(activations().candidate(), size, gn, s);
    }

    /** state' = (1 − z) ⊙ n + z ⊙ state. */
    private void update(float[] rz, float[] n, float[] of, int state0, Scratch s) {
        int size = hiddenSize();
        float[] z = s.z;
        float[] state = s.state;
        System.arraycopy(rz, size, z, 0, size);
        System.arraycopy(of, state0, state, 0, size);
        for (int i = 0; i < size; i++) {
            state[i] = Math.fma(1 - z[i], n[i], z[i] * state[i]);
        }
        System.arraycopy(state, 0, of, state0, size);
    }

    /** h' = n ⊙ σ(r) + (1 − r) ⊙ h; σ(r) replaces r. */
    private void dualOutput(float[] rz, float[] n, float[] of, int h0, Scratch s) {
        int size = hiddenSize();
        float[] h = s.state;
        System.arraycopy(of, h0, h, 0, size);
        for (int i = 0; i < size; i++) {
            h[i] = (1 - rz[i]) * h[i];
        }
        PortableFunctions.apply(activations().gates(), size, rz, s.activations);
        for (int i = 0; i < size; i++) {
            h[i] = Math.fma(n[i], rz[i], h[i]);
        }
        System.arraycopy(h, 0, of, h0, size);
    }

    /** Which gate of which unit an output of a matrix is: the gates one after the other. */
    private abstract static class Stacked implements PortableMatrix.Source {
        final GruWeights weights;
        private final Gate[] gates;

        Stacked(GruWeights weights, Gate... gates) {
            this.weights = weights;
            this.gates = gates;
        }

        Gate gate(int output) {
            return gates[output / weights.hiddenSize()];
        }

        int unit(int output) {
            return output % weights.hiddenSize();
        }
    }

    private static final class FromInput extends Stacked {
        FromInput(GruWeights weights) {
            super(weights, Gate.RESET, Gate.UPDATE, Gate.NEW);
        }

        @Override
        public float bias(int output) {
            return weights.biasIh(gate(output), unit(output));
        }

        @Override
        public float weight(int output, int input) {
            return weights.weightIh(gate(output), unit(output), input);
        }
    }

    private static final class FromState extends Stacked {
        FromState(GruWeights weights, Gate... gates) {
            super(weights, gates);
        }

        @Override
        public float bias(int output) {
            return weights.biasHh(gate(output), unit(output));
        }

        @Override
        public float weight(int output, int input) {
            return weights.weightHh(gate(output), unit(output), input);
        }
    }
}
