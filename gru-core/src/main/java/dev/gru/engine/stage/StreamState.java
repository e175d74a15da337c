package dev.gru.engine.stage;

/** The place where a stage finds the states of its streams, which change from run to run. */
public final class StreamState {
    /** The states, (rows, state size), from which the next run continues and which it updates. */
    public float[] values;
}
