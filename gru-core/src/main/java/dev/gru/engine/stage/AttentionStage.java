package dev.gru.engine.stage;

import java.util.Arrays;

import dev.gru.kernel.ActivationRunner;
import dev.gru.layer.Attention;
import dev.gru.layer.Attention.Score;
import dev.gru.weights.Activation;

/**
 * For each step of a query, an average over the steps of a value, by the softmax of its scores. Runs on whole
 * sequences. Every sum is one chain of fused multiply-adds in the order of features or steps.
 */
final class AttentionStage extends Stage {
    /** What Keras subtracts from the scores of masked steps. */
    private static final float MASKED = 1e9f;

    private final Score score;
    /** What each feature's share in a score is multiplied with, (features of a query). */
    private final float[] factors;
    /** What a score is multiplied with in the end. */
    private final float scale;
    private final boolean causal;
    private final Value value;
    private final Value key;
    private final ActivationRunner functions;
    /** The key of one row, (features, steps): so loops over steps are over neighbours. */
    private final float[] turned;
    private final float[] sums;
    private final float[] tanh;
    private final float[] scores;
    private final float[] weights;

    /** A layer, whose only weights are a few factors. */
    record Packed(Attention layer) implements PackedLayer {
        @Override
        public Stage newStage(Value[] in, Value out, Room room) {
            return new AttentionStage(layer, in, out, room);
        }
    }

    private AttentionStage(Attention layer, Value[] in, Value out, Room room) {
        super(in[0], out);
        value = in[1];
        key = in[in.length - 1];
        score = layer.score();
        causal = layer.causal();
        float[] given = layer.scale();
        scale = given.length == 1 ? given[0] : 1;
        factors = given.length > 1 ? given : new float[in[0].size];
        if (given.length <= 1) {
            Arrays.fill(factors, 1);
        }
        functions = room.activations(key.maxSteps);
        turned = new float[key.size * key.maxSteps];
        boolean additive = score != Score.DOT;
        sums = new float[additive ? turned.length : 0];
        tanh = new float[sums.length];
        scores = new float[key.maxSteps];
        weights = new float[key.maxSteps];
    }

    @Override
    public void run(int rows) {
        for (int row = 0; row < rows; row++) {
            StepSoftmaxStage.turn(key.data, row * key.steps * key.size, key.steps, key.size, turned, 0);
            for (int t = 0; t < in.steps; t++) {
                int step = row * in.steps + t;
                int to = step * out.size;
                if (in.mask != null && !in.mask[step]) {
                    Arrays.fill(out.data, to, to + out.size, 0);
                } else {
                    score(step * in.size);
                    mask(row, t);
                    functions.forward(Activation.SOFTMAX, 1, scores, weights);
                    average(row * value.steps, to);
                }
            }
        }
        out.steps = in.steps;
    }

    /** Computes how well the query fits the key in each step. */
    private void score(int query) {
        int steps = key.steps;
        float[] terms = turned;
        if (score != Score.DOT) {
            for (int i = 0; i < key.size; i++) {
                float q = in.data[query + i];
                for (int j = i * steps; j < (i + 1) * steps; j++) {
                    sums[j] = q + turned[j];
                }
            }
            functions.forward(Activation.TANH, key.size, sums, tanh);
            terms = tanh;
        }
        Arrays.fill(scores, 0);
        for (int i = 0; i < key.size; i++) {
            float factor = score == Score.DOT ? in.data[query + i] : factors[i];
            for (int j = 0; j < steps; j++) {
                scores[j] = Math.fma(factor, terms[i * steps + j], scores[j]);
            }
        }
        for (int j = 0; j < steps; j++) {
            scores[j] *= scale;
        }
    }

    private void mask(int row, int t) {
        for (int j = 0; j < key.steps; j++) {
            if ((causal && j > t) || (value.mask != null && !value.mask[row * value.steps + j])) {
                scores[j] -= MASKED;
            }
        }
    }

    private void average(int firstStep, int to) {
        float[] y = out.data;
        Arrays.fill(y, to, to + out.size, 0);
        for (int j = 0; j < value.steps; j++) {
            float weight = weights[j];
            int from = (firstStep + j) * out.size;
            for (int i = 0; i < out.size; i++) {
                y[to + i] = Math.fma(weight, value.data[from + i], y[to + i]);
            }
        }
    }
}
