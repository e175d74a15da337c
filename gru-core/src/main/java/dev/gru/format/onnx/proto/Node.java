package dev.gru.format.onnx.proto;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;

/**
 * One node of an ONNX graph, with checks that name it when they fail.
 *
 * @param file what messages call the file
 * @param name its name, often empty
 * @param opType the operator
 * @param inputs the names of its inputs, empty for one that is left out
 * @param outputs the names of its outputs, empty for one that is left out
 * @param attributes its attributes: Float, Long, String, {@link Tensor.Source}, {@link Subgraph.Source} or a
 *     list of one of the first three; anything else is of a type that no node here has
 */
public record Node(String file, String name, String opType, List<String> inputs, List<String> outputs,
        Map<String, Object> attributes) {
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

    /** Copies the lists. */
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Returns a name for the layer that the node becomes: its own, or that of its first output. */
    public String label() {
        return Printable.of(name.isEmpty()
                ? outputs.stream().filter(output -> !output.isEmpty()).findFirst().orElse("")
                : name);
    }

    /** Returns an exception that names this node and its operator. */
    public ModelFormatException error(String problem) {
        return new ModelFormatException(file + ": node \"" + label() + "\" (" + Printable.of(opType)
                + "): " + problem);
    }

    /**
     * Adds the names of all that the node depends on: its inputs, and what the graphs in it take from the graph around.
     *
     * @param names where to, perhaps with names that nothing outside of it has
     */
    public void addDependencies(Set<String> names) throws ModelFormatException {
        names.addAll(inputs);
        for (Object attribute : attributes.values()) {
            if (attribute instanceof Subgraph.Source source) {
                Subgraph graph = source.read();
                names.addAll(graph.outputs());
                for (Node node : graph.nodes()) {
                    node.addDependencies(names);
                }
            }
        }
    }

    /** Returns the name of an input, or nothing if it is left out. */
    public String input(int index) {
        return index < inputs.size() ? inputs.get(index) : "";
    }

    /** Returns whether an input is there. */
    public boolean hasInput(int index) {
        return !input(index).isEmpty();
    }

    /** Checks that the node has at most that many inputs, and no attributes but the given ones. */
    public void requireOnly(int mostInputs, String... known) throws ModelFormatException {
        if (inputs.size() > mostInputs) {
            throw error("has " + inputs.size() + " inputs, at most " + mostInputs + " are known");
        }
        Set<String> names = Set.of(known);
        for (String attribute : attributes.keySet()) {
            if (!names.contains(attribute)) {
                throw error("the attribute " + Printable.quoted(attribute) + " is not supported");
            }
        }
    }

    /** Returns whether the attribute is there. */
    public boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    /** Returns a whole number. */
    public long integer(String attribute, long otherwise) throws ModelFormatException {
        return has(attribute) ? require(attribute, Long.class, "a whole number") : otherwise;
    }

    /** Returns a truth value, which ONNX writes as 0 or another number. */
    public boolean flag(String attribute) throws ModelFormatException {
        return integer(attribute, 0) != 0;
    }

    /** Returns a number. */
    public float number(String attribute, float otherwise) throws ModelFormatException {
        return has(attribute) ? require(attribute, Float.class, "a number") : otherwise;
    }

    /** Returns a text. */
    public String text(String attribute, String otherwise) throws ModelFormatException {
        return has(attribute) ? require(attribute, String.class, "a text") : otherwise;
    }

    /** Returns a constant. */
    public Tensor tensor(String attribute) throws ModelFormatException {
        return require(attribute, Tensor.Source.class, "a tensor").read();
    }

    /** Returns a graph. */
    public Subgraph graph(String attribute) throws ModelFormatException {
        return require(attribute, Subgraph.Source.class, "a graph").read();
    }

    /** Returns a list of numbers, texts or whole numbers. */
    public <T> List<T> list(String attribute, Class<T> type, List<T> otherwise) throws ModelFormatException {
        if (!has(attribute)) {
            return otherwise;
        }
        List<?> values = require(attribute, List.class, "a list");
        if (!values.stream().allMatch(type::isInstance)) {
            throw error(attribute + " must be a list of " + type.getSimpleName() + " values");
        }
        return values.stream().<T>map(type::cast).toList();
    }

    /**
     * Returns an axis as an index.
     *
     * @param axis the axis, counted from the end if it is negative
     * @param rank how many there are
     */
    public int axis(long axis, int rank) throws ModelFormatException {
        if (axis < -rank || axis >= rank) {
            throw error("the axis " + axis + " is not one of " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /** Returns axes, or places along one, as indexes; the arguments are those of {@link #axis}. */
    public int[] axes(long[] axes, int rank) throws ModelFormatException {
        int[] places = new int[axes.length];
        for (int i = 0; i < places.length; i++) {
            places[i] = axis(axes[i], rank);
        }
        return places;
    }

    private <T> T require(String attribute, Class<T> type, String description) throws ModelFormatException {
        Object value = attributes.get(attribute);
        if (!type.isInstance(value)) {
            throw error(value == null
                    ? "has no attribute " + attribute
                    : "the attribute " + attribute + " must be " + description);
        }
        return type.cast(value);
    }
}
