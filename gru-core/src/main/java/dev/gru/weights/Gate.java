package dev.gru.weights;

/**
 * One of the three gates of a GRU. Their {@link #index} is the canonical order of gates, everywhere in this library:
 * reset, update, new, as PyTorch and cuDNN have it.
 */
public enum Gate {
    /** r: how much of the previous state the new state may see. */
    RESET(0),
    /** z: how much of the previous state is kept. */
    UPDATE(1),
    /** n: the candidate for the next state. */
    NEW(2);

    /** The number of gates. */
    public static final int COUNT = 3;

    private final int index;

    Gate(int index) {
        this.index = index;
    }

    /**
     * Returns the place of this gate among the three, from 0: its rows in a stacked matrix begin at index · hiddenSize.
     */
    public int index() {
        return index;
    }
}
