package dev.gru.bench.latency;

/** Does nothing: what is measured then is what the machine and the load generator add to everybody's times. */
public final class NoWork implements StepTarget {
    static final String NAME = "nothing";

    /** Makes one. */
    public NoWork() {
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void step(int stream) {
    }

    @Override
    public void close() {
    }
}
