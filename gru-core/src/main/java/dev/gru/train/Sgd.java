package dev.gru.train;

/**
 * Gradient descent with momentum:
 *
 * <pre>
 * m = μ m + lr g
 * p = p − m
 * </pre>
 *
 * With a momentum μ of 0 that is p = p − lr g. Keras's {@code SGD} computes the same, and keeps −m.
 *
 * @param learningRate lr, at least 0 and finite as a float
 * @param momentum μ, at least 0 and below 1
 */
public record Sgd(double learningRate, double momentum) implements Optimizer {
    /**
     * Takes a learning rate, and no momentum.
     *
     * @param learningRate lr, at least 0
     * @throws IllegalArgumentException if it is not
     */
    public Sgd(double learningRate) {
        this(learningRate, 0);
    }

    /**
     * Checks both numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Sgd {
        FiniteFloats.requireFrom0("learningRate", learningRate);
        Adam.requireFrom0("momentum", momentum, 1);
    }

    /**
     * The numbers of one step.
     *
     * @param momentum μ
     * @param rate lr
     */
    record Step(double momentum, double rate) implements OptimizerStep {
        Step(Sgd sgd, double learningRate) {
            this(sgd.momentum, learningRate);
        }

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
