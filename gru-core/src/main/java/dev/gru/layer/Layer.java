package dev.gru.layer;

/**
 * One layer of a model: its name, its options and its weights.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public sealed interface Layer permits Embedding, Masking, GruLayer, Bidirectional, Dropout, Dense,
        TimeDistributed, ActivationLayer {

    /** Returns the name of the layer in its model, for messages. */
    String name();

    /**
     * Returns the number of parameters that the layer holds. A GRU layer holds two biases for each gate of each unit, even
     * if its model's file has one of them or none and the others are 0; so with {@link dev.gru.weights.GruVariant#RESET_BEFORE}
     * there are 3 · hiddenSize more than Keras counts.
     */
    default long parameterCount() {
        return 0;
    }

    /**
     * Returns how many of the parameters are the weights of matrix products, which a {@link dev.gru.weights.Precision}
     * rounds; the others, biases and tables, always stay as they are.
     */
    default long matrixWeightCount() {
        return 0;
    }
}
