package dev.gru.kernel;

import java.lang.foreign.Arena;

import dev.gru.internal.Shapes;
import dev.gru.kernel.math.PortableActivations;
import dev.gru.kernel.math.PortableFunctions;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * A GRU layer as {@link PortableGruKernel} runs it.
 *
 * <p>The products with the inputs do not depend on the state, so a sequence computes them for many steps at once. All
 * gates of a layer are outputs of one matrix, one gate after the other, because long loops make better use of vectors;
 * operands that must meet at the same index afterwards are copied there.
 */
final class PortableGru extends PackedGru {
    /** Steps of a sequence whose inputs are multiplied at once: enough to fill tiles, few enough to stay in cache. */
    private static final int CHUNK = 16;

    /** From the inputs to r, z, n. */
    private final PortableMatrix fromInput;
    /** From the state to r, z, n; only r, z where the reset gate comes before the product. */
    private final PortableMatrix fromState;
    /** From r ⊙ state to n; null where the reset gate comes after the product. */
    private final PortableMatrix fromGated;
    /** The products with the inputs that tokens stand for, a row for each; null without a vocabulary. */
    private final float[][] ofTokens;

    PortableGru(GruWeights weights) {
        super(weights);
        ofTokens = null;
        fromInput = new PortableMatrix(Gate.COUNT * hiddenSize(), inputSize(), StackedGates.fromInput(weights));
        if (variant() == GruVariant.RESET_AFTER) {
            fromState = fromState(weights, Gate.RESET, Gate.UPDATE, Gate.NEW);
            fromGated = null;
        } else {
            fromState = fromState(weights, Gate.RESET, Gate.UPDATE);
            fromGated = fromState(weights, Gate.NEW);
        }
    }

    private PortableGru(PortableGru layer, int vocabularySize, TokenFeatures features) {
        super(layer, vocabularySize);
        fromInput = layer.fromInput;
        fromState = layer.fromState;
        fromGated = layer.fromGated;
        ofTokens = fromInput.newOutputs(vocabularySize);
        float[] x = new float[Shapes.requireArray("features", CHUNK, inputSize())];
        for (int from = 0, to; from < vocabularySize; from = to) {
            to = Shapes.chunkEnd(from, CHUNK, vocabularySize);
            for (int token = from; token < to; token++) {
                features.copyRow(token, x, (token - from) * inputSize());
            }
            fromInput.multiply(to - from, x, 0, inputSize(), ofTokens, from, 1);
        }
    }

    /** {@inheritDoc} This kernel keeps the sums in the heap. */
    @Override
    protected PackedGru lookingUp(int size, TokenFeatures features, Arena arena) {
        return new PortableGru(this, size, features);
    }

    @Override
    public long bytesPerToken() {
        return (long) Gate.COUNT * hiddenSize() * Float.BYTES;
    }

    private static PortableMatrix fromState(GruWeights weights, Gate... gates) {
        return new PortableMatrix(gates.length * weights.hiddenSize(), weights.hiddenSize(),
                StackedGates.fromState(weights, gates));
    }

    @Override
    public GruRunner newRunner(int maxBatch, ThreadTeam team, Arena arena) {
        return new Runner(maxBatch);
    }

    /** The layer with memory for what a call computes on the way. */
    private final class Runner extends GruRunner {
        /** Products with the inputs, a row for each step of a chunk and stream: step by step. */
        final float[][] gx;
        /** The same of tokens: those rows that are theirs. */
        final float[][] gxOfTokens;
        /** Products with the states, a row for each stream. */
        final float[][] gh;
        /** r ⊙ state, stream after stream, and the products with it. */
        final float[] gated;
        final float[][] gn;
        final PortableActivations activations;
        // One number a unit each.
        final float[] z;
        final float[] n;
        final float[] fromStateToN;
        final float[] state;

        Runner(int maxBatch) {
            super(inputSize(), hiddenSize(), stateSize(), vocabularySize(), maxBatch);
            int size = hiddenSize();
            gx = fromInput.newOutputs(Shapes.requireArray("steps of a batch", maxBatch, CHUNK));
            gxOfTokens = ofTokens == null ? null : new float[maxBatch][];
            gh = fromState.newOutputs(maxBatch);
            gated = new float[fromGated == null ? 0 : Shapes.requireArray("states of a batch", maxBatch, size)];
            gn = fromGated == null ? null : fromGated.newOutputs(maxBatch);
            activations = new PortableActivations(2 * size);
            z = new float[size];
            n = new float[size];
            fromStateToN = new float[size];
            state = new float[size];
        }

        @Override
        protected void runStep(float[] x, float[] hPrev, float[] hNext) {
            System.arraycopy(hPrev, 0, hNext, 0, stateSize());
            fromInput.multiply(1, x, 0, inputSize(), gx, 0, 1);
            advance(0, 1, gx, 0, hNext);
        }

        @Override
        protected void runStep(int token, float[] hPrev, float[] hNext) {
            System.arraycopy(hPrev, 0, hNext, 0, stateSize());
            advance(0, 1, ofTokens, token, hNext);
        }

        @Override
        protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, float[] y) {
            for (int from = 0, to; from < steps; from = to) {
                to = Shapes.chunkEnd(from, CHUNK, steps);
                int count = to - from;
                multiplyInputs(batch, steps, from, count, x);
                for (int t = 0; t < count; t++) {
                    advanceUnmasked(batch, steps, from + t, mask, gx, t * batch, state);
                    copyOutputs(batch, steps, from + t, state, y);
                }
            }
        }

        @Override
        protected void runBatch(int batch, int steps, int[] tokens, boolean[] mask, float[] state, float[] y) {
            for (int t = 0; t < steps; t++) {
                for (int row = 0; row < batch; row++) {
                    gxOfTokens[row] = ofTokens[tokens[row * steps + t]];
                }
                advanceUnmasked(batch, steps, t, mask, gxOfTokens, 0, state);
                copyOutputs(batch, steps, t, state, y);
            }
        }

        private void copyOutputs(int batch, int steps, int t, float[] state, float[] y) {
            if (y != null) {
                for (int row = 0; row < batch; row++) {
                    System.arraycopy(state, row * stateSize(), y, (row * steps + t) * hiddenSize(), hiddenSize());
                }
            }
        }

        /**
         * Multiplies the inputs of {@code count} steps, by row or by step, whichever has more of them to do at once.
         */
        private void multiplyInputs(int batch, int steps, int from, int count, float[] x) {
            if (count >= batch) {
                for (int row = 0; row < batch; row++) {
                    fromInput.multiply(count, x, (row * steps + from) * inputSize(), inputSize(), gx, row, batch);
                }
            } else {
                for (int t = 0; t < count; t++) {
                    fromInput.multiply(batch, x, (from + t) * inputSize(), steps * inputSize(), gx, t * batch, 1);
                }
            }
        }

        /** One step of the rows that are not masked, in runs of neighbours. */
        private void advanceUnmasked(int batch, int steps, int t, boolean[] mask, float[][] gx, int gx0,
                float[] state) {
            int row = 0;
            while (row < batch) {
                int first = row;
                while (row < batch && (mask == null || mask[row * steps + t])) {
                    row++;
                }
                if (row > first) {
                    advance(first, row - first, gx, gx0, state);
                } else {
                    row++;
                }
            }
        }

        /**
         * One step of neighbouring rows, whose states are replaced. Their step's products begin at row {@code gx0} of
         * gx.
         */
        private void advance(int first, int rows, float[][] gx, int gx0, float[] state) {
            fromState.multiply(rows, state, first * stateSize(), stateSize(), gh, 0, 1);
            if (variant() == GruVariant.RESET_AFTER) {
                for (int i = 0; i < rows; i++) {
                    float[] ofInput = gx[gx0 + first + i];
                    resetAndUpdate(ofInput, gh[i]);
                    candidateOfProduct(ofInput, gh[i]);
                    update(gh[i], n, state, (first + i) * stateSize());
                }
                return;
            }
            // The reset gate is applied to h, or to c where there is one, and the update gate to the same.
            boolean dual = variant() == GruVariant.DUAL_STATE;
            int updated = first * stateSize() + (dual ? hiddenSize() : 0);
            for (int i = 0; i < rows; i++) {
                resetAndUpdate(gx[gx0 + first + i], gh[i]);
                gate(gh[i], state, updated + i * stateSize(), i * hiddenSize());
            }
            fromGated.multiply(rows, gated, 0, hiddenSize(), gn, 0, 1);
            for (int i = 0; i < rows; i++) {
                candidate(gx[gx0 + first + i], gn[i]);
                update(gh[i], gn[i], state, updated + i * stateSize());
                if (dual) {
                    dualOutput(gh[i], gn[i], state, (first + i) * stateSize());
                }
            }
        }

        /** r = σ(gx_r + gh_r), z = σ(gx_z + gh_z), in place of the latter. */
        private void resetAndUpdate(float[] gx, float[] gh) {
            int gates = 2 * hiddenSize();
            for (int i = 0; i < gates; i++) {
                gh[i] = gx[i] + gh[i];
            }
            activate(activations().gates(), gates, gh);
        }

        /** n = tanh(gx_n + r ⊙ gh_n), where r and z stand before gh_n. */
        private void candidateOfProduct(float[] gx, float[] gh) {
            int size = hiddenSize();
            float[] n = this.n;
            float[] fromStateToN = this.fromStateToN;
            System.arraycopy(gx, 2 * size, n, 0, size);
            System.arraycopy(gh, 2 * size, fromStateToN, 0, size);
            for (int i = 0; i < size; i++) {
                n[i] = Math.fma(gh[i], fromStateToN[i], n[i]);
            }
            activate(activations().candidate(), size, n);
        }

        /** Clips the first {@code count} sums, if the layer clips, and applies the function to them. */
        private void activate(Activation function, int count, float[] sums) {
            if (activations().clips()) {
                PortableActivations.clip(count, sums, activations().clip());
            }
            PortableFunctions.apply(function, count, sums, activations);
        }

        /** r ⊙ state, kept from element {@code gated0} on. */
        private void gate(float[] rz, float[] from, int state0, int gated0) {
            int size = hiddenSize();
            float[] state = this.state;
            System.arraycopy(from, state0, state, 0, size);
            for (int i = 0; i < size; i++) {
                state[i] = rz[i] * state[i];
            }
            System.arraycopy(state, 0, gated, gated0, size);
        }

        /** n = tanh(gx_n + gn), in place of the latter. */
        private void candidate(float[] gx, float[] gn) {
            int size = hiddenSize();
            float[] n = this.n;
            System.arraycopy(gx, 2 * size, n, 0, size);
            for (int i = 0; i < size; i++) {
                gn[i] = n[i] + gn[i];
            }
            activate(activations().candidate(), size, gn);
        }

        /** state' = (1 − z) ⊙ n + z ⊙ state. */
        private void update(float[] rz, float[] n, float[] of, int state0) {
            int size = hiddenSize();
            float[] z = this.z;
            float[] state = this.state;
            System.arraycopy(rz, size, z, 0, size);
            System.arraycopy(of, state0, state, 0, size);
            for (int i = 0; i < size; i++) {
                state[i] = Math.fma(1 - z[i], n[i], z[i] * state[i]);
            }
            System.arraycopy(state, 0, of, state0, size);
        }

        /** h' = n ⊙ σ(r) + (1 − r) ⊙ h; σ(r) replaces r. */
        private void dualOutput(float[] rz, float[] n, float[] of, int h0) {
            int size = hiddenSize();
            float[] h = this.state;
            System.arraycopy(of, h0, h, 0, size);
            for (int i = 0; i < size; i++) {
                h[i] = (1 - rz[i]) * h[i];
            }
            PortableFunctions.apply(activations().gates(), size, rz, activations);
            for (int i = 0; i < size; i++) {
                h[i] = Math.fma(n[i], rz[i], h[i]);
            }
            System.arraycopy(h, 0, of, h0, size);
        }
    }
}
