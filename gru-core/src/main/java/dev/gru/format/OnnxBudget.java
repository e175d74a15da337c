package dev.gru.format;

/**
 * How many elements a reader may still allocate for what one file makes of its constants. A file that uses a constant a
 * few times is common; one that asks for a thousand copies of it wants to fill the memory.
 *
 * <p>Of one thread.
 */
final class OnnxBudget {
    /**
     * Weights are cut up, put together in another order and copied into layers, for which exporters need five copies at
     * most.
     */
    private static final long COPIES = 16;
    /** Shapes and the like, which need no weights. */
    private static final long FREE = 1 << 16;

    private long left;

    /**
     * Makes a budget.
     *
     * @param bytes how large everything is that constants come from
     */
    OnnxBudget(long bytes) {
        left = FREE + COPIES * (bytes / Float.BYTES);
    }

    /**
     * Takes elements out of the budget, before they are allocated.
     *
     * @param node who needs them
     * @param elements how many
     * @throws ModelFormatException if that is more than is left
     */
    void take(OnnxNode node, long elements) throws ModelFormatException {
        if (elements > left) {
            throw node.error("asks for more constants than the file has, " + elements + " in this node");
        }
        left -= elements;
    }
}
