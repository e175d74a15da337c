package dev.gru.format.onnx.value;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.internal.Printable;
import dev.gru.layer.Signature;

/**
 * An array that goes through an ONNX graph, from the inputs on: where its values come from, and how its dimensions are
 * laid out.
 *
 * <p>Exporters transpose, squeeze and reshape between layers. None of that changes a value, so here it changes the
 * layout only. A dimension is a list of axes, slowest first: none for one of size 1, several where a reshape made one
 * dimension of them.
 *
 * @param origin what the values are
 * @param first of those values, which come first: of an output, its first feature; of states, the first state
 * @param index the axes that count those values, slowest first: the features of an output, and before them the
 *     directions that put them out; of states, which one
 * @param dims the dimensions, slowest first
 * @param wholeNumbers whether the values are whole numbers
 */
public record Flow(Origin origin, int first, List<FlowAxis> index, List<List<FlowAxis>> dims, boolean wholeNumbers)
        implements
            Value {

    /** What values are. */
    public sealed interface Origin {
    }

    /**
     * Those of an input of the graph.
     *
     * @param name its name
     */
    public record Input(String name) implements Origin {
    }

    /**
     * Features of a value of the model.
     *
     * @param stage the number of the stage that makes it
     */
    public record Output(int stage) implements Origin {
    }

    /** States after the last step. */
    public record States() implements Origin {
    }

    /** Copies the lists. */
    public Flow {
        index = List.copyOf(index);
        dims = dims.stream().map(List::copyOf).toList();
    }

    /** Returns the number of dimensions. */
    public int rank() {
        return dims.size();
    }

    /** Returns how many features or states it has; of an input that nothing was selected from, 1. */
    public int count() {
        return Math.toIntExact(FlowAxis.elements(index));
    }

    /** Returns whether there is a value for every step. */
    public boolean hasSteps() {
        return dims.stream().flatMap(List::stream).anyMatch(axis -> axis.role() == Signature.Axis.STEP);
    }

    /** Returns whether there is a dimension that says of which direction or layer a state is, and nothing else. */
    public boolean hasDirections() {
        return dims.stream().anyMatch(dim -> !dim.isEmpty()
                && dim.stream().allMatch(axis -> axis.role() == Signature.Axis.DIRECTION));
    }

    /**
     * Returns whether an axis can be left out or put anywhere: it is of size 1 and not that of the batch or the steps.
     */
    public static boolean isSpare(FlowAxis axis) {
        return axis.isOne() && axis.role() != Signature.Axis.BATCH && axis.role() != Signature.Axis.STEP;
    }

    /** Returns the axes that have a place of their own. */
    public static List<FlowAxis> withoutSpare(List<FlowAxis> axes) {
        return axes.stream().filter(axis -> !isSpare(axis)).toList();
    }

    /** Returns the same values in another layout. */
    public Flow withDims(List<? extends List<FlowAxis>> layout) {
        return new Flow(origin, first, index, layout.stream().<List<FlowAxis>>map(List::copyOf).toList(),
                wholeNumbers);
    }

    /** Returns the dimensions with one of them replaced. */
    public List<List<FlowAxis>> dimsWith(int dim, List<FlowAxis> axes) {
        List<List<FlowAxis>> changed = new ArrayList<>(dims);
        changed.set(dim, axes);
        return changed;
    }

    /** Returns the array with its dimensions in another order. */
    public Flow transpose(int[] order) {
        List<List<FlowAxis>> permuted = new ArrayList<>();
        for (int dim : order) {
            permuted.add(dims.get(dim));
        }
        return withDims(permuted);
    }

    /** Returns the array with dimensions of size 1 at the given places of the result. */
    public Flow unsqueeze(Node node, int[] places) throws ModelFormatException {
        List<List<FlowAxis>> wider = new ArrayList<>(Collections.nCopies(rank() + places.length, null));
        if (wider.size() > Tensor.MAX_RANK) {
            throw node.error("makes " + wider.size() + " dimensions, at most " + Tensor.MAX_RANK
                    + " are supported");
        }
        for (int place : places) {
            wider.set(place, List.of());
        }
        int next = 0;
        for (int i = 0; i < wider.size(); i++) {
            if (wider.get(i) == null && next < rank()) {
                wider.set(i, dims.get(next++));
            }
        }
        if (next < rank() || wider.contains(null)) {
            throw node.error("names an axis twice");
        }
        return withDims(wider);
    }

    /** Returns whether a dimension can be left out. */
    public boolean isDroppable(int dim) {
        return dims.get(dim).stream().allMatch(Flow::isSpare);
    }

    /** Returns the array without the given dimensions. */
    public Flow squeeze(Node node, int[] places) throws ModelFormatException {
        List<List<FlowAxis>> kept = new ArrayList<>(dims);
        List<FlowAxis> counted = new ArrayList<>(index);
        for (int place : places) {
            if (!isDroppable(place)) {
                throw node.error("leaves out the axis " + place + ", which is " + dims.get(place)
                        + "; it must be one of size 1, and not that of the batch or of the steps");
            }
            counted.removeAll(dims.get(place));
            kept.set(place, null);
        }
        kept.removeIf(dim -> dim == null);
        return new Flow(origin, first, counted, kept, wholeNumbers);
    }

    /**
     * Returns the array in other dimensions.
     *
     * @param sizes how long each is; -1 for what is left over, 0 for that of the same place unless zeros count
     * @param zerosCount whether 0 is a size like any other
     */
    public Flow reshape(Node node, List<Size> sizes, boolean zerosCount) throws ModelFormatException {
        if (sizes.size() > Tensor.MAX_RANK) {
            throw node.error("makes " + sizes.size() + " dimensions, at most " + Tensor.MAX_RANK
                    + " are supported");
        }
        List<FlowAxis> flat = dims.stream().flatMap(List::stream).toList();
        List<List<FlowAxis>> shaped = new ArrayList<>(Collections.nCopies(sizes.size(), List.of()));
        int wild = 0;
        while (wild < sizes.size() && !sizes.get(wild).is(-1)) {
            wild++;
        }
        int from = 0;
        for (int i = 0; i < wild; i++) {
            int length = run(flat.subList(from, flat.size()), dims(i, false, zerosCount, sizes), sizes.get(i));
            shaped.set(i, take(node, flat, from, from + length, sizes));
            from += length;
        }
        int to = flat.size();
        for (int i = sizes.size() - 1; i > wild; i--) {
            int length = run(flat.subList(from, to).reversed(), dims(i, true, zerosCount, sizes), sizes.get(i));
            shaped.set(i, take(node, flat, to - length, to, sizes));
            to -= length;
        }
        List<FlowAxis> rest = flat.subList(from, to);
        if (wild < sizes.size()) {
            shaped.set(wild, rest);
        } else if (!withoutSpare(rest).isEmpty()) {
            throw misfit(node, sizes);
        } else if (!sizes.isEmpty()) {
            shaped.set(wild - 1, Stream.concat(shaped.get(wild - 1).stream(), rest.stream()).toList());
        }
        return withDims(shaped);
    }

    /** Returns the axes that a size of 0 stands for, or null if the size is one of its own. */
    private List<FlowAxis> dims(int dim, boolean reversed, boolean zerosCount, List<Size> sizes) {
        if (zerosCount || !sizes.get(dim).is(0) || dim >= rank()) {
            return null;
        }
        return reversed ? dims.get(dim).reversed() : dims.get(dim);
    }

    /** Returns how many axes from the beginning of a list are the given ones or have a size together; -1 if none. */
    private static int run(List<FlowAxis> axes, List<FlowAxis> copied, Size size) {
        if (copied != null) {
            int length = copied.size();
            return length <= axes.size() && axes.subList(0, length).equals(copied) ? length : -1;
        }
        int length = size.is(1) && !axes.isEmpty() && axes.getFirst().isOne() ? 1 : 0;
        while (length <= axes.size()) {
            if (Size.of(axes.subList(0, length)).isSame(size)) {
                return length;
            }
            length++;
        }
        return -1;
    }

    private List<FlowAxis> take(Node node, List<FlowAxis> flat, int from, int to, List<Size> sizes)
            throws ModelFormatException {
        if (from < 0 || to < from || to > flat.size()) {
            throw misfit(node, sizes);
        }
        return flat.subList(from, to);
    }

    private ModelFormatException misfit(Node node, List<Size> sizes) {
        return node.error("cannot make " + Printable.of(sizes.toString()) + " of the axes "
                + Printable.of(dims.toString()));
    }
}
