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
}
