package dev.gru.format.onnx.proto;

import java.util.Arrays;

import dev.gru.format.file.ModelFormatException;

/**
 * A constant of an ONNX graph: floats, or whole numbers of any width.
 *
 * @param shape its dimensions, slowest first
 * @param data the values, row-major; tensors that differ in their dimensions alone share them
 */
@SuppressWarnings("ArrayRecordComponent") // for one thread, and not changed once it is in here
public record Tensor(int[] shape, Data data) {
    /** ONNX has no bound, but nothing around a GRU comes near this one. */
    public static final int MAX_RANK = 16;

    /** No array here has more dimensions than {@link #MAX_RANK}, but a shape may be put together of several. */
    public static final int MAX_SHAPE = 64;

    /** A tensor in the file, decoded when it is asked for. */
    public interface Source {
        /**
         * Decodes the tensor.
         *
         * @throws ModelFormatException if its data do not fit its type and dimensions, or are not in the file
         */
        Tensor read() throws ModelFormatException;
    }

    /**
     * Values, and what has been found out about them: a graph may use a constant any number of times, so it must be
     * looked at once only. For use by one thread.
     */
    public static final class Data {
        private final float[] floats;
        private final long[] longs;
        /** Null until it is asked for. */
        private Boolean zero;

        private Data(float[] floats, long[] longs) {
            this.floats = floats;
            this.longs = longs;
        }

        private boolean isZero() {
            if (zero == null) {
                zero = floats != null ? areZero(floats) : Arrays.stream(longs).allMatch(value -> value == 0);
            }
            return zero;
        }

        private static boolean areZero(float[] values) {
            for (float value : values) {
                if (value != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Returns floats. */
    public static Tensor of(float[] values, int... shape) {
        return new Tensor(shape, new Data(values, null));
    }

    /** Returns whole numbers. */
    public static Tensor of(long[] values, int... shape) {
        return new Tensor(shape, new Data(null, values));
    }

    /** Returns the values, row-major; null if they are whole numbers. */
    public float[] floats() {
        return data.floats;
    }

    /** Returns the values, row-major; null if they are floats. */
    public long[] longs() {
        return data.longs;
    }

    /** Returns whether it can be a shape, or a part of one. */
    public boolean mayBeShape() {
        return longs() != null && rank() <= 1 && length() <= MAX_SHAPE;
    }

    /** Returns the number of dimensions. */
    public int rank() {
        return shape.length;
    }

    /** Returns the number of values. */
    public int length() {
        return data.floats != null ? data.floats.length : data.longs.length;
    }

    /** Returns the same values with other dimensions, which must ask for as many. */
    public Tensor withShape(int... dimensions) {
        return new Tensor(dimensions, data);
    }

    /** Returns the array of the values, of either type. */
    public Object values() {
        return data.floats != null ? data.floats : data.longs;
    }

    /** Returns a tensor of this one's type on an array of that type. */
    public Tensor withValues(Object values, int... dimensions) {
        return data.floats != null ? of((float[]) values, dimensions) : of((long[]) values, dimensions);
    }

    /** Returns a new array of this tensor's type. */
    public Object newValues(int length) {
        return data.floats != null ? new float[length] : new long[length];
    }

    /** Returns whether every value is 0. */
    public boolean isZero() {
        return data.isZero();
    }

    @Override
    public String toString() {
        return (data.floats != null ? "floats" : "whole numbers") + " of shape " + Arrays.toString(shape);
    }
}
