package dev.gru.bench.peer;

import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** An implementation of the GRU layer that takes part in the comparison; found with {@link java.util.ServiceLoader}. */
public interface Contender {

    /** Returns the name in tables and on the command line, such as {@code onnxruntime}. */
    String name();

    /** Returns the name of the library with its version. */
    String version();

    /** Returns whether this is the library itself, rather than one that it is compared with. */
    boolean isOurs();

    /** Returns the precision of the weights. */
    Precision precision();

    /**
     * Prepares a layer to run on one thread, in the fastest form that the implementation has for a caller that keeps
     * the same layer and shape.
     *
     * @param weights a layer of {@link dev.gru.weights.GruVariant#RESET_AFTER}
     * @param batch sequences at once
     * @param steps steps of each
     * @throws UnsupportedOperationException if it cannot run on this machine; the message says why
     */
    PreparedLayer prepare(GruWeights weights, int batch, int steps);

    /** Returns whether this also runs whole models. */
    default boolean runsModels() {
        return false;
    }

    /**
     * Prepares a model to run on one thread, as {@link #prepare(GruWeights, int, int)} does a layer.
     *
     * @param model a model with one input, of features or tokens
     * @param input its sequences, whose tokens are not masked
     * @throws UnsupportedOperationException if this runs no models, or not this one on this machine; the message says
     *     why
     */
    default PreparedModel prepare(Graph model, ModelInput input) {
        throw new UnsupportedOperationException(name() + " runs single layers only");
    }
}
