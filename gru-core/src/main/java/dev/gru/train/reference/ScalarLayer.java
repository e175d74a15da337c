package dev.gru.train.reference;

import java.util.random.RandomGenerator;

import dev.gru.train.math.Parameters;

/**
 * A layer in training, or a part of one: computes forward, keeps the values that the backward pass needs, and computes
 * gradients. Arguments have been checked by the caller.
 */
sealed interface ScalarLayer permits ScalarEmbedding, ScalarMasking, ScalarGru, ScalarBidirectional,
        ScalarDropout, ScalarLinear, ScalarActivation {

    /**
     * What is the same for all layers of one pass.
     *
     * @param parameters the weights
     * @param input the model's input
     * @param random what draws the units that are dropped, or null if none are
     */
    record Pass(Parameters parameters, ScalarInput input, RandomGenerator random) {
    }

    /** Returns the outputs, in an array of their own. */
    ScalarFeatures forward(ScalarFeatures x, Pass pass);

    /**
     * Computes the backward pass of the last forward pass.
     *
     * @param dy the derivatives of the loss with respect to the outputs
     * @param gradients to which those with respect to the weights are added
     * @return those with respect to the inputs
     */
    double[] backward(double[] dy, ScalarGradients gradients);
}
