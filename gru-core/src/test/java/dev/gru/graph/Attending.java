package dev.gru.graph;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import dev.gru.graph.GraphInterpreter.Rows;
import dev.gru.layer.Attention;

/** Keras's {@code Attention} and {@code AdditiveAttention}. */
final class Attending {
    private Attending() {
    }

    static Rows attend(Attention layer, List<Rows> in) {
        Rows query = in.get(0);
        Rows value = in.get(1);
        Rows key = in.getLast();
        double[][] y = new double[query.steps()][value.size()];
        for (int t = 0; t < y.length; t++) {
            double[] q = query.x()[t];
            double[] scores = Arrays.stream(key.x()).mapToDouble(k -> score(layer, q, k)).toArray();
            for (int j = 0; j < scores.length; j++) {
                if ((layer.causal() && j > t) || !value.counts(j)) {
                    // Keras computes this in floats, which leaves nothing of the score.
                    scores[j] = (float) scores[j] - 1e9f;
                }
            }
            double[] weights = LayerEquations.softmax(scores);
            if (query.counts(t)) {
                y[t] = LayerEquations.map(value.size(), i -> IntStream.range(0, weights.length)
                        .mapToDouble(j -> weights[j] * value.x()[j][i]).sum());
            }
        }
        return new Rows(y).masked(query);
    }

    private static double score(Attention layer, double[] q, double[] k) {
        float[] scale = layer.scale();
        return IntStream.range(0, q.length).mapToDouble(i -> {
            double s = scale.length == 0 ? 1 : scale[scale.length == 1 ? 0 : i];
            return switch (layer.score()) {
                case DOT -> s * q[i] * k[i];
                case ADDITIVE, CONCATENATE -> s * Math.tanh(q[i] + k[i]);
            };
        }).sum();
    }
}
