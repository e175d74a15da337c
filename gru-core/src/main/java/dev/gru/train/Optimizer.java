package dev.gru.train;

import dev.gru.train.math.FiniteFloats;

/**
 * How parameters are changed along their gradients: a formula and its numbers. The values that it keeps from step to
 * step are in the {@link BatchTrainer} that uses it. Immutable and safe for use by any number of threads.
 */
public sealed interface Optimizer {
    /** Returns lr, the learning rate of steps that do not ask for another. */
    double learningRate();

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
     * <a href="https://arxiv.org/abs/1412.6980">Adam: A Method for Stochastic Optimization</a> (2014); PyTorch's ε
     * stands elsewhere. The decay is decoupled from the gradients, as in Loshchilov and Hutter,
     * <a href="https://arxiv.org/abs/1711.05101">Decoupled Weight Decay Regularization</a> (2017), and applies to all
     * parameters, biases among them, as in Keras's {@code AdamW}.
     *
     * <p>Elements without a gradient, such as the rows of tokens that were not in the batch, go on along their m. The
     * gradient of a token that is in the batch n times is a sum of n terms. As published, g² is the square of that sum;
     * Keras on TensorFlow takes the sum of the squares of the terms instead, which is less, and so the rows of frequent
     * tokens go farther in a step. Taggers are better for it after the same number of epochs, so this is the default.
     *
     * @param learningRate lr, at least 0 and finite as a float
     * @param weightDecay λ, at least 0 and finite as a float
     * @param beta1 β₁, at least 0 and below 1
     * @param beta2 β₂, at least 0 and below 1
     * @param epsilon ε, above 0 and finite as a float
     * @param squaresOfTerms whether, in the tables of embeddings, g² is the sum of the squares of the terms that g is
     *     the sum of, as in Keras on TensorFlow; otherwise it is the square of the sum, as published
     */
    record Adam(double learningRate, double weightDecay, double beta1, double beta2, double epsilon,
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
            FiniteFloats.requireFrom0("beta1", beta1, 1);
            FiniteFloats.requireFrom0("beta2", beta2, 1);
            // As a float of 0 it would make NaN of every weight whose gradients were all 0.
            if (!((float) epsilon > 0 && Float.isFinite((float) epsilon))) {
                throw new IllegalArgumentException("epsilon must be above 0 and finite as a float, was " + epsilon);
            }
        }

        /** Returns the same with another weight decay, λ. */
        public Adam withWeightDecay(double other) {
            return new Adam(learningRate, other, beta1, beta2, epsilon, squaresOfTerms);
        }
    }

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
    record Sgd(double learningRate, double momentum) implements Optimizer {
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
            FiniteFloats.requireFrom0("momentum", momentum, 1);
        }
    }
}
