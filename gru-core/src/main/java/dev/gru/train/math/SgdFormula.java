package dev.gru.train.math;

import java.util.List;

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

        @Override
        public void update(float[] p, float[] g, float scale, float[][] kept, int from, int to) {
            float[] m = kept[0];
            float ofM = (float) momentum;
            float r = (float) rate;
            for (int i = from; i < to; i++) {
                float moved = ofM * m[i] + r * (scale * g[i]);
                m[i] = moved;
                p[i] -= moved;
            }
        }

        @Override
        public void update(float[] p, float[] g, float[] squares, float scale, float[][] kept, int from, int to) {
            update(p, g, scale, kept, from, to);
        }

        @Override
        public void updateWithoutGradient(float[] p, float[][] kept, int from, int to) {
            float[] m = kept[0];
            float ofM = (float) momentum;
            for (int i = from; i < to; i++) {
                float moved = ofM * m[i];
                m[i] = moved;
                p[i] -= moved;
            }
        }
    }
}
