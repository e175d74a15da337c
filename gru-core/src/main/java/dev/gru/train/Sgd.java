package dev.gru.train;

/**
 * Gradient descent with momentum, as Keras's {@code SGD} computes it:
 *
 * <pre>
 * m = μ m − lr g
 * p = p + m
 * </pre>
 *
 * With a momentum μ of 0 that is p = p − lr g.
 */
public final class Sgd implements Optimizer {
    private final double learningRate;
    private final double momentum;
    /** m, or null before the first step. */
    private Gradients velocity;

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
     * Takes a learning rate and a momentum.
     *
     * @param learningRate lr, at least 0
     * @param momentum μ, at least 0 and below 1
     * @throws IllegalArgumentException if one is out of range
     */
    public Sgd(double learningRate, double momentum) {
        this.learningRate = Adam.requireFrom0("learningRate", learningRate, Double.POSITIVE_INFINITY);
        this.momentum = Adam.requireFrom0("momentum", momentum, 1);
    }

    @Override
    public void step(Parameters parameters, Gradients gradients) {
        Parameters.requireSame("gradients", gradients.shapes(), parameters.shapes());
        if (velocity == null) {
            velocity = new Gradients(parameters);
        }
        Parameters.requireSame("what the optimizer keeps", velocity.shapes(), parameters.shapes());
        for (String name : parameters.names()) {
            double[] p = parameters.get(name);
            double[] g = gradients.get(name);
            double[] m = velocity.get(name);
            for (int i = 0; i < p.length; i++) {
                // m = μ m − lr g, p = p + m
                m[i] = momentum * m[i] - learningRate * g[i];
                p[i] += m[i];
            }
        }
    }

    @Override
    public String toString() {
        return "Sgd[learningRate=" + learningRate + ", momentum=" + momentum + "]";
    }
}
