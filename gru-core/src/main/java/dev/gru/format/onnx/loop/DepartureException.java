package dev.gru.format.onnx.loop;

/** Says what in the body of a loop is not as in a GRU; whoever knows the node names it. */
public final class DepartureException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Describes a departure.
     *
     * @param problem what a node does that none of a GRU's equations has
     */
    public DepartureException(String problem) {
        super(problem);
    }
}
