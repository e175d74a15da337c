package dev.gru.train;

/**
 * Adam: steps along a decaying mean of the gradients, each element divided by the root of that of its squares.
 *
 * <pre>
 * m = m + (1 − β₁) (g − m)
 * v = v + (1 − β₂) (g² − v)
 * p = (1 − lr λ) p − lr √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)      in step t = 1, 2 …
 * </pre>
 *
 * With a weight decay λ of 0 this is Keras's formula, and the last one of section 2 in Kingma and Ba,
 * <a href="https://arxiv.org/abs/1412.6980">Adam: A Method for Stochastic Optimization</a> (2014); PyTorch's ε stands
 * elsewhere. The decay is decoupled from the gradients, as in Loshchilov and Hutter,
 * <a href="https://arxiv.org/abs/1711.05101">Decoupled Weight Decay Regularization</a> (2017), and applies to all
 * parameters, biases among them, as in Keras's {@code AdamW}.
 *
 * <p>Elements without a gradient, such as the rows of tokens that were not in the batch, go on along their m. The gradient
 * of a token that is in the batch n times is a sum of n terms. As published, g² is the square of that sum; Keras on
 * TensorFlow takes the sum of the squares of the terms instead, which is less, and so the rows of frequent tokens go farther
 * in a step. Taggers are better for it after the same number of epochs, so it is what this class does unless it is told
 * otherwise.
 *
 * @param learningRate lr, at least 0 and finite as a float
 * @param weightDecay λ, at least 0 and finite as a float
 * @param beta1 β₁, at least 0 and below 1
 * @param beta2 β₂, at least 0 and below 1
 * @param epsilon ε, above 0 and finite as a float
 * @param squaresOfTerms whether, in the tables of embeddings, g² is the sum of the squares of the terms that g is the sum of,
 *     as in Keras on TensorFlow; otherwise it is the square of the sum, as published
 */
public record Adam(double learningRate, double weightDecay, double beta1, double beta2, double epsilon,
        boolean squaresOfTerms)
        implements
            Optimizer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-7;

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
        this(learningRate, 0, BETA1, BETA2, EPSILON, true);
    }

    /**
     * Checks all numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Adam {
        FiniteFloats.requireFrom0("learningRate", learningRate);
        FiniteFloats.requireFrom0("weightDecay", weightDecay);
        requireFrom0("beta1", beta1, 1);
        requireFrom0("beta2", beta2, 1);
        // As a float of 0 it would make NaN of every weight whose gradients were all 0.
        if (!((float) epsilon > 0 && Float.isFinite((float) epsilon))) {
            throw new IllegalArgumentException("epsilon must be above 0 and finite as a float, was " + epsilon);
        }
    }

    /** Returns the same with another weight decay, λ. */
    public Adam withWeightDecay(double other) {
        return new Adam(learningRate, other, beta1, beta2, epsilon, squaresOfTerms);
    }

    static double requireFrom0(String name, double value, double below) {
        if (!(value >= 0 && value < below)) {
            throw new IllegalArgumentException(name + " must be at least 0 and "
                    + (below == 1 ? "below 1" : "finite") + ", was " + value);
        }
        return value;
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
    record Step(double keep, double ofMean, double ofSquare, double rate, double epsilon) implements OptimizerStep {
        Step(Adam adam, double learningRate, long t) {
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
