package dev.gru.bench.latency;

/** A target of the load: streams that take a step on request. For use by one thread. */
public interface StepTarget extends AutoCloseable {

    /** Returns its name in tables. */
    String name();

    /** Runs the next step of one stream, from 0 on, with prepared inputs. */
    void step(int stream);

    /** Frees what it holds. */
    @Override
    void close();
}
