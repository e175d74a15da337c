package dev.gru.train.network;

import java.util.List;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Attention;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.Softmax;
import dev.gru.weights.Activation;

/**
 * An {@link Attention} layer in training, row by row, with queries q, values v and keys k:
 *
 * <pre>
 * e_ij = score(q_i, k_j), less 10⁹ if j may not be seen,   a_ij = softmax_j e_ij,   y_i = Σ_j a_ij v_j
 * </pre>
 */
final class AttentionNode extends Node {
    /** What Keras subtracts from the scores of masked steps. */
    private static final float MASKED = 1e9f;

    private final Attention.Score score;
    private final boolean causal;
    /** Null if there is none; of one number or one for each feature of a query. */
    private final WeightArray scale;
    private final int scales;

    AttentionNode(Attention layer) {
        score = layer.score();
        causal = layer.causal();
        scales = layer.scale().length;
        scale = scales == 0
                ? null
                : WeightArray.vectors(Parameters.names(layer.name(), layer).getFirst(), 1, scales);
    }

    @Override
    List<WeightArray> arrays() {
        return scale == null ? List.of() : List.of(scale);
    }

    @Override
    Pass newPass() {
        return new AttentionPass();
    }

    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        if (scale != null) {
            int columns = scale.rowSize();
            addProducts(passes.stream().map(pass -> List.of(Product.sum(1,
                    new Rows(((AttentionPass) pass).dScale, 0, columns), columns, scale.weightGradient()))).toList(),
                    kernel, tasks);
        }
    }

    private float scale(int f) {
        return scale == null ? 1 : scale.values()[scales == 1 ? 0 : f];
    }

    private final class AttentionPass extends PassOfSeveral {
        private TrainingKernel kernel;
        private Features query;
        private Features value;
        private Features key;
        private boolean ownKey;
        /** a, (rows, steps of the query, steps of the value). */
        private float[] weights;
        private float[] y;
        /** Of one step of a query: the scores of the steps of the value. */
        private float[] scores;
        /** Of one step of a query and each step of the key, (steps, padded): what s is multiplied with in the score. */
        private float[] terms;
        private int termStride;
        private float[] dWeights;
        private float[] dQuery;
        private float[] dValue;
        private float[] dKey;
        private float[] dScale;

        @Override
        Features forward(List<Features> inputs, Context context) {
            kernel = context.kernel();
            query = inputs.getFirst();
            value = inputs.get(1);
            ownKey = inputs.size() == 3;
            key = inputs.getLast();
            int stride = TrainingKernel.padded(value.size);
            weights = zeros(weights, (long) query.count() * value.steps);
            y = zeros(y, (long) query.count() * stride);
            scores = room(scores, TrainingKernel.padded(value.steps));
            termStride = TrainingKernel.padded(query.size);
            terms = room(terms, (long) key.steps * termStride);
            for (int row = 0; row < query.rows; row++) {
                for (int i = 0; i < query.steps; i++) {
                    if (query.counts(i * query.rows + row)) {
                        findWeights(row, i);
                        addValues(row, i, stride);
                    }
                }
            }
            return query.with(value.size, new Rows(y, 0, stride));
        }

        private boolean sees(int row, int i, int j) {
            return value.counts(j * value.rows + row) && (!causal || j <= i);
        }

        /** Where the weights of a step of a query begin. */
        private int weights(int row, int i) {
            return (row * query.steps + i) * value.steps;
        }

        private void findWeights(int row, int i) {
            findTerms(row, i);
            for (int j = 0; j < value.steps; j++) {
                float sum = 0;
                for (int f = 0; f < query.size; f++) {
                    sum += scale(f) * terms[j * termStride + f];
                }
                scores[j] = sees(row, i, j) ? sum : sum - MASKED;
            }
            Softmax.apply(kernel, value.steps, scores, 0);
            System.arraycopy(scores, 0, weights, weights(row, i), value.steps);
        }

        /** DOT: q ⊙ k; else tanh(q + k). */
        private void findTerms(int row, int i) {
            for (int j = 0; j < key.steps; j++) {
                for (int f = 0; f < query.size; f++) {
                    float q = query.get(i * query.rows + row, f);
                    float k = key.get(j * key.rows + row, f);
                    terms[j * termStride + f] = score == Attention.Score.DOT ? q * k : q + k;
                }
            }
            if (score != Attention.Score.DOT) {
                kernel.apply(Activation.TANH, key.steps, termStride, new Rows(terms, 0, termStride));
            }
        }

        private void addValues(int row, int i, int stride) {
            int to = (i * query.rows + row) * stride;
            for (int j = 0; j < value.steps; j++) {
                float weight = weights[weights(row, i) + j];
                for (int f = 0; f < value.size && weight != 0; f++) {
                    y[to + f] += weight * value.get(j * value.rows + row, f);
                }
            }
        }

        /** da_ij = dy_i · v_j, dv_j += a_ij dy_i, de_ij = a_ij (da_ij − Σ_l a_il da_il). */
        @Override
        Rows[] backward(Rows dy, boolean[] wanted) {
            int valueStride = TrainingKernel.padded(value.size);
            dQuery = zeros(dQuery, (long) query.count() * termStride);
            dKey = zeros(dKey, (long) key.count() * termStride);
            dValue = zeros(dValue, (long) value.count() * valueStride);
            dScale = zeros(dScale, scale == null ? 0 : scale.rowSize());
            dWeights = room(dWeights, value.steps);
            for (int row = 0; row < query.rows; row++) {
                for (int i = 0; i < query.steps; i++) {
                    backward(dy, row, i, valueStride);
                }
            }
            Rows ofQuery = new Rows(dQuery, 0, termStride);
            Rows ofValue = new Rows(dValue, 0, valueStride);
            Rows ofKey = new Rows(dKey, 0, termStride);
            if (ownKey) {
                return new Rows[]{ofQuery, ofValue, ofKey};
            }
            // The values are the keys, and have as many features.
            for (int j = 0; j < value.count() * valueStride; j++) {
                dValue[j] += dKey[j];
            }
            return new Rows[]{ofQuery, ofValue};
        }

        private void backward(Rows dy, int row, int i, int valueStride) {
            int from = weights(row, i);
            int ofY = dy.place(i * query.rows + row);
            float sum = 0;
            for (int j = 0; j < value.steps; j++) {
                float d = 0;
                float weight = weights[from + j];
                int index = j * value.rows + row;
                for (int f = 0; f < value.size && weight != 0; f++) {
                    d += dy.values()[ofY + f] * value.get(index, f);
                    dValue[index * valueStride + f] += weight * dy.values()[ofY + f];
                }
                dWeights[j] = d;
                sum += weight * d;
            }
            findTerms(row, i);
            for (int j = 0; j < value.steps; j++) {
                backwardThroughScore(row, i, j, weights[from + j] * (dWeights[j] - sum));
            }
        }

        /** DOT: dq += de s k, dk += de s q, ds += de q · k; else dq, dk += de s ⊙ (1 − tanh²), ds += de tanh. */
        private void backwardThroughScore(int row, int i, int j, float d) {
            int ofQuery = i * query.rows + row;
            int ofKey = j * key.rows + row;
            boolean dot = score == Attention.Score.DOT;
            for (int f = 0; f < query.size && d != 0; f++) {
                float term = terms[j * termStride + f];
                float slope = 1 - term * term;
                dQuery[ofQuery * termStride + f] += d * scale(f) * (dot ? key.get(ofKey, f) : slope);
                dKey[ofKey * termStride + f] += d * scale(f) * (dot ? query.get(ofQuery, f) : slope);
                if (scale != null) {
                    dScale[scales == 1 ? 0 : f] += d * term;
                }
            }
        }
    }
}
