package dev.gru.train.math;

import java.util.List;

import dev.gru.kernel.training.AdamStep;
import dev.gru.kernel.training.TrainingKernel;

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
     * @param floats these as floats
     */
    private record Step(double keep, double ofMean, double ofSquare, double rate, double epsilon, AdamStep floats)
            implements
                OptimizerStep {
        Step(AdamFormula adam, double learningRate, long t) {
            this(1 - learningRate * adam.weightDecay, 1 - adam.beta1, 1 - adam.beta2,
                    learningRate * Math.sqrt(1 - StrictMath.pow(adam.beta2, (double) t))
                            / (1 - StrictMath.pow(adam.beta1, (double) t)),
                    adam.epsilon);
        }

        private Step(double keep, double ofMean, double ofSquare, double rate, double epsilon) {
            this(keep, ofMean, ofSquare, rate, epsilon, new AdamStep((float) keep, (float) ofMean, (float) ofSquare,
                    (float) rate, (float) epsilon));
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

        @Override
        public float update(TrainingKernel kernel, int count, float[] p, float[][] kept, int at, float[] g,
                float[] squares, int from, float scale) {
            return kernel.adam(floats, count, p, kept[0], kept[1], at, g, squares, from, scale);
        }

        @Override
        public float updateWithoutGradient(TrainingKernel kernel, int count, float[] p, float[][] kept, int at) {
            return kernel.adam(floats, count, p, kept[0], kept[1], at);
        }

        /** The root is at least 0, and √v + ε at least ε. */
        @Override
        public double reach(double p, double kept) {
            return (Math.abs(floats.keep()) * p + floats.rate() * kept * Math.max(1, 1 / floats.epsilon()))
                    * ROUNDING;
        }
    }
}
