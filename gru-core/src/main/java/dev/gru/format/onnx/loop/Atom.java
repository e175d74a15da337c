package dev.gru.format.onnx.loop;

import java.util.List;

import dev.gru.format.onnx.proto.Tensor;
import dev.gru.weights.Activation;

/** What {@linkplain Formula formulas} are made of: vectors that are no sums of products of others. */
sealed interface Atom {
    /** Returns how many elements it has. */
    int size();

    /** What a product with weights is taken of. */
    enum Operand {
        INPUT, STATE
    }

    /**
     * Some elements of the input of the step, or of the state.
     *
     * @param operand which of the two
     * @param start the first of its elements
     * @param size how many
     */
    record Given(Operand operand, int start, int size) implements Atom {
    }

    /**
     * Weights, a part of their columns.
     *
     * @param tensor the matrix; null for the identity
     * @param transposed whether its rows are what is spoken of as columns here
     * @param firstRow where those rows begin that belong to the operand
     * @param firstColumn where the columns begin that the part has
     */
    record Matrix(Tensor tensor, boolean transposed, int firstRow, int firstColumn) {
        /** Returns the weight from an input to an output of the part. */
        float at(int input, int output) {
            if (tensor == null) {
                return firstRow + input == firstColumn + output ? 1 : 0;
            }
            int row = firstRow + input;
            int column = firstColumn + output;
            int columns = tensor.shape()[1];
            return tensor.floats()[transposed ? column * columns + row : row * columns + column];
        }
    }

    /**
     * The product of weights and the input, the state, or the state times a gate.
     *
     * @param operand what the weights are multiplied with
     * @param gate the atom that the state is multiplied with before, or -1
     * @param rows elements of the operand
     * @param matrix the weights
     */
    record Product(Operand operand, int gate, int rows, Matrix matrix) {
    }

    /**
     * A part of a constant vector.
     *
     * @param tensor the vector
     * @param start its first element here
     * @param repeated whether it has one element, which stands for all
     */
    record Bias(Tensor tensor, int start, boolean repeated) {
        float at(int output) {
            return tensor.floats()[repeated ? 0 : start + output];
        }
    }

    /**
     * A sum of products with weights, and biases.
     *
     * @param products the products
     * @param inputBiases biases that were added to products of the input, or to a sum of both
     * @param stateBiases biases that were added to products of the state alone
     * @param size how many elements it has
     */
    record Linear(List<Product> products, List<Bias> inputBiases, List<Bias> stateBiases, int size)
            implements
                Atom {
        /** Returns whether the state is in it, and the input is not. */
        boolean isOfState() {
            return !products.isEmpty() && products.stream().allMatch(product -> product.operand() == Operand.STATE);
        }
    }

    /**
     * A function of a formula.
     *
     * @param function the function
     * @param argument what it is of
     * @param size how many elements it has
     */
    record Applied(Activation function, Formula argument, int size) implements Atom {
    }

    /**
     * A formula that is cut to a range.
     *
     * @param argument the formula
     * @param low the least value
     * @param high the greatest value
     * @param size how many elements it has
     */
    record Clamped(Formula argument, double low, double high, int size) implements Atom {
    }
}
