package dev.gru.train;

import java.util.random.RandomGenerator;

/**
 * A layer in training, or a part of one: computes forward, keeps what the way back needs, and computes gradients.
 * Arguments have been checked by the caller.
 */
sealed interface TrainedLayer permits TrainedEmbedding, TrainedMasking, TrainedGru, TrainedBidirectional,
        TrainedDropout, TrainedLinear, TrainedActivation {

    /**
     * What is the same for all layers of one pass.
     *
     * @param parameters the weights
     * @param input the model's input
     * @param random what draws the units that are dropped, or null if none are
     */
    record Pass(Parameters parameters, TrainingInput input, RandomGenerator random) {
    }

    /** Returns the outputs, in an array of their own. */
    Features forward(Features x, Pass pass);

    /**
     * Goes back over the last forward pass.
     *
     * @param dy the derivatives of the loss with respect to the outputs
     * @param gradients to which those with respect to the weights are added
     * @return those with respect to the inputs
     */
    double[] backward(double[] dy, Gradients gradients);
}
