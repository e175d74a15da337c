package dev.gru.train;

/**
 * Adam: steps along a decaying mean of the gradients, each element divided by the root of that of its squares.
 *
 * <pre>
 * m = m + (1 − β₁) (g − m)
 * v = v + (1 − β₂) (g² − v)
 * p = p − lr √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)      in step t = 1, 2 …
 * </pre>
 *
 * This is Keras's formula, and the last one of section 2 in Kingma and Ba,
 * <a href="https://arxiv.org/abs/1412.6980">Adam: A Method for Stochastic Optimization</a> (2014); PyTorch's ε stands
 * elsewhere. With a weight decay λ, p = p − lr λ p comes before: it is decoupled from the gradients, as in Loshchilov and
 * Hutter, <a href="https://arxiv.org/abs/1711.05101">Decoupled Weight Decay Regularization</a> (2017), and applies to all
 * parameters, biases among them, as in Keras's {@code AdamW}.
 *
 * <p>Elements without a gradient, such as the rows of tokens that were not in the batch, go on along their m. The gradient
 * of a token that is in the batch more than once is a sum, and v has the square of that; Keras on TensorFlow has the sum of
 * the squares instead, and so moves the tables of embeddings somewhat differently.
 */
public final class Adam implements Optimizer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-7;

    private final double learningRate;
    private final double weightDecay;
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    /** m and v, or null before the first step. */
    private Gradients mean;
    private Gradients meanSquare;
    private long steps;

    /** Takes Keras's defaults: a learning rate of 0.001, and no weight decay. */
    public Adam() {
        this(0.001);
    }

    /**
     * Takes Keras's defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-7, and no weight decay.
     *
     * @param learningRate lr, at least 0
     * @throws IllegalArgumentException if it is not
     */
    public Adam(double learningRate) {
        this(learningRate, 0, BETA1, BETA2, EPSILON);
    }

    /**
     * Takes all numbers.
     *
     * @param learningRate lr, at least 0
     * @param weightDecay λ, at least 0
     * @param beta1 β₁, at least 0 and below 1
     * @param beta2 β₂, at least 0 and below 1
     * @param epsilon ε, above 0
     * @throws IllegalArgumentException if one is out of range
     */
    public Adam(double learningRate, double weightDecay, double beta1, double beta2, double epsilon) {
        this.learningRate = requireFrom0("learningRate", learningRate, Double.POSITIVE_INFINITY);
        this.weightDecay = requireFrom0("weightDecay", weightDecay, Double.POSITIVE_INFINITY);
        this.beta1 = requireFrom0("beta1", beta1, 1);
        this.beta2 = requireFrom0("beta2", beta2, 1);
        if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("epsilon must be above 0 and finite, was " + epsilon);
        }
        this.epsilon = epsilon;
    }

    static double requireFrom0(String name, double value, double below) {
        if (!(value >= 0 && value < below)) {
            throw new IllegalArgumentException(name + " must be at least 0 and "
                    + (below == 1 ? "below 1" : "finite") + ", was " + value);
        }
        return value;
    }

    @Override
    public void step(Parameters parameters, Gradients gradients) {
        Parameters.requireSame("gradients", gradients.shapes(), parameters.shapes());
        if (mean == null) {
            mean = new Gradients(parameters);
            meanSquare = new Gradients(parameters);
        }
        Parameters.requireSame("what the optimizer keeps", mean.shapes(), parameters.shapes());
        steps++;
        double rate = learningRate * Math.sqrt(1 - StrictMath.pow(beta2, (double) steps))
                / (1 - StrictMath.pow(beta1, (double) steps));
        for (String name : parameters.names()) {
            double[] p = parameters.get(name);
            double[] g = gradients.get(name);
            double[] m = mean.get(name);
            double[] v = meanSquare.get(name);
            for (int i = 0; i < p.length; i++) {
                // p = p − lr λ p, m = m + (1 − β₁) (g − m), v = v + (1 − β₂) (g² − v), p = p − rate · m / (√v + ε)
                p[i] -= learningRate * weightDecay * p[i];
                m[i] += (1 - beta1) * (g[i] - m[i]);
                v[i] += (1 - beta2) * (g[i] * g[i] - v[i]);
                p[i] -= rate * m[i] / (Math.sqrt(v[i]) + epsilon);
            }
        }
    }

    @Override
    public String toString() {
        return "Adam[learningRate=" + learningRate + ", weightDecay=" + weightDecay + ", beta1=" + beta1 + ", beta2="
                + beta2 + ", epsilon=" + epsilon + "]";
    }
}
