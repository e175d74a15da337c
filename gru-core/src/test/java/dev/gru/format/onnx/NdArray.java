package dev.gru.format.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

import dev.gru.layer.Tensor;

/** An array of any number of dimensions, and the operations of ONNX that move its elements, the plainest way. */
@SuppressWarnings("ArrayRecordComponent")
record NdArray(int[] shape, double[] values) {
    /** No test has larger ones, but damaged graphs ask for them. */
    private static final int MAX_ELEMENTS = 1 << 20;

    static NdArray of(Tensor tensor) {
        double[] values = new double[Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.isInts() ? tensor.ints()[i] : tensor.floats()[i];
        }
        return new NdArray(tensor.shape(), values);
    }

    static NdArray zeros(int... shape) {
        int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (elements < 0 || elements > MAX_ELEMENTS) {
            throw new IllegalArgumentException("an array of shape " + Arrays.toString(shape));
        }
        return new NdArray(shape, new double[elements]);
    }

    static NdArray list(int... values) {
        return new NdArray(new int[]{values.length}, Arrays.stream(values).asDoubleStream().toArray());
    }

    int rank() {
        return shape.length;
    }

    int[] ints() {
        return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
    }

    private int offset(int[] at) {
        int offset = 0;
        for (int i = 0; i < shape.length; i++) {
            offset = offset * shape[i] + at[i];
        }
        return offset;
    }

    double at(int... index) {
        return values[offset(index)];
    }

    void set(double value, int... index) {
        values[offset(index)] = value;
    }

    /** Returns the index of an element, counted in order. */
    private int[] index(int element) {
        int[] index = new int[shape.length];
        int rest = element;
        for (int i = shape.length - 1; i >= 0; i--) {
            index[i] = rest % shape[i];
            rest /= shape[i];
        }
        return index;
    }

    NdArray withShape(int... dims) {
        return new NdArray(dims, values);
    }

    NdArray transpose(int[] order) {
        NdArray result = zeros(Arrays.stream(order).map(axis -> shape[axis]).toArray());
        for (int i = 0; i < values.length; i++) {
            int[] to = result.index(i);
            int[] from = new int[order.length];
            for (int k = 0; k < order.length; k++) {
                from[order[k]] = to[k];
            }
            result.values[i] = at(from);
        }
        return result;
    }

    /** Returns the elements at the given places of an axis. */
    NdArray take(int axis, int... places) {
        int[] dims = shape.clone();
        dims[axis] = places.length;
        NdArray result = zeros(dims);
        for (int i = 0; i < result.values.length; i++) {
            int[] from = result.index(i);
            from[axis] = places[from[axis]];
            result.values[i] = at(from);
        }
        return result;
    }

    static NdArray concat(List<NdArray> parts, int axis) {
        int[] dims = parts.getFirst().shape.clone();
        dims[axis] = parts.stream().mapToInt(part -> part.shape[axis]).sum();
        NdArray result = zeros(dims);
        int start = 0;
        for (NdArray part : parts) {
            for (int i = 0; i < part.values.length; i++) {
                int[] to = part.index(i);
                to[axis] += start;
                result.set(part.values[i], to);
            }
            start += part.shape[axis];
        }
        return result;
    }

    NdArray map(DoubleUnaryOperator function) {
        return new NdArray(shape, Arrays.stream(values).map(function).toArray());
    }

    /** Returns this array stretched along dimensions of size 1, and with more of them in front. */
    NdArray expand(int... dims) {
        NdArray result = zeros(dims);
        for (int i = 0; i < result.values.length; i++) {
            int[] to = result.index(i);
            int[] from = new int[rank()];
            for (int k = 0; k < from.length; k++) {
                from[k] = shape[k] == 1 ? 0 : to[to.length - from.length + k];
            }
            result.values[i] = at(from);
        }
        return result;
    }

    static int[] broadcast(int[] a, int[] b) {
        int rank = Math.max(a.length, b.length);
        return IntStream.range(0, rank).map(i -> {
            int x = i < rank - a.length ? 1 : a[i - rank + a.length];
            int y = i < rank - b.length ? 1 : b[i - rank + b.length];
            return x == 1 ? y : x;
        }).toArray();
    }

    NdArray with(NdArray other, DoubleBinaryOperator operator) {
        int[] dims = broadcast(shape, other.shape);
        NdArray a = expand(dims);
        NdArray b = other.expand(dims);
        NdArray result = zeros(dims);
        for (int i = 0; i < result.values.length; i++) {
            result.values[i] = operator.applyAsDouble(a.values[i], b.values[i]);
        }
        return result;
    }

    /** Returns the product of the last dimension with a matrix. */
    NdArray times(NdArray matrix) {
        int[] dims = shape.clone();
        int inner = dims[dims.length - 1];
        int columns = matrix.shape[1];
        dims[dims.length - 1] = columns;
        NdArray result = zeros(dims);
        for (int i = 0; i < result.values.length; i++) {
            double sum = 0;
            for (int k = 0; k < inner; k++) {
                sum += values[i / columns * inner + k] * matrix.at(k, i % columns);
            }
            result.values[i] = sum;
        }
        return result;
    }
}
