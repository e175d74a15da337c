package dev.gru.layer;

/**
 * One layer of a model: its name, its options and its weights.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public sealed interface Layer permits Embedding, GruLayer, Bidirectional, Dropout, Dense, TimeDistributed {

    /** Returns the name of the layer in its model, for messages. */
    String name();
}
