package dev.gru.kernel;

import java.lang.foreign.Arena;

import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** A GRU layer as {@link ScalarGruKernel} runs it: straight from the canonical weights. */
final class ScalarGru extends PackedGru {
    private final GruWeights weights;
    /** What tokens stand for; null without a vocabulary. */
    private final TokenFeatures features;

    ScalarGru(GruWeights weights) {
        super(weights);
        this.weights = weights;
        features = null;
    }

    private ScalarGru(ScalarGru layer, int vocabularySize, TokenFeatures features) {
        super(layer, vocabularySize);
        weights = layer.weights;
        this.features = features;
    }

    /** {@inheritDoc} This kernel keeps no sums: it looks the features up at each step. */
    @Override
    protected PackedGru lookingUp(int size, TokenFeatures ofTokens, Arena arena) {
        return new ScalarGru(this, size, ofTokens);
    }

    @Override
    public long bytesPerToken() {
        return 0;
    }

    @Override
    public GruRunner newRunner(int maxBatch, ThreadTeam team, Arena arena) {
        return new Runner(maxBatch);
    }

    /** The layer with memory for one step, one number a unit. */
    private final class Runner extends GruRunner {
        private final double[] r = new double[hiddenSize()];
        private final double[] h = new double[hiddenSize()];
        private final double[] c = new double[hiddenSize()];
        private final double[] rh = new double[hiddenSize()];
        private final float[] next = new float[stateSize()];
        private final float[] ofToken = new float[inputSize()];

        Runner(int maxBatch) {
            super(inputSize(), hiddenSize(), stateSize(), vocabularySize(), maxBatch);
        }

        @Override
        protected void runStep(float[] x, float[] hPrev, float[] hNext) {
            step(x, 0, hPrev, 0, hNext);
        }

        @Override
        protected void runStep(int token, float[] hPrev, float[] hNext) {
            step(featuresOf(token), 0, hPrev, 0, hNext);
        }

        private float[] featuresOf(int token) {
            features.copyRow(token, ofToken, 0);
            return ofToken;
        }

        @Override
        protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, float[] y) {
            run(batch, steps, x, null, mask, state, y);
        }

        @Override
        protected void runBatch(int batch, int steps, int[] tokens, boolean[] mask, float[] state, float[] y) {
            run(batch, steps, null, tokens, mask, state, y);
        }

        /** All steps, of features or of tokens; the other is null. */
        private void run(int batch, int steps, float[] x, int[] tokens, boolean[] mask, float[] state, float[] y) {
            for (int row = 0; row < batch; row++) {
                int rowState = row * stateSize();
                for (int t = row * steps; t < (row + 1) * steps; t++) {
                    if (mask == null || mask[t]) {
                        if (tokens == null) {
                            step(x, t * inputSize(), state, rowState, state);
                        } else {
                            step(featuresOf(tokens[t]), 0, state, rowState, state);
                        }
                    }
                    if (y != null) {
                        System.arraycopy(state, rowState, y, t * hiddenSize(), hiddenSize());
                    }
                }
            }
        }

        /** One step of one row. {@code hNext} is written at the row's own place, {@code state}, and only at the end. */
        private void step(float[] x, int input, float[] hPrev, int state, float[] hNext) {
            for (int i = 0; i < hiddenSize(); i++) {
                h[i] = hPrev[state + i];
                c[i] = variant() == GruVariant.DUAL_STATE ? hPrev[state + hiddenSize() + i] : 0;
            }
            for (int i = 0; i < hiddenSize(); i++) {
                r[i] = gate(inputSum(Gate.RESET, i, x, input) + stateSum(Gate.RESET, i, h));
                rh[i] = r[i] * (variant() == GruVariant.DUAL_STATE ? c[i] : h[i]);
            }
            for (int i = 0; i < hiddenSize(); i++) {
                double z = gate(inputSum(Gate.UPDATE, i, x, input) + stateSum(Gate.UPDATE, i, h));
                double xn = inputSum(Gate.NEW, i, x, input);
                double n = candidate(switch (variant()) {
                    case RESET_AFTER -> xn + r[i] * stateSum(Gate.NEW, i, h);
                    case RESET_BEFORE, DUAL_STATE -> xn + stateSum(Gate.NEW, i, rh);
                });
                switch (variant()) {
                    case RESET_AFTER, RESET_BEFORE -> next[i] = (float) ((1 - z) * n + z * h[i]);
                    case DUAL_STATE -> {
                        next[i] = (float) (n * ScalarFunctions.apply(activations().gates(), r[i]) + (1 - r[i]) * h[i]);
                        next[hiddenSize() + i] = (float) (z * c[i] + (1 - z) * n);
                    }
                }
            }
            System.arraycopy(next, 0, hNext, state, stateSize());
        }

        private double gate(double sum) {
            return ScalarFunctions.apply(activations().gates(), clipped(sum));
        }

        private double candidate(double sum) {
            return ScalarFunctions.apply(activations().candidate(), clipped(sum));
        }

        private double clipped(double sum) {
            return Math.max(-activations().clip(), Math.min(activations().clip(), sum));
        }

        /** W_i x + b_i for one gate of one unit. */
        private double inputSum(Gate gate, int unit, float[] x, int offset) {
            double sum = weights.biasIh(gate, unit);
            for (int k = 0; k < inputSize(); k++) {
                sum += (double) weights.weightIh(gate, unit, k) * x[offset + k];
            }
            return sum;
        }

        /** W_h s + b_h for one gate of one unit, where s is the state or r ⊙ state. */
        private double stateSum(Gate gate, int unit, double[] s) {
            double sum = weights.biasHh(gate, unit);
            for (int k = 0; k < hiddenSize(); k++) {
                sum += weights.weightHh(gate, unit, k) * s[k];
            }
            return sum;
        }
    }
}
