package dev.gru.format.onnx.value;

import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.value.Value.Constant;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;

/**
 * The values that a node takes.
 *
 * @param node the node, which messages name
 * @param values its inputs, in order; null for one that is left out
 */
public record Operands(Node node, List<Value> values) {

    /** Returns an operand that must be there. */
    public Value get(int index) throws ModelFormatException {
        if (!has(index)) {
            throw node.error("has no input " + index);
        }
        return values.get(index);
    }

    /** Returns whether an operand is there. */
    public boolean has(int index) {
        return index < values.size() && values.get(index) != null;
    }

    /**
     * Returns whole numbers that are constants: an attribute, or in later versions an input; null if there is neither.
     */
    public long[] numbers(int index, String attribute)
            throws ModelFormatException {
        if (!attribute.isEmpty() && node.has(attribute)) {
            return node.list(attribute, Long.class, List.of()).stream().mapToLong(Long::longValue).toArray();
        }
        if (!has(index)) {
            return null;
        }
        if (values.get(index) instanceof Constant(Tensor tensor) && tensor.longs() != null
                && tensor.rank() <= 1) {
            return tensor.longs();
        }
        throw node.error("its input " + index + " must be a constant list of whole numbers");
    }

    /** Returns numbers of which there are no more than dimensions; otherwise the same as {@link #numbers}. */
    public long[] perAxis(int index, String attribute)
            throws ModelFormatException {
        long[] numbers = numbers(index, attribute);
        if (numbers != null && numbers.length > Tensor.MAX_RANK) {
            throw node.error("has numbers for " + numbers.length + " dimensions, at most " + Tensor.MAX_RANK
                    + " are supported");
        }
        return numbers;
    }
}
