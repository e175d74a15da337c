package dev.gru.train.reference;

import java.util.List;

import dev.gru.kernel.math.ScalarFunctions;
import dev.gru.layer.Attention;
import dev.gru.train.math.Parameters;

/**
 * An {@link Attention} layer in training, row by row, with queries q, values v and keys k:
 *
 * <pre>
 * e_ij = score(q_i, k_j), less 10⁹ if j may not be seen,   a_ij = softmax_j e_ij,   y_i = Σ_j a_ij v_j
 * </pre>
 */
final class ScalarAttention implements ScalarLayer.OfSeveral {
    /** What Keras subtracts from the scores of masked steps. */
    private static final double MASKED = 1e9;

    private final Attention layer;
    /** The name of the scale, or null if there is none. */
    private final String name;
    private ScalarFeatures query;
    private ScalarFeatures value;
    private ScalarFeatures key;
    private boolean ownKey;
    private double[] scale;
    /** a, (rows, steps of the query, steps of the value). */
    private double[] weights;

    ScalarAttention(Attention layer) {
        this.layer = layer;
        name = layer.parameters().isEmpty() ? null : Parameters.names(layer.name(), layer).getFirst();
    }

    @Override
    public ScalarFeatures forward(List<ScalarFeatures> inputs, Pass pass) {
        query = inputs.getFirst();
        value = inputs.get(1);
        ownKey = inputs.size() == 3;
        key = inputs.getLast();
        scale = name == null ? new double[]{1} : pass.parameters().get(name);
        weights = new double[query.count() * value.steps];
        double[] y = new double[query.count() * value.size];
        double[] scores = new double[value.steps];
        for (int row = 0; row < query.rows; row++) {
            for (int i = 0; i < query.steps; i++) {
                int from = (row * query.steps + i) * value.steps;
                for (int j = 0; j < value.steps; j++) {
                    scores[j] = score(row, i, j) - (sees(row, i, j) ? 0 : MASKED);
                }
                if (query.counts(row * query.steps + i)) {
                    ScalarFunctions.softmax(scores, 0, value.steps, scores);
                    System.arraycopy(scores, 0, weights, from, value.steps);
                }
                for (int j = 0; j < value.steps; j++) {
                    for (int f = 0; f < value.size; f++) {
                        y[(row * query.steps + i) * value.size + f] += weights[from + j] == 0
                                ? 0
                                : weights[from + j] * value.values[(row * value.steps + j) * value.size + f];
                    }
                }
            }
        }
        return query.with(value.size, y);
    }

    private boolean sees(int row, int i, int j) {
        return value.counts(row * value.steps + j) && (!layer.causal() || j <= i);
    }

    private double scale(int f) {
        return scale.length == 1 ? scale[0] : scale[f];
    }

    private double query(int row, int i, int f) {
        return query.values[(row * query.steps + i) * query.size + f];
    }

    private double key(int row, int j, int f) {
        return key.values[(row * key.steps + j) * key.size + f];
    }

    /** DOT: Σ_f s q_f k_f; else Σ_f s_f tanh(q_f + k_f). */
    private double score(int row, int i, int j) {
        double sum = 0;
        for (int f = 0; f < query.size; f++) {
            sum += scale(f) * term(row, i, j, f);
        }
        return sum;
    }

    private double term(int row, int i, int j, int f) {
        return layer.score() == Attention.Score.DOT
                ? query(row, i, f) * key(row, j, f)
                : StrictMath.tanh(query(row, i, f) + key(row, j, f));
    }

    /** da_ij = dy_i · v_j, dv_j += a_ij dy_i, de_ij = a_ij (da_ij − Σ_l a_il da_il). */
    @Override
    public List<double[]> backwardToAll(double[] dy, ScalarGradients gradients) {
        double[] dQuery = new double[query.values.length];
        double[] dValue = new double[value.values.length];
        double[] dKey = ownKey ? new double[key.values.length] : dValue;
        double[] dScale = name == null ? new double[1] : gradients.get(name);
        double[] dWeights = new double[value.steps];
        for (int row = 0; row < query.rows; row++) {
            for (int i = 0; i < query.steps; i++) {
                int ofQuery = (row * query.steps + i) * value.size;
                int from = (row * query.steps + i) * value.steps;
                double sum = 0;
                for (int j = 0; j < value.steps; j++) {
                    int ofValue = (row * value.steps + j) * value.size;
                    dWeights[j] = 0;
                    for (int f = 0; f < value.size && weights[from + j] != 0; f++) {
                        dWeights[j] += dy[ofQuery + f] * value.values[ofValue + f];
                        dValue[ofValue + f] += weights[from + j] * dy[ofQuery + f];
                    }
                    sum += weights[from + j] * dWeights[j];
                }
                for (int j = 0; j < value.steps; j++) {
                    backwardThroughScore(row, i, j, weights[from + j] * (dWeights[j] - sum), dQuery, dKey, dScale);
                }
            }
        }
        return ownKey ? List.of(dQuery, dValue, dKey) : List.of(dQuery, dValue);
    }

    /** DOT: dq += de s k, dk += de s q, ds += de q · k; else dq += de s ⊙ (1 − tanh²), dk the same, ds += de tanh. */
    private void backwardThroughScore(int row, int i, int j, double dScore, double[] dQuery, double[] dKey,
            double[] dScale) {
        for (int f = 0; f < query.size && dScore != 0; f++) {
            double term = term(row, i, j, f);
            boolean dot = layer.score() == Attention.Score.DOT;
            double slope = 1 - term * term;
            dQuery[(row * query.steps + i) * query.size + f] += dScore * scale(f) * (dot ? key(row, j, f) : slope);
            dKey[(row * key.steps + j) * key.size + f] += dScore * scale(f) * (dot ? query(row, i, f) : slope);
            dScale[scale.length == 1 ? 0 : f] += dScore * term;
        }
    }
}
