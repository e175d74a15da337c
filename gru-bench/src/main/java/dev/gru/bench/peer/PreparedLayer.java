package dev.gru.bench.peer;

/** A GRU layer with its weights, shape and memory, made by a {@link Contender}. For use by one thread. */
public interface PreparedLayer extends AutoCloseable {

    /**
     * Copies inputs to the memory of {@link #run}, in the layout of the implementation. Not measured.
     *
     * @param x (batch, steps, inputSize)
     * @param h0 states before the first step, (batch, hiddenSize)
     */
    void set(float[] x, float[] h0);

    /**
     * Computes all steps; this is measured. The first run after {@link #set} starts from the states given there; each
     * further one starts there again or continues from the end of the one before, whichever costs the implementation
     * less.
     */
    void run();

    /**
     * Copies the results of the last run. Not measured.
     *
     * @param y outputs of all steps, (batch, steps, hiddenSize)
     * @param hn states after the last, (batch, hiddenSize)
     */
    void get(float[] y, float[] hn);

    /** Frees the memory of the layer. */
    @Override
    void close();
}
