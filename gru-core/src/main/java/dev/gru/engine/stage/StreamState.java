package dev.gru.engine.stage;

/** The place where a stage finds the states of its streams, which change from run to run. */
public final class StreamState {
    /** The states, (rows, state size), from which the next run continues and which it updates. */
    public float[] values;

    /** Sets the array; the field is written only if it is another, as garbage collectors watch such writes. */
    @SuppressWarnings("ReferenceEquality") // identity is the question
    public void use(float[] array) {
        if (values != array) {
            values = array;
        }
    }
}
