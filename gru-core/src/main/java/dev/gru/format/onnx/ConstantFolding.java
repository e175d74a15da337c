package dev.gru.format.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Budget;

/** The operations on constants that exporters leave in their graphs. Each takes what it allocates out of a budget. */
final class ConstantFolding {
    private final Budget budget;

    /** Makes the operations. */
    ConstantFolding(Budget budget) {
        this.budget = budget;
    }

    /** Returns a tensor with its dimensions in another order. */
    Tensor transpose(Node node, Tensor tensor, int[] order) throws ModelFormatException {
        int rank = tensor.rank();
        int[] strides = new int[rank];
        int stride = 1;
        for (int i = rank - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= tensor.shape()[i];
        }
        int[] shape = Arrays.stream(order).map(axis -> tensor.shape()[axis]).toArray();
        budget.take(node, tensor.length());
        Object to = tensor.newValues(tensor.length());
        int[] at = new int[rank];
        int source = 0;
        for (int target = 0; target < tensor.length(); target++) {
            System.arraycopy(tensor.values(), source, to, target, 1);
            for (int axis = rank - 1; axis >= 0; axis--) {
                source += strides[order[axis]];
                if (++at[axis] < shape[axis]) {
                    break;
                }
                source -= strides[order[axis]] * shape[axis];
                at[axis] = 0;
            }
        }
        return tensor.withValues(to, shape);
    }

    /** Returns what is at some places of an axis that follow one another. */
    Tensor slice(Node node, Tensor tensor, int axis, int start, int length) throws ModelFormatException {
        budget.take(node, length);
        return select(node, tensor, axis, IntStream.range(start, start + length).toArray());
    }

    /** Returns what is at the given places of an axis, each counted from the end if it is negative. */
    Tensor gather(Node node, Tensor tensor, int axis, long[] at) throws ModelFormatException {
        budget.take(node, at.length);
        return select(node, tensor, axis, node.axes(at, tensor.shape()[axis]));
    }

    private Tensor select(Node node, Tensor tensor, int axis, int[] places) throws ModelFormatException {
        int[] shape = tensor.shape().clone();
        shape[axis] = places.length;
        long outer = elements(shape, 0, axis);
        int inner = Math.toIntExact(elements(shape, axis + 1, shape.length));
        int length = allocate(node, outer, inner, places.length);
        Object to = tensor.newValues(length);
        int target = 0;
        // An array without elements may have any number of blocks.
        for (int block = 0; block < outer && length > 0; block++) {
            for (int place : places) {
                System.arraycopy(tensor.values(), (block * tensor.shape()[axis] + place) * inner, to, target, inner);
                target += inner;
            }
        }
        return tensor.withValues(to, shape);
    }

    /** Returns tensors one after another along an axis. */
    Tensor concat(Node node, List<Tensor> tensors, int axis) throws ModelFormatException {
        Tensor first = tensors.getFirst();
        int[] shape = first.shape().clone();
        long size = 0;
        for (Tensor tensor : tensors) {
            int[] withThisSize = first.shape().clone();
            if (tensor.rank() == first.rank()) {
                withThisSize[axis] = tensor.shape()[axis];
            }
            if (!Arrays.equals(withThisSize, tensor.shape()) || first.floats() == null != (tensor.floats() == null)) {
                throw node.error("cannot join " + first + " and " + tensor);
            }
            size += tensor.shape()[axis];
        }
        long outer = elements(shape, 0, axis);
        int inner = Math.toIntExact(elements(shape, axis + 1, shape.length));
        int length = allocate(node, outer, inner, size);
        if (length > 0) {
            // Each block is put together of a run of each tensor, and a run may be empty.
            budget.take(node, Math.multiplyExact(outer, tensors.size()));
        }
        shape[axis] = Math.toIntExact(size);
        Object to = first.newValues(length);
        int target = 0;
        for (int block = 0; block < outer && length > 0; block++) {
            for (Tensor tensor : tensors) {
                int run = tensor.shape()[axis] * inner;
                System.arraycopy(tensor.values(), block * run, to, target, run);
                target += run;
            }
        }
        return first.withValues(to, shape);
    }

    /** Returns whole numbers as floats or the other way round, as asked for. */
    Tensor cast(Node node, Tensor tensor, boolean toFloats) throws ModelFormatException {
        if (toFloats == (tensor.floats() != null)) {
            return tensor;
        }
        budget.take(node, tensor.length());
        if (toFloats) {
            float[] floats = new float[tensor.length()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = tensor.longs()[i];
            }
            return Tensor.of(floats, tensor.shape());
        }
        long[] longs = new long[tensor.length()];
        Arrays.setAll(longs, i -> (long) tensor.floats()[i]);
        return Tensor.of(longs, tensor.shape());
    }

    private int allocate(Node node, long outer, long inner, long places) throws ModelFormatException {
        long length = Math.multiplyExact(Math.multiplyExact(outer, inner), places);
        budget.take(node, length);
        return Math.toIntExact(length);
    }

    private static long elements(int[] shape, int from, int to) {
        return Arrays.stream(shape, from, to).asLongStream().reduce(1, Math::multiplyExact);
    }
}
