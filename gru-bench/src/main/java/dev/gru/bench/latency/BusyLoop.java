package dev.gru.bench.latency;

/**
 * Does nothing for a given time: what is measured beyond it is what the machine and the load generator add to every step
 * that takes so long, be it of whom it may.
 */
public final class BusyLoop implements StepTarget {
    static final String NAME = "a loop as long";

    private long nanos;

    /** Makes one that takes no time. */
    public BusyLoop() {
    }

    /** Has steps take so much time from now on, in ns. */
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
