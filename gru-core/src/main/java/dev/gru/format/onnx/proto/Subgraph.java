package dev.gru.format.onnx.proto;

import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;

/**
 * A graph in an attribute of a node, such as the body of a loop: it sees the values of the graph around it.
 *
 * @param nodes its nodes, in order
 * @param initializers its constants, by name
 * @param inputs the names of its inputs
 * @param outputs the names of its outputs
 */
public record Subgraph(List<Node> nodes, Map<String, Tensor.Source> initializers, List<String> inputs,
        List<String> outputs) {
    /** A graph in the file, taken apart when it is asked for. */
    public interface Source {
        /**
         * Takes the graph apart.
         *
         * @throws ModelFormatException if something in it is there twice
         */
        Subgraph read() throws ModelFormatException;
    }

    /** Copies what can be copied. */
    public Subgraph {
        nodes = List.copyOf(nodes);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
