package dev.gru.train.reference;

import java.util.List;
import java.util.random.RandomGenerator;

import dev.gru.train.math.Parameters;

/**
 * A layer in training, or a part of one: computes forward, keeps the values that the backward pass needs, and computes
 * gradients. Arguments have been checked by the caller.
 */
sealed interface ScalarLayer permits ScalarEmbedding, ScalarMasking, ScalarDropout, ScalarRegularization, ScalarLinear,
        ScalarActivation, ScalarStepSoftmax, ScalarPReLU, ScalarConv, ScalarPooling, ScalarGlobalPooling,
        ScalarBatchNormalization, ScalarStepNormalization, ScalarScale, ScalarReshaping, ScalarLayer.OfSeveral {

    /**
     * What is the same for all layers of one pass.
     *
     * @param parameters the weights
     * @param input the model's input
     * @param random what draws the units that are dropped, or null if the model is not in training
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

    /** Returns the outputs of one or several inputs. */
    default ScalarFeatures forward(List<ScalarFeatures> inputs, Pass pass) {
        return forward(inputs.getFirst(), pass);
    }

    /** Returns the derivatives with respect to each of the inputs, in arrays of their own. */
    default List<double[]> backwardToAll(double[] dy, ScalarGradients gradients) {
        return List.of(backward(dy, gradients));
    }

    /** A layer that may have several inputs. */
    sealed interface OfSeveral extends ScalarLayer
            permits ScalarGru, ScalarBidirectional, ScalarMerge, ScalarAttention, ScalarMasking.ScalarSetMask {
        @Override
        ScalarFeatures forward(List<ScalarFeatures> inputs, Pass pass);

        @Override
        List<double[]> backwardToAll(double[] dy, ScalarGradients gradients);

        @Override
        default ScalarFeatures forward(ScalarFeatures x, Pass pass) {
            return forward(List.of(x), pass);
        }

        @Override
        default double[] backward(double[] dy, ScalarGradients gradients) {
            return backwardToAll(dy, gradients).getFirst();
        }
    }
}
