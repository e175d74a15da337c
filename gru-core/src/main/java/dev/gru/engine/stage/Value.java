package dev.gru.engine.stage;

/**
 * One value of a graph at work: an input of the model or the output of a layer, with its mask. Stages that read it see
 * what the stage before them has written.
 */
public final class Value {
    /** Features of each step, or of a vector; 1 for token ids. */
    public final int size;
    /** The largest number of steps with the largest number of rows; with fewer rows it may be more. */
    public final int maxSteps;
    /**
     * The features, (rows, steps, size): the array that is written, or another that holds them as they are. Null for
     * tokens, and for an embedding whose tokens are all that is read.
     */
    public float[] data;
    /** The token ids, (rows, steps), of an input that takes tokens or an embedding of it; otherwise null. */
    public int[] tokens;
    /** Steps of each row in the current run; 1 for a vector. */
    public int steps;
    /** Which steps are not masked, (rows, steps), or null if none ever is. */
    public boolean[] mask;
    /** Which steps are within the lengths of their rows, (rows, steps), or null if all are. */
    public boolean[] within;

    /** Describes a value, whose array comes later. */
    public Value(int size, int maxSteps) {
        this.size = size;
        this.maxSteps = maxSteps;
    }

    /** Sets the array; the field is written only if it is another, as garbage collectors watch such writes. */
    @SuppressWarnings("ReferenceEquality") // identity is the question
    public void use(float[] array) {
        if (data != array) {
            data = array;
        }
    }
}
