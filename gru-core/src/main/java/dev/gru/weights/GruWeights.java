package dev.gru.weights;

import java.nio.FloatBuffer;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;

/**
 * The weights of one GRU layer in canonical form: gates in the order of {@link Gate}, one row per output.
 *
 * <p>Immutable: arrays are copied in, and handed out as read-only views. Safe for use by any number of threads. Values
 * are not restricted; NaN and infinity go through as the equations say.
 */
public final class GruWeights {
    private final GruVariant variant;
    private final GruActivations activations;
    private final int inputSize;
    private final int hiddenSize;
    private final float[] weightIh;
    private final float[] weightHh;
    private final float[] biasIh;
    private final float[] biasHh;

    /**
     * Copies and checks the weights.
     *
     * @param variant the recurrence that the weights belong to
     * @param inputSize features per step, at least 1
     * @param hiddenSize units, at least 1
     * @param weightIh input weights, (3 · hiddenSize, inputSize), row-major
     * @param weightHh recurrent weights, (3 · hiddenSize, hiddenSize), row-major
     * @param biasIh input biases, (3 · hiddenSize)
     * @param biasHh recurrent biases, (3 · hiddenSize)
     * @throws IllegalArgumentException if a size is below 1 or an array does not have the length that the sizes ask for
     */
    public GruWeights(GruVariant variant, int inputSize, int hiddenSize, float[] weightIh, float[] weightHh,
            float[] biasIh, float[] biasHh) {
        this(variant, GruActivations.STANDARD, inputSize, hiddenSize, weightIh, weightHh, biasIh, biasHh);
    }

    /**
     * Copies and checks the weights of a recurrence with other activations than {@link GruActivations#STANDARD};
     * otherwise the same as
     * {@link #GruWeights(GruVariant, int, int, float[], float[], float[], float[])}.
     *
     * @param activations the functions in its equations
     */
    public GruWeights(GruVariant variant, GruActivations activations, int inputSize, int hiddenSize, float[] weightIh,
            float[] weightHh, float[] biasIh, float[] biasHh) {
        this(variant, activations, inputSize, hiddenSize, OwnedFloats.copyOf("weightIh", weightIh),
                OwnedFloats.copyOf("weightHh", weightHh), OwnedFloats.copyOf("biasIh", biasIh),
                OwnedFloats.copyOf("biasHh", biasHh));
    }

    private GruWeights(GruVariant variant, GruActivations activations, int inputSize, int hiddenSize,
            OwnedFloats weightIh, OwnedFloats weightHh, OwnedFloats biasIh, OwnedFloats biasHh) {
        this.variant = Objects.requireNonNull(variant, "variant");
        this.activations = Objects.requireNonNull(activations, "activations");
        this.inputSize = Shapes.requirePositive("inputSize", inputSize);
        this.hiddenSize = Shapes.requirePositive("hiddenSize", hiddenSize);
        this.weightIh = weightIh.take("weightIh", Gate.COUNT, hiddenSize, inputSize);
        this.weightHh = weightHh.take("weightHh", Gate.COUNT, hiddenSize, hiddenSize);
        this.biasIh = biasIh.take("biasIh", Gate.COUNT, hiddenSize);
        this.biasHh = biasHh.take("biasHh", Gate.COUNT, hiddenSize);
    }

    /** For this library's own use: the weights in arrays that are handed over, which are checked but not copied. */
    @SuppressWarnings("exports") // only the library itself can call it
    public static GruWeights owning(GruVariant variant, GruActivations activations, int inputSize, int hiddenSize,
            OwnedFloats weightIh, OwnedFloats weightHh, OwnedFloats biasIh, OwnedFloats biasHh) {
        return new GruWeights(variant, activations, inputSize, hiddenSize, weightIh, weightHh, biasIh, biasHh);
    }

    /** Returns these weights, each rounded to a precision; biases stay as they are. */
    public GruWeights rounded(Precision precision) {
        return Objects.requireNonNull(precision, "precision") == Precision.FP32
                ? this
                : new GruWeights(variant, activations, inputSize, hiddenSize,
                        OwnedFloats.of(precision.round(weightIh)), OwnedFloats.of(precision.round(weightHh)),
                        OwnedFloats.of(biasIh), OwnedFloats.of(biasHh));
    }

    /** Returns the recurrence that these weights belong to. */
    public GruVariant variant() {
        return variant;
    }

    /** Returns the functions in the equations. */
    public GruActivations activations() {
        return activations;
    }

    /** Returns the number of features per step. */
    public int inputSize() {
        return inputSize;
    }

    /** Returns the number of units. */
    public int hiddenSize() {
        return hiddenSize;
    }

    /** Returns the weight from input {@code input} to {@code gate} of unit {@code unit}. */
    public float weightIh(Gate gate, int unit, int input) {
        return weightIh[row(gate, unit) * inputSize + Shapes.requireIndex("input", input, inputSize)];
    }

    /** Returns the weight from the state of unit {@code from} to {@code gate} of unit {@code unit}. */
    public float weightHh(Gate gate, int unit, int from) {
        return weightHh[row(gate, unit) * hiddenSize + Shapes.requireIndex("from", from, hiddenSize)];
    }

    /** Returns the input bias of {@code gate} of unit {@code unit}. */
    public float biasIh(Gate gate, int unit) {
        return biasIh[row(gate, unit)];
    }

    /** Returns the recurrent bias of {@code gate} of unit {@code unit}. */
    public float biasHh(Gate gate, int unit) {
        return biasHh[row(gate, unit)];
    }

    /** Returns a read-only view of the input weights, (3 · hiddenSize, inputSize), row-major. */
    public FloatBuffer weightIh() {
        return FloatBuffer.wrap(weightIh).asReadOnlyBuffer();
    }

    /** Returns a read-only view of the recurrent weights, (3 · hiddenSize, hiddenSize), row-major. */
    public FloatBuffer weightHh() {
        return FloatBuffer.wrap(weightHh).asReadOnlyBuffer();
    }

    /** Returns a read-only view of the input biases, (3 · hiddenSize). */
    public FloatBuffer biasIh() {
        return FloatBuffer.wrap(biasIh).asReadOnlyBuffer();
    }

    /** Returns a read-only view of the recurrent biases, (3 · hiddenSize). */
    public FloatBuffer biasHh() {
        return FloatBuffer.wrap(biasHh).asReadOnlyBuffer();
    }

    private int row(Gate gate, int unit) {
        return Objects.requireNonNull(gate, "gate").index() * hiddenSize
                + Shapes.requireIndex("unit", unit, hiddenSize);
    }

    @Override
    public String toString() {
        return "GruWeights[" + variant + ", " + inputSize + "→" + hiddenSize + "]";
    }
}
