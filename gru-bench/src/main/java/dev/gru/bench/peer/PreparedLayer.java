package dev.gru.bench.peer;

/** A GRU layer with its weights, shape and memory, made by a {@link Contender}. For use by one thread. */
public interface PreparedLayer extends AutoCloseable {

    /**
     * Puts inputs where {@link #run} finds them, in the layout that suits the implementation. Not measured.
     *
     * @param x (batch, steps, inputSize)
     * @param h0 states before the first step, (batch, hiddenSize)
     */
    void set(float[] x, float[] h0);

    /**
     * Computes all steps. This is what is measured. The first run after {@link #set} begins with the states given there;
     * each further one begins there again or goes on from where the last ended, whichever costs the implementation less.
     */
    void run();

    /**
     * Takes the results of the last run out. Not measured.
     *
     * @param y outputs of all steps, (batch, steps, hiddenSize)
     * @param hn states after the last, (batch, hiddenSize)
     */
    void get(float[] y, float[] hn);

    /** Frees what the layer holds. */
    @Override
    void close();
}
