package dev.gru.weights;

import java.nio.FloatBuffer;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;

/**
 * The weights of a dense (fully connected) layer, y = activation(W x + b).
 *
 * <p>Immutable: arrays are copied in, and handed out as read-only views. Safe for use by any number of threads.
 */
public final class DenseWeights {
    private final int inputSize;
    private final int outputSize;
    private final Activation activation;
    private final float[] weight;
    private final float[] bias;

    /**
     * Copies and checks the weights.
     *
     * @param inputSize features in, at least 1
     * @param outputSize features out, at least 1
     * @param activation what is applied to the sums
     * @param weight (outputSize, inputSize), row-major
     * @param bias (outputSize)
     * @throws IllegalArgumentException if a size is below 1 or an array does not have the length that the sizes ask for
     */
    public DenseWeights(int inputSize, int outputSize, Activation activation, float[] weight, float[] bias) {
        this(inputSize, outputSize, activation, OwnedFloats.copyOf("weight", weight), OwnedFloats.copyOf("bias", bias));
    }

    private DenseWeights(int inputSize, int outputSize, Activation activation, OwnedFloats weight, OwnedFloats bias) {
        this.inputSize = Shapes.requirePositive("inputSize", inputSize);
        this.outputSize = Shapes.requirePositive("outputSize", outputSize);
        this.activation = Objects.requireNonNull(activation, "activation");
        this.weight = weight.take("weight", outputSize, inputSize);
        this.bias = bias.take("bias", outputSize);
    }

    /** For this library's own use: the weights in arrays that are handed over, which are checked but not copied. */
    @SuppressWarnings("exports") // only the library itself can call it
    public static DenseWeights owning(int inputSize, int outputSize, Activation activation, OwnedFloats weight,
            OwnedFloats bias) {
        return new DenseWeights(inputSize, outputSize, activation, weight, bias);
    }

    /** Returns these weights, each rounded to a precision; biases stay as they are. */
    public DenseWeights rounded(Precision precision) {
        return Objects.requireNonNull(precision, "precision") == Precision.FP32
                ? this
                : new DenseWeights(inputSize, outputSize, activation, OwnedFloats.of(precision.round(weight)),
                        OwnedFloats.of(bias));
    }

    /** Returns the number of features in. */
    public int inputSize() {
        return inputSize;
    }

    /** Returns the number of features out. */
    public int outputSize() {
        return outputSize;
    }

    /** Returns what is applied to the sums. */
    public Activation activation() {
        return activation;
    }

    /** Returns the weight from input {@code input} to output {@code output}. */
    public float weight(int output, int input) {
        return weight[Shapes.requireIndex("output", output, outputSize) * inputSize
                + Shapes.requireIndex("input", input, inputSize)];
    }

    /** Returns the bias of output {@code output}. */
    public float bias(int output) {
        return bias[Shapes.requireIndex("output", output, outputSize)];
    }

    /** Returns a read-only view of the weights, (outputSize, inputSize), row-major. */
    public FloatBuffer weight() {
        return FloatBuffer.wrap(weight).asReadOnlyBuffer();
    }

    /** Returns a read-only view of the biases, (outputSize). */
    public FloatBuffer bias() {
        return FloatBuffer.wrap(bias).asReadOnlyBuffer();
    }

    @Override
    public String toString() {
        return "DenseWeights[" + inputSize + "→" + outputSize + ", " + activation + "]";
    }
}
