package dev.gru.format;

import java.util.List;

/** What is known of a value in an ONNX graph without running it. */
sealed interface OnnxValue permits OnnxValue.Constant, OnnxValue.Sizes, OnnxValue.Fill, OnnxFlow {

    /**
     * All of it.
     *
     * @param tensor the value
     */
    record Constant(OnnxTensor tensor) implements OnnxValue {
    }

    /**
     * Whole numbers, some of which depend on the sizes of the inputs.
     *
     * @param scalar whether it is a single number; otherwise it has one dimension
     * @param elements the numbers
     */
    record Sizes(boolean scalar, List<OnnxSize> elements) implements OnnxValue {
        /** Copies the list. */
        public Sizes {
            elements = List.copyOf(elements);
        }
    }

    /**
     * An array that holds one value everywhere.
     *
     * @param element the value, one element of a constant or of sizes
     * @param shape its dimensions, or null if they are not followed any further
     */
    record Fill(OnnxValue element, List<OnnxSize> shape) implements OnnxValue {
        /** Returns the same with dimensions that are not followed. */
        Fill withoutShape() {
            return new Fill(element, null);
        }
    }

    /** Returns whether it is 0 everywhere. */
    default boolean isZero() {
        return switch (this) {
            case Constant(OnnxTensor tensor) -> tensor.isZero();
            case Fill fill -> fill.element().isZero();
            case Sizes _,OnnxFlow _ -> false;
        };
    }
}
