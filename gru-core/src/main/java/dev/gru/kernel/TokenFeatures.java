package dev.gru.kernel;

/** The features that stand for each token: the table of an embedding. Read by any number of threads. */
@FunctionalInterface
public interface TokenFeatures {
    /** Copies the features of a token to {@code out} from index {@code offset} on. */
    void copyRow(int token, float[] out, int offset);
}
