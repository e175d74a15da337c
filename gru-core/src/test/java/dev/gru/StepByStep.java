package dev.gru;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.DenseWeights;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ScalarGruKernel;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;

/** The plainest way to run a model, for tests: one stream, one step after the other through every layer, new arrays. */
final class StepByStep {
    private interface Step {
        float[] next(float[] x, boolean counts);
    }

    private final List<Step> steps = new ArrayList<>();
    private Embedding embedding;

    StepByStep(Sequential model) {
        for (Layer layer : model.layers()) {
            switch (layer) {
                case Embedding table -> embedding = table;
                case GruLayer gru -> steps.add(recurrent(new ScalarGruKernel().pack(gru.weights(), Arena.global())));
                case Dense dense -> steps.add(dense(dense.weights()));
                case TimeDistributed each -> steps.add(dense(each.layer().weights()));
                case Bidirectional both -> throw new IllegalArgumentException(both.name() + " has no steps");
                case Dropout _ -> {
                }
                case Masking _,ActivationLayer _ -> throw new IllegalArgumentException(layer.name());
            }
        }
    }

    private static Step recurrent(PackedGru layer) {
        float[] state = new float[layer.stateSize()];
        return (x, counts) -> {
            if (counts) {
                layer.forwardStep(x, state, layer.newWorkspace(1), state);
            }
            return Arrays.copyOf(state, layer.hiddenSize());
        };
    }

    private static Step dense(DenseWeights weights) {
        PackedDense layer = new ScalarGruKernel().pack(weights, Arena.global());
        return (x, _) -> {
            float[] y = new float[layer.outputSize()];
            layer.forward(1, x, layer.newWorkspace(), y);
            return y;
        };
    }

    float[] step(int token) {
        float[] x = new float[embedding.outputSize()];
        embedding.copyRow(token, x, 0);
        return step(x, token != 0 || !embedding.maskZero());
    }

    float[] step(float... x) {
        return step(x, true);
    }

    private float[] step(float[] x, boolean counts) {
        float[] v = x;
        for (Step step : steps) {
            v = step.next(v, counts);
        }
        return v;
    }

    /** The outputs of every step, one after the other. */
    static float[] all(Sequential model, int... tokens) {
        StepByStep stream = new StepByStep(model);
        float[] y = new float[tokens.length * model.outputSize()];
        for (int t = 0; t < tokens.length; t++) {
            System.arraycopy(stream.step(tokens[t]), 0, y, t * model.outputSize(), model.outputSize());
        }
        return y;
    }

    /** The outputs of every step, one after the other. */
    static float[] all(Sequential model, float[] x) {
        StepByStep stream = new StepByStep(model);
        int steps = x.length / model.inputSize();
        float[] y = new float[steps * model.outputSize()];
        for (int t = 0; t < steps; t++) {
            float[] one = Arrays.copyOfRange(x, t * model.inputSize(), (t + 1) * model.inputSize());
            System.arraycopy(stream.step(one), 0, y, t * model.outputSize(), model.outputSize());
        }
        return y;
    }
}
