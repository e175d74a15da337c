package dev.gru.bench.latency;

/**
 * Spins for a given time: any latency beyond it is added by the machine and the load generator, and is part of the
 * latency of any other target, too.
 */
public final class BusyLoop implements StepTarget {
    static final String NAME = "busy loop";

    private long nanos;

    /** Creates a loop that takes no time. */
    public BusyLoop() {
    }

    /** Sets the duration of a step, in ns. */
    public void setNanos(double nanos) {
        this.nanos = Math.round(nanos);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void step(int stream) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
    }
}
