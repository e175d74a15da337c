package dev.gru.format.shared;

import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;

/**
 * What a model may need for a step and keep from step to step: as much as the size of its file justifies. A convolution
 * keeps the inputs of a window, and an array that goes through no weights has features, as many as a number in a file
 * says.
 */
public final class StateLimit {
    /** What small files may have too. Memory for the steps of 64 streams is allocated with the first of them. */
    private static final long FLOATS = 1 << 15;
    private static final int FLOATS_PER_BYTE = 2;

    private StateLimit() {
    }

    /** Returns a model whose states are not too large, of a file that was opened. */
    public static Graph require(HeldFile file, Graph model) throws ModelFormatException {
        return require(file.where(), file.size(), model);
    }

    /**
     * Returns a model whose states are not too large.
     *
     * @param where what messages call its file
     * @param bytes how large that is
     * @throws ModelFormatException if they are
     */
    public static Graph require(String where, long bytes, Graph model) throws ModelFormatException {
        long left = FLOATS + FLOATS_PER_BYTE * bytes;
        for (int value = 0; value < model.inputs().size() + model.nodes().size(); value++) {
            if (model.shape(value).features() > left) {
                throw new ModelFormatException(where + ": " + Printable.of(name(model, value)) + " has the shape "
                        + model.shape(value) + ", more features than a file of " + bytes + " bytes justifies");
            }
        }
        for (Graph.Node node : model.nodes()) {
            List<Integer> sizes;
            try {
                sizes = node.layer().stateSizes(model.inputShapes(node));
            } catch (IllegalArgumentException e) {
                throw error(where, node, Printable.of(e));
            }
            left -= sizes.stream().mapToLong(Integer::longValue).sum();
            if (left < 0) {
                throw error(where, node, "its states " + sizes + " are larger than a file of " + bytes
                        + " bytes justifies");
            }
        }
        return model;
    }

    private static String name(Graph model, int value) {
        return value < model.inputs().size()
                ? "input " + model.inputs().get(value).name()
                : "layer " + model.nodes().get(value - model.inputs().size()).layer().name();
    }

    private static ModelFormatException error(String where, Graph.Node node, String problem) {
        return new ModelFormatException(where + ": layer " + Printable.quoted(node.layer().name()) + ": " + problem);
    }
}
