package dev.gru.train.math;

import java.util.List;

import dev.gru.kernel.training.Largest;
import dev.gru.kernel.training.TrainingKernel;

/**
 * Gradient descent with momentum, as {@code dev.gru.train.OptimizerFormula.Sgd} describes it: m = μ m + lr g, p = p −
 * m.
 *
 * @param momentum μ
 */
public record SgdFormula(double momentum) implements OptimizerFormula {
    @Override
    public List<String> kept() {
        return List.of("m");
    }

    @Override
    public boolean usesSquaresOfTerms() {
        return false;
    }

    @Override
    public OptimizerStep step(double learningRate, long number) {
        return new Step(momentum, learningRate);
    }

    /**
     * The numbers of one step.
     *
     * @param momentum μ
     * @param rate lr
     */
    private record Step(double momentum, double rate) implements OptimizerStep {
        @Override
        public void update(double[] p, double[] g, double[] squares, double[][] kept) {
            double[] m = kept[0];
            for (int i = 0; i < p.length; i++) {
                m[i] = momentum * m[i] + rate * g[i];
                p[i] -= m[i];
            }
        }

        /** C2 makes vectors of the loop if both places are the same. */
        @Override
        public float update(TrainingKernel kernel, int count, float[] p, float[][] kept, int at, float[] g,
                float[] squares, int from, float scale) {
            float[] m = kept[0];
            float ofM = (float) momentum;
            float r = (float) rate;
            for (int i = at; i < at + count; i++) {
                float moved = ofM * m[i] + r * (scale * g[from - at + i]);
                m[i] = moved;
                p[i] -= moved;
            }
            return largest(p, m, at, at + count);
        }

        @Override
        public float updateWithoutGradient(TrainingKernel kernel, int count, float[] p, float[][] kept, int at) {
            float[] m = kept[0];
            float ofM = (float) momentum;
            for (int i = at; i < at + count; i++) {
                float moved = ofM * m[i];
                m[i] = moved;
                p[i] -= moved;
            }
            return largest(p, m, at, at + count);
        }

        private static float largest(float[] p, float[] m, int from, int to) {
            return Largest.of(m, from, to, Largest.of(p, from, to, 0));
        }

        @Override
        public double reach(double p, double kept) {
            return (p + kept) * ROUNDING;
        }
    }
}
