package dev.gru.format.onnx.value;

import java.util.function.LongSupplier;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;

/**
 * How much work a reader may still do for one file: elements of constants that are looked at, copied or allocated, and
 * what shapes and layouts are made of. A file that uses a constant a few times is common; one that asks for a thousand
 * copies of it wants to fill the memory.
 *
 * <p>Everything that a node takes and that is not in the node itself, name by name or number by number, is taken from
 * the budget before it is done. So a file takes time and memory in proportion to its size, whatever its graph says:
 * about four bytes of memory for each element, so 16 for each byte of the file, beside what it takes to read all of it
 * once.
 *
 * <p>For use by one thread.
 */
public final class Budget {
    /**
     * Weights are cut up, put together in another order and copied into layers, for which exporters need five copies at
     * most.
     */
    private static final long COPIES = 16;
    /** Shapes and the like, which need no weights: some hundred nodes. */
    private static final long FREE = 1 << 18;
    /** What an axis, or a number of a shape, takes more than an element of a constant: they are objects in lists. */
    private static final int PART = 16;

    /**
     * What a float takes in a file at least: layers hold no more of them than the file does, or than a few shared
     * layers.
     */
    private static final int SMALLEST_FLOAT = Short.BYTES;

    private final LongSupplier bytes;
    private long taken;
    private long takenForLayers;

    /**
     * Makes a budget.
     *
     * @param bytes how large everything is that constants come from, so far: files beside the model count once they are
     *     opened
     */
    public Budget(LongSupplier bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes elements out of the budget, before they are looked at or allocated.
     *
     * @param node who needs them
     * @param elements how many
     * @throws ModelFormatException if that is more than is left
     */
    public void take(Node node, long elements) throws ModelFormatException {
        if (elements > FREE + COPIES * (bytes.getAsLong() / Float.BYTES) - taken) {
            throw tooMuch(node, elements);
        }
        taken += elements;
    }

    /**
     * Takes weights out of the budget that a layer holds from then on, for which it needs room wherever it runs.
     *
     * @param node who becomes a layer
     * @param elements how many
     */
    public void takeForLayer(Node node, long elements) throws ModelFormatException {
        take(node, elements);
        if (elements > FREE + bytes.getAsLong() / SMALLEST_FLOAT - takenForLayers) {
            throw tooMuch(node, elements);
        }
        takenForLayers += elements;
    }

    private static ModelFormatException tooMuch(Node node, long elements) {
        return node.error("asks for more than a file of this size justifies, " + elements + " elements in this node");
    }

    /**
     * Takes the layout of a value out of the budget; its elements are no part of that.
     *
     * @param node who takes the value or makes it
     * @param value the value, or null if there is none
     */
    public void takeLayout(Node node, Value value) throws ModelFormatException {
        if (value != null) {
            take(node, PART * (long) value.parts());
        }
    }
}
