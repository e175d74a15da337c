package dev.gru.format.onnx.value;

import java.util.List;

import dev.gru.layer.Signature;

/**
 * A dimension of an array that goes through an ONNX graph. What it means becomes known where the array meets a layer.
 *
 * <p>Two arrays that share an axis share the object. For use by one thread.
 */
public final class FlowAxis {
    /** Where the size is one that only a run knows. */
    public static final long UNKNOWN = 0;

    private final Known known;
    private final boolean reversed;
    /** The same axis from the other end, or null until it is asked for. */
    private FlowAxis mirror;

    /** What is known of an axis, from whichever end it is seen. */
    private static final class Known {
        private Signature.Axis role;
        private long size;
    }

    /**
     * Makes an axis.
     *
     * @param role what it means, or null if that is not known yet
     * @param size its size or {@link #UNKNOWN}
     */
    public FlowAxis(Signature.Axis role, long size) {
        this(new Known(), false);
        known.role = role;
        known.size = size;
    }

    private FlowAxis(Known known, boolean reversed) {
        this.known = known;
        this.reversed = reversed;
    }

    /** Returns the same axis with its elements from the last to the first. */
    public FlowAxis mirrored() {
        if (mirror == null) {
            mirror = new FlowAxis(known, !reversed);
            mirror.mirror = this;
        }
        return mirror;
    }

    /** Returns whether its elements are from the last to the first. */
    public boolean isReversed() {
        return reversed;
    }

    /** Returns the number of elements along some axes whose sizes are known, or a larger one than any array has. */
    public static long elements(List<FlowAxis> axes) {
        return axes.stream().mapToLong(FlowAxis::size).reduce(1,
                (a, b) -> Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE);
    }

    /** Returns what it means, or null if that is not known yet. */
    public Signature.Axis role() {
        return known.role;
    }

    /** Returns its size or {@link #UNKNOWN}. */
    public long size() {
        return known.size;
    }

    /** Returns whether its size is known to be 1. */
    public boolean isOne() {
        return known.size == 1;
    }

    /** Returns whether it has this meaning, or none yet. */
    public boolean canBe(Signature.Axis meaning) {
        return known.role == null || known.role == meaning;
    }

    /** Gives it a meaning, which must be one that it {@linkplain #canBe can have}. */
    public void become(Signature.Axis meaning) {
        if (!canBe(meaning)) {
            throw new IllegalArgumentException("the axis must be that of " + meaning + ", is " + this);
        }
        known.role = meaning;
    }

    /** Returns whether it has this size, or none that is known yet. */
    public boolean canHave(long elements) {
        return known.size == UNKNOWN || known.size == elements;
    }

    /** Gives it a size, which must be one that it {@linkplain #canHave can have}. */
    public void resize(long elements) {
        if (!canHave(elements)) {
            throw new IllegalArgumentException("the axis must have the size " + elements + ", is " + this);
        }
        known.size = elements;
    }

    /**
     * Returns whether two axes are the same, or one cannot tell them apart: all batches are one, and so are all steps.
     */
    public boolean isLike(FlowAxis other) {
        if (this == other) {
            return true;
        }
        boolean sizes = known.size == other.known.size;
        boolean comparable = sizes || known.role == Signature.Axis.BATCH || (known.role == Signature.Axis.STEP
                && (known.size == UNKNOWN || other.known.size == UNKNOWN));
        return known.role != null && known.role == other.known.role && comparable;
    }

    @Override
    public String toString() {
        return (known.role == null ? "?" : known.role.toString()) + (known.size == UNKNOWN ? "" : " " + known.size)
                + (reversed ? " reversed" : "");
    }
}
