package dev.gru.format;

import java.util.Arrays;

/**
 * A constant of an ONNX graph: floats, or whole numbers of any width.
 *
 * @param shape its dimensions, slowest first
 * @param floats the values, row-major; null if they are whole numbers
 * @param longs the values, row-major; null if they are floats
 */
@SuppressWarnings("ArrayRecordComponent") // large arrays, of one thread, not changed once they are in here
record OnnxTensor(int[] shape, float[] floats, long[] longs) {
    /** ONNX has no bound, but nothing around a GRU comes near this one. */
    static final int MAX_RANK = 16;

    /** A tensor in the file, decoded when it is asked for. */
    interface Source {
        /**
         * Decodes the tensor.
         *
         * @throws ModelFormatException if its data do not fit its type and dimensions, or are not in the file
         */
        OnnxTensor read() throws ModelFormatException;
    }

    /** Returns floats. */
    static OnnxTensor of(float[] values, int... shape) {
        return new OnnxTensor(shape, values, null);
    }

    /** Returns whole numbers. */
    static OnnxTensor of(long[] values, int... shape) {
        return new OnnxTensor(shape, null, values);
    }

    /** Returns the number of dimensions. */
    int rank() {
        return shape.length;
    }

    /** Returns the number of values. */
    int length() {
        return floats != null ? floats.length : longs.length;
    }

    /** Returns the same values with other dimensions, which must ask for as many. */
    OnnxTensor withShape(int... dimensions) {
        return new OnnxTensor(dimensions, floats, longs);
    }

    /** Returns the array of the values, of either type. */
    Object values() {
        return floats != null ? floats : longs;
    }

    /** Returns a tensor of this one's type on an array of that type. */
    OnnxTensor withValues(Object values, int... dimensions) {
        return floats != null ? of((float[]) values, dimensions) : of((long[]) values, dimensions);
    }

    /** Returns a new array of this tensor's type. */
    Object newValues(int length) {
        return floats != null ? new float[length] : new long[length];
    }

    /** Returns whether every value is 0. */
    boolean isZero() {
        if (floats != null) {
            for (float value : floats) {
                if (value != 0) {
                    return false;
                }
            }
            return true;
        }
        return Arrays.stream(longs).allMatch(value -> value == 0);
    }

    @Override
    public String toString() {
        return (floats != null ? "floats" : "whole numbers") + " of shape " + Arrays.toString(shape);
    }
}
