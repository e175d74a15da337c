package dev.gru.train.math;

import java.util.List;

/**
 * Adam, as {@code dev.gru.train.OptimizerFormula.Adam} describes it:
 *
 * <pre>
 * m = m + (1 − β₁) (g − m)
 * v = v + (1 − β₂) (g² − v)
 * p = (1 − lr λ) p − lr √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)      in step t = 1, 2 …
 * </pre>
 *
 * @param weightDecay λ
 * @param beta1 β₁
 * @param beta2 β₂
 * @param epsilon ε
 * @param usesSquaresOfTerms whether g² is, in the tables of embeddings, the sum of the squares of the terms of g
 */
public record AdamFormula(double weightDecay, double beta1, double beta2, double epsilon, boolean usesSquaresOfTerms)
        implements
            OptimizerFormula {
    @Override
    public List<String> kept() {
        return List.of("m", "v");
    }

    @Override
    public OptimizerStep step(double learningRate, long number) {
        return new Step(this, learningRate, number);
    }

    /**
     * The numbers of one step.
     *
     * @param keep 1 − lr λ
     * @param ofMean 1 − β₁
     * @param ofSquare 1 − β₂
     * @param rate lr √(1 − β₂ᵗ) / (1 − β₁ᵗ)
     * @param epsilon ε
     */
    private record Step(double keep, double ofMean, double ofSquare, double rate,
            double epsilon) implements OptimizerStep {
        Step(AdamFormula adam, double learningRate, long t) {
            this(1 - learningRate * adam.weightDecay, 1 - adam.beta1, 1 - adam.beta2,
                    learningRate * Math.sqrt(1 - StrictMath.pow(adam.beta2, (double) t))
                            / (1 - StrictMath.pow(adam.beta1, (double) t)),
                    adam.epsilon);
        }

        @Override
        public void update(double[] p, double[] g, double[] squares, double[][] kept) {
            double[] m = kept[0];
            double[] v = kept[1];
            for (int i = 0; i < p.length; i++) {
                m[i] += ofMean * (g[i] - m[i]);
                double square = squares == null ? g[i] * g[i] : squares[i];
                v[i] += ofSquare * (square - v[i]);
                p[i] = keep * p[i] - rate * m[i] / (Math.sqrt(v[i]) + epsilon);
            }
        }

        /** Plain loops over local variables are what the compiler makes vectors of. */
        @Override
        public void update(float[] p, float[] g, float scale, float[][] kept, int from, int to) {
            float[] m = kept[0];
            float[] v = kept[1];
            float ofP = (float) keep;
            float ofM = (float) ofMean;
            float ofV = (float) ofSquare;
            float r = (float) rate;
            float e = (float) epsilon;
            for (int i = from; i < to; i++) {
                float gradient = scale * g[i];
                float mean = m[i] + ofM * (gradient - m[i]);
                float square = v[i] + ofV * (gradient * gradient - v[i]);
                m[i] = mean;
                v[i] = square;
                p[i] = ofP * p[i] - r * mean / ((float) Math.sqrt(square) + e);
            }
        }

        @Override
        public void update(float[] p, float[] g, float[] squares, float scale, float[][] kept, int from, int to) {
            float[] m = kept[0];
            float[] v = kept[1];
            float ofP = (float) keep;
            float ofM = (float) ofMean;
            float ofV = (float) ofSquare;
            float r = (float) rate;
            float e = (float) epsilon;
            float ofSquares = scale * scale;
            for (int i = from; i < to; i++) {
                float mean = m[i] + ofM * (scale * g[i] - m[i]);
                float square = v[i] + ofV * (ofSquares * squares[i] - v[i]);
                m[i] = mean;
                v[i] = square;
                p[i] = ofP * p[i] - r * mean / ((float) Math.sqrt(square) + e);
            }
        }

        @Override
        public void updateWithoutGradient(float[] p, float[][] kept, int from, int to) {
            float[] m = kept[0];
            float[] v = kept[1];
            float ofP = (float) keep;
            float ofM = (float) ofMean;
            float ofV = (float) ofSquare;
            float r = (float) rate;
            float e = (float) epsilon;
            for (int i = from; i < to; i++) {
                float mean = m[i] + ofM * (0 - m[i]);
                float square = v[i] + ofV * (0 - v[i]);
                m[i] = mean;
                v[i] = square;
                p[i] = ofP * p[i] - r * mean / ((float) Math.sqrt(square) + e);
            }
        }
    }
}
