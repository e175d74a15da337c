package dev.gru.format.onnx.value;

import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.internal.Printable;

/** What is known of a value in an ONNX graph without running it. */
public sealed interface Value permits Value.Constant, Value.Sizes, Value.Fill, Flow {

    /**
     * All of it.
     *
     * @param tensor the value
     */
    public record Constant(Tensor tensor) implements Value {
    }

    /**
     * Whole numbers, some of which depend on the sizes of the inputs.
     *
     * @param scalar whether it is a single number; otherwise it has one dimension
     * @param elements the numbers
     */
    public record Sizes(boolean scalar, List<Size> elements) implements Value {
        /** Copies the list. */
        public Sizes {
            elements = List.copyOf(elements);
        }
    }

    /**
     * An array that holds one value everywhere, or a constant that is repeated along axes of which it has one element.
     *
     * @param element the value, one element of a constant or of sizes; or the constant
     * @param shape its dimensions, or null if they are not followed any further
     */
    public record Fill(Value element, List<Size> shape) implements Value {
        /** Returns whether it holds one value everywhere. */
        public boolean isUniform() {
            return !(element instanceof Constant(Tensor tensor)) || tensor.length() == 1 || tensor.isZero();
        }

        /** Returns the same with dimensions that are not followed, for a node that puts elements elsewhere. */
        public Fill withoutShape(Node node) throws ModelFormatException {
            if (!isUniform()) {
                throw unsupported(node);
            }
            return new Fill(element, null);
        }
    }

    /** Returns how many parts its layout has: dimensions, axes, and the numbers of a shape. */
    default int parts() {
        return switch (this) {
            case Constant(Tensor tensor) -> tensor.mayBeShape() ? 1 + tensor.length() : 1 + tensor.rank();
            case Sizes sizes -> 1 + parts(sizes.elements());
            case Fill fill -> 1 + (fill.shape() == null ? 0 : parts(fill.shape()));
            case Flow flow -> 1 + flow.index().size() + flow.rank()
                    + flow.dims().stream().mapToInt(List::size).sum();
        };
    }

    private static int parts(List<Size> sizes) {
        return sizes.size() + sizes.stream().mapToInt(size -> size.axes().size()).sum();
    }

    /** Returns whether it is 0 everywhere. */
    default boolean isZero() {
        return switch (this) {
            case Constant(Tensor tensor) -> tensor.isZero();
            case Fill fill -> fill.element().isZero();
            case Sizes _,Flow _ -> false;
        };
    }

    /** Returns an exception for a node whose operator is not supported on this value. */
    default ModelFormatException unsupported(Node node) {
        return node.error(switch (this) {
            case Flow flow -> "is not supported on an array " + Printable.of(flow.dims().toString())
                    + " that depends on the inputs";
            case Constant(Tensor tensor) -> "is not supported on " + tensor;
            case Sizes _,Fill _ -> "is not supported on what only a run knows";
        });
    }
}
