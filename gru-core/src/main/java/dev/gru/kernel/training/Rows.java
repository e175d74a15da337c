package dev.gru.kernel.training;

import java.util.Objects;

/**
 * Where rows lie in an array of floats.
 *
 * <p>A view; the array is not copied. {@link #set} moves it, so that a loop which has one of its own need not make
 * others; who hands one on to others does not move it any more. Not safe for use by two threads while one of them moves
 * it.
 */
public final class Rows {
    private float[] values;
    private int from;
    private int stride;

    /** Makes a view of nothing, to be {@link #set}. */
    public Rows() {
        this(new float[0], 0, 0);
    }

    /**
     * Describes rows.
     *
     * @param values the array
     * @param from where the first row begins
     * @param stride from the beginning of a row to that of the next; 0 if all are the same one
     */
    public Rows(float[] values, int from, int stride) {
        this.values = Objects.requireNonNull(values, "values");
        this.from = from;
        this.stride = stride;
    }

    /** Returns the array itself. */
    public float[] values() {
        return values;
    }

    /** Returns how far it is from the beginning of a row to that of the next. */
    public int stride() {
        return stride;
    }

    /** Returns where a row begins. */
    public int place(int row) {
        return from + row * stride;
    }

    /** Returns the rows from row {@code row} on, without their first {@code column} elements. */
    public Rows at(int row, int column) {
        return new Rows(values, place(row) + column, stride);
    }

    /** Moves this view to the rows of another one that {@link #at} returns; returns this view. */
    public Rows set(Rows other, int row, int column) {
        int place = other.place(row) + column;
        values = other.values;
        stride = other.stride;
        from = place;
        return this;
    }
}
