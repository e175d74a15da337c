package dev.gru;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ScalarGruKernel;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;

/**
 * The plainest way to run whole sequences, for tests: one row, one layer after the other, one step after the other, by
 * the scalar kernel, in new arrays.
 */
final class LayerByLayer {
    private final Graph model;
    private final int length;
    private final List<float[]> initialStates;
    private final List<float[]> finalStates = new ArrayList<>();
    /** Of each step. */
    private float[][] features;
    private boolean[] counts;

    private LayerByLayer(Graph model, int steps, int length, List<float[]> initialStates) {
        this.model = model;
        this.length = length;
        this.initialStates = initialStates;
        features = new float[steps][];
        counts = new boolean[steps];
        for (int t = 0; t < steps; t++) {
            counts[t] = t < length;
        }
    }

    /** Runs all rows of an input. */
    static ModelOutput run(Graph model, ModelInput input) {
        int batch = input.batch();
        int steps = input.steps();
        float[] y = new float[batch * (model.returnsSequences() ? steps : 1) * model.outputSize()];
        List<float[]> states = model.recurrentLayers().stream()
                .map(layer -> new float[batch * layer.stateSize()]).toList();
        for (int row = 0; row < batch; row++) {
            int from = row;
            List<float[]> initial = states.stream().map(all -> input.initialStates() == null
                    ? new float[all.length / batch]
                    : part(input.initialStates().get(states.indexOf(all)), from, all.length / batch)).toList();
            LayerByLayer one = new LayerByLayer(model, steps, input.lengths() == null ? steps : input.lengths()[row],
                    initial);
            one.run(input.tokens() == null ? null : Arrays.copyOfRange(input.tokens(), row * steps, (row + 1) * steps),
                    input.features() == null ? null : part(input.features(), row, steps * model.inputSize()));
            float[] ofRow = flat(one.features);
            System.arraycopy(ofRow, 0, y, row * ofRow.length, ofRow.length);
            for (int i = 0; i < states.size(); i++) {
                float[] state = one.finalStates.get(i);
                System.arraycopy(state, 0, states.get(i), row * state.length, state.length);
            }
        }
        return new ModelOutput(List.of(y), states);
    }

    private static float[] part(float[] all, int index, int size) {
        return Arrays.copyOfRange(all, index * size, (index + 1) * size);
    }

    private static float[] flat(float[][] parts) {
        float[] all = new float[parts.length * parts[0].length];
        for (int i = 0; i < parts.length; i++) {
            System.arraycopy(parts[i], 0, all, i * parts[i].length, parts[i].length);
        }
        return all;
    }

    private void run(int[] tokens, float[] x) {
        for (int t = 0; t < features.length && x != null; t++) {
            features[t] = part(x, t, model.inputSize());
        }
        for (Layer layer : model.layers()) {
            switch (layer) {
                case Embedding table -> embed(table, tokens);
                case Masking masking -> mask(masking.maskValue());
                case GruLayer gru -> recur(gru);
                case Bidirectional both -> recur(both);
                case Dense dense -> apply(new ScalarGruKernel().pack(dense.weights(), Arena.global()));
                case TimeDistributed each -> apply(new ScalarGruKernel().pack(each.layer().weights(), Arena.global()));
                case ActivationLayer alone -> apply(alone.activation());
                case Dropout _ -> {
                }
                default -> throw new IllegalArgumentException("no layer by layer for " + layer);
            }
        }
    }

    private void embed(Embedding table, int[] tokens) {
        for (int t = 0; t < features.length; t++) {
            features[t] = new float[table.outputSize()];
            table.copyRow(tokens[t], features[t], 0);
            counts[t] &= !table.maskZero() || tokens[t] != 0;
        }
    }

    private void mask(float value) {
        counts = new boolean[features.length];
        for (int t = 0; t < features.length; t++) {
            for (float v : features[t]) {
                counts[t] |= v != value && t < length;
            }
            if (!counts[t]) {
                features[t] = new float[features[t].length];
            }
        }
    }

    private void apply(Activation activation) {
        for (int t = 0; t < features.length; t++) {
            float[] y = new float[features[t].length];
            new ScalarGruKernel().newActivationRunner(y.length, Arena.ofAuto()).forward(activation, 1, features[t], y);
            features[t] = y;
        }
    }

    private void apply(PackedDense layer) {
        for (int t = 0; t < features.length; t++) {
            float[] y = new float[layer.outputSize()];
            layer.newRunner().forward(1, features[t], y);
            features[t] = y;
        }
    }

    private void recur(GruLayer gru) {
        float[][] y = outputs(gru, gru.direction());
        for (int i = 0; i < y.length && gru.returnSequences(); i++) {
            int read = gru.direction() == Direction.BACKWARD_AS_READ ? y.length - 1 - i : i;
            if (gru.zeroOutputForMask() && !counts[read]) {
                y[i] = new float[y[i].length];
            }
        }
        handOn(y, gru.returnSequences());
    }

    private void handOn(float[][] y, boolean sequences) {
        features = y;
        if (!sequences) {
            counts = new boolean[]{true};
        }
    }

    /** What a layer puts out for every step, in its order, or only in the end. Its states are taken and left. */
    private float[][] outputs(GruLayer gru, Direction direction) {
        PackedGru layer = new ScalarGruKernel().pack(gru.weights(), Arena.global());
        float[] state = initialStates.get(finalStates.size()).clone();
        float[][] y = new float[features.length][];
        for (int i = 0; i < y.length; i++) {
            int t = direction == Direction.FORWARD ? i : y.length - 1 - i;
            if (counts[t]) {
                layer.newRunner(1).forwardStep(features[t], state, state);
            }
            y[direction == Direction.BACKWARD ? t : i] = Arrays.copyOf(state, layer.hiddenSize());
        }
        finalStates.add(state);
        return gru.returnSequences() ? y : new float[][]{Arrays.copyOf(state, layer.hiddenSize())};
    }

    private void recur(Bidirectional both) {
        float[][] forward = outputs(both.forward(), Direction.FORWARD);
        float[][] backward = outputs(both.backward(), Direction.BACKWARD);
        float[][] y = new float[forward.length][both.outputSize()];
        for (int t = 0; t < y.length; t++) {
            for (int i = 0; i < both.outputSize() && (counts[t] || !both.returnSequences()); i++) {
                int units = forward[t].length;
                y[t][i] = switch (both.merge()) {
                    case CONCAT -> i < units ? forward[t][i] : backward[t][i - units];
                    case SUM -> forward[t][i] + backward[t][i];
                    case MUL -> forward[t][i] * backward[t][i];
                    case AVE -> (forward[t][i] + backward[t][i]) / 2;
                };
            }
        }
        handOn(y, both.returnSequences());
    }
}
