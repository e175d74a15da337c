package dev.gru.kernel;

import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** A GRU layer as {@link ScalarGruKernel} runs it: straight from the canonical weights. */
final class ScalarGru extends PackedGru {
    private final GruWeights weights;

    ScalarGru(GruWeights weights) {
        super(weights);
        this.weights = weights;
    }

    /** What one step needs besides its input and output, one number a unit. */
    private static final class Scratch extends Workspace {
        final double[] r;
        final double[] h;
        final double[] c;
        final double[] rh;
        final float[] next;

        Scratch(ScalarGru owner, int maxBatch) {
            super(owner, maxBatch);
            r = new double[owner.hiddenSize()];
            h = new double[owner.hiddenSize()];
            c = new double[owner.hiddenSize()];
            rh = new double[owner.hiddenSize()];
            next = new float[owner.stateSize()];
        }
    }

    @Override
    public Workspace newWorkspace(int maxBatch) {
        return new Scratch(this, maxBatch);
    }

    @Override
    protected void runStep(float[] x, float[] hPrev, Workspace workspace, float[] hNext) {
        step(x, 0, hPrev, 0, (Scratch) workspace, hNext);
    }

    @Override
    protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, Workspace workspace,
            float[] y) {
        for (int row = 0; row < batch; row++) {
            int rowState = row * stateSize();
            for (int t = row * steps; t < (row + 1) * steps; t++) {
                if (mask == null || mask[t]) {
                    step(x, t * inputSize(), state, rowState, (Scratch) workspace, state);
                }
                if (y != null) {
                    System.arraycopy(state, rowState, y, t * hiddenSize(), hiddenSize());
                }
            }
        }
    }

    /** One step of one row. {@code hNext} is written at the row's own place, {@code state}, and only at the end. */
    private void step(float[] x, int input, float[] hPrev, int state, Scratch s, float[] hNext) {
        for (int i = 0; i < hiddenSize(); i++) {
            s.h[i] = hPrev[state + i];
            s.c[i] = variant() == GruVariant.DUAL_STATE ? hPrev[state + hiddenSize() + i] : 0;
        }
        for (int i = 0; i < hiddenSize(); i++) {
            s.r[i] = gate(inputSum(Gate.RESET, i, x, input) + stateSum(Gate.RESET, i, s.h));
            s.rh[i] = s.r[i] * (variant() == GruVariant.DUAL_STATE ? s.c[i] : s.h[i]);
        }
        for (int i = 0; i < hiddenSize(); i++) {
            double r = s.r[i];
            double z = gate(inputSum(Gate.UPDATE, i, x, input) + stateSum(Gate.UPDATE, i, s.h));
            double xn = inputSum(Gate.NEW, i, x, input);
            double n = candidate(switch (variant()) {
                case RESET_AFTER -> xn + r * stateSum(Gate.NEW, i, s.h);
                case RESET_BEFORE, DUAL_STATE -> xn + stateSum(Gate.NEW, i, s.rh);
            });
            switch (variant()) {
                case RESET_AFTER, RESET_BEFORE -> s.next[i] = (float) ((1 - z) * n + z * s.h[i]);
                case DUAL_STATE -> {
                    s.next[i] = (float) (n * ScalarFunctions.apply(activations().gates(), r) + (1 - r) * s.h[i]);
                    s.next[hiddenSize() + i] = (float) (z * s.c[i] + (1 - z) * n);
                }
            }
        }
        System.arraycopy(s.next, 0, hNext, state, stateSize());
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

    /** W_h s + b_h for one gate of one unit, where s is the state or what the reset gate left of it. */
    private double stateSum(Gate gate, int unit, double[] s) {
        double sum = weights.biasHh(gate, unit);
        for (int k = 0; k < hiddenSize(); k++) {
            sum += weights.weightHh(gate, unit, k) * s[k];
        }
        return sum;
    }
}
