package dev.gru.bench.peer;

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
}
