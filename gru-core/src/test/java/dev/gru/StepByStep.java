package dev.gru;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;

/** The plainest way to run a model, for tests: one stream, one step after the other through every layer, new arrays. */
final class StepByStep {
    /** What one layer hands to the next: features, and whether the step counts. */
    @SuppressWarnings("ArrayRecordComponent") // nobody keeps it
    private record Moment(float[] x, boolean counts) {
    }

    private interface Step {
        Moment next(Moment in);
    }

    private final List<Step> steps = new ArrayList<>();
    private final List<float[]> states = new ArrayList<>();
    private final GruKernel kernel;
    private Embedding embedding;

    StepByStep(Graph model) {
        this(model, new dev.gru.kernel.ScalarGruKernel());
    }

    StepByStep(Graph model, GruKernel kernel) {
        this.kernel = kernel;
        for (Layer layer : model.layers()) {
            switch (layer) {
                case Embedding table -> embedding = table;
                case Masking masking -> steps.add(in -> masked(masking.maskValue(), in.x()));
                case GruLayer gru -> steps.add(recurrent(gru));
                case Dense dense -> steps.add(dense(kernel.pack(dense.weights(), Arena.global())));
                case TimeDistributed each -> steps.add(
                        dense(kernel.pack(each.layer().weights(), Arena.global())));
                case ActivationLayer alone -> steps.add(activation(alone.activation()));
                case Bidirectional both -> throw new IllegalArgumentException(both.name() + " has no steps");
                case Dropout _ -> {
                }
                default -> throw new IllegalArgumentException("no step by step for " + layer);
            }
        }
    }

    private static Moment masked(float value, float[] x) {
        for (float v : x) {
            if (v != value) {
                return new Moment(x, true);
            }
        }
        return new Moment(new float[x.length], false);
    }

    /** A copy of the states of the stream, one array for each layer that has some. */
    List<float[]> states() {
        return states.stream().map(float[]::clone).toList();
    }

    /** Goes on from copied states. */
    void setStates(List<float[]> from) {
        for (int i = 0; i < from.size(); i++) {
            System.arraycopy(from.get(i), 0, states.get(i), 0, from.get(i).length);
        }
    }

    private Step recurrent(GruLayer gru) {
        PackedGru layer = kernel.pack(gru.weights(), Arena.global());
        float[] state = new float[layer.stateSize()];
        states.add(state);
        return in -> {
            if (in.counts()) {
                layer.newRunner(1).forwardStep(in.x(), state, state);
            }
            boolean zero = gru.zeroOutputForMask() && gru.returnSequences() && !in.counts();
            return new Moment(zero ? new float[layer.hiddenSize()] : Arrays.copyOf(state, layer.hiddenSize()),
                    in.counts() || !gru.returnSequences());
        };
    }

    private Step activation(Activation activation) {
        return in -> {
            float[] y = new float[in.x().length];
            kernel.newActivationRunner(y.length, Arena.ofAuto()).forward(activation, 1, in.x(), y);
            return new Moment(y, in.counts());
        };
    }

    private static Step dense(PackedDense layer) {
        return in -> {
            float[] y = new float[layer.outputSize()];
            layer.newRunner().forward(1, in.x(), y);
            return new Moment(y, in.counts());
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
        Moment moment = new Moment(x, counts);
        for (Step step : steps) {
            moment = step.next(moment);
        }
        return moment.x();
    }

    /** The outputs of every step, one after the other. */
    static float[] all(Graph model, int... tokens) {
        StepByStep stream = new StepByStep(model);
        float[] y = new float[tokens.length * model.outputSize()];
        for (int t = 0; t < tokens.length; t++) {
            System.arraycopy(stream.step(tokens[t]), 0, y, t * model.outputSize(), model.outputSize());
        }
        return y;
    }

    /** The outputs of every step, one after the other. */
    static float[] all(Graph model, float[] x) {
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
