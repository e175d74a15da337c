package dev.gru.format.onnx.proto;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What an ONNX file says, in plain values; nothing is checked yet but that it could be read.
 *
 * @param file what messages call the file
 * @param bytes how large it is, with the files beside it that have been opened so far
 * @param opset the version of ONNX's own operators that its nodes are of
 * @param nodes its nodes, in order
 * @param initializers its constants, by name
 * @param inputs its inputs; constants may be among them
 * @param outputs the names of its outputs
 */
public record Model(String file, LongSupplier bytes, long opset, List<Node> nodes,
        Map<String, Tensor.Source> initializers, List<Input> inputs, List<String> outputs) {

    /** What the elements of an array are. */
    public enum Elements {
        /** Floating-point numbers of any width. */
        FLOATS,
        /** Whole numbers of any width. */
        WHOLE_NUMBERS,
        /** Anything else. */
        OTHER
    }

    /**
     * An input.
     *
     * @param name its name
     * @param elements what it holds
     * @param sizes its dimensions, 0 for one that only a run knows; null if the file does not say how many there are
     */
    public record Input(String name, Elements elements, List<Long> sizes) {
    }

    /** Copies what can be copied. */
    public Model {
        nodes = List.copyOf(nodes);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
