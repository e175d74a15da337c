package dev.gru.format.shared;

import java.util.List;

import dev.gru.weights.Gate;

/**
 * The order in which a format stacks the gates, and its conversion to the canonical order of {@link Gate}. All
 * reordering of gates in this library is here.
 */
public enum GateOrder {
    /** Update, reset, new: what Keras and ONNX call z, r, h. */
    UPDATE_RESET_NEW(Gate.UPDATE, Gate.RESET, Gate.NEW);

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<Gate> order;

    GateOrder(Gate first, Gate second, Gate third) {
        order = List.of(first, second, third);
    }

    /**
     * Returns weights that have one column per output as canonical weights, which have one row.
     *
     * @param weights (inputs, 3 · hiddenSize), row-major, columns in this order of gates
     * @param inputs number of inputs
     * @param hiddenSize number of units
     * @return (3 · hiddenSize, inputs), row-major, rows in canonical order
     */
    public float[] canonicalFromColumns(float[] weights, int inputs, int hiddenSize) {
        float[] canonical = new float[weights.length];
        int columns = Gate.COUNT * hiddenSize;
        for (int block = 0; block < Gate.COUNT; block++) {
            int target = order.get(block).index() * hiddenSize;
            for (int unit = 0; unit < hiddenSize; unit++) {
                for (int input = 0; input < inputs; input++) {
                    canonical[(target + unit) * inputs + input] = weights[input * columns + block * hiddenSize + unit];
                }
            }
        }
        return canonical;
    }

    /**
     * Returns weights that have one row per output as canonical weights, which have their rows in another order.
     *
     * @param weights holds (3 · hiddenSize, inputs), row-major, rows in this order of gates
     * @param offset where they begin
     * @param inputs number of inputs
     * @param hiddenSize number of units
     * @return (3 · hiddenSize, inputs), row-major, rows in canonical order
     */
    public float[] canonicalFromRows(float[] weights, int offset, int inputs, int hiddenSize) {
        int block = hiddenSize * inputs;
        float[] canonical = new float[Gate.COUNT * block];
        for (int i = 0; i < Gate.COUNT; i++) {
            System.arraycopy(weights, offset + i * block, canonical, order.get(i).index() * block, block);
        }
        return canonical;
    }

    /**
     * Returns biases in canonical order.
     *
     * @param biases holds (3 · hiddenSize) in this order of gates
     * @param offset where they begin
     * @param hiddenSize number of units
     * @return (3 · hiddenSize) in canonical order
     */
    public float[] canonicalBias(float[] biases, int offset, int hiddenSize) {
        return canonicalFromRows(biases, offset, 1, hiddenSize);
    }
}
