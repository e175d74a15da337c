package dev.gru.bench.latency;

/** Streams that take steps when they are asked to; what the load is put on. For use by one thread. */
public interface StepTarget extends AutoCloseable {

    /** Returns what it is, in tables. */
    String name();

    /** Takes the next step of one stream, 0 to streams - 1, with inputs that are at hand. */
    void step(int stream);

    /** Frees what it holds. */
    @Override
    void close();
}
