package dev.gru.format.onnx;

import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.value.Value;

/** Finds out what the nodes of a graph put out. */
interface Evaluation {
    /**
     * Returns the outputs of a node.
     *
     * @throws ModelFormatException if its operator is not supported, or not on what it takes
     */
    List<? extends Value> results(Node node) throws ModelFormatException;
}
