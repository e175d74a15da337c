package dev.gru.bench.peer;

/** A model with its input and memory, made by a {@link Contender}. For use by one thread. */
public interface PreparedModel extends AutoCloseable {

    /** Computes all steps; this is measured. Each run starts from zero states, or continues from the one before. */
    void run();

    /**
     * Computes all steps from zero states, which is not measured.
     *
     * @return the first output: (batch, steps, features), or (batch, features) if there is only one for all steps
     */
    float[] output();

    /** Frees the memory of the model. */
    @Override
    void close();
}
