package dev.gru.layer;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.Shapes;

/**
 * A batch of sequences, the input of a model: token ids or features, and, if rows are of different lengths or do not
 * begin at zero states, their lengths and the states before their first step.
 *
 * <p>Arrays are not copied, neither in nor out: whoever shares one must not change it. Otherwise immutable; each
 * {@code with} method returns another input.
 */
public final class ModelInput {
    private final int batch;
    private final int steps;
    private final int[] tokens;
    private final float[] features;
    private final int[] lengths;
    private final List<float[]> initialStates;

    private ModelInput(int batch, int steps, int[] tokens, float[] features, int[] lengths,
            List<float[]> initialStates) {
        this.batch = batch;
        this.steps = steps;
        this.tokens = tokens;
        this.features = features;
        this.lengths = lengths;
        this.initialStates = initialStates;
    }

    /** Returns an input of token ids, (batch, steps), of rows that are all of that length and begin at zero states. */
    public static ModelInput tokens(int batch, int steps, int[] tokens) {
        return new ModelInput(batch, steps, Objects.requireNonNull(tokens, "tokens"), null, null, null);
    }

    /** Returns an input of features, (batch, steps, inputSize), otherwise like {@link #tokens(int, int, int[])}. */
    public static ModelInput features(int batch, int steps, float[] x) {
        return new ModelInput(batch, steps, null, Objects.requireNonNull(x, "x"), null, null);
    }

    /**
     * Returns this input with rows of different lengths.
     *
     * @param ofRows the number of steps of each row, (batch), each from 0 to steps; those beyond are masked. They must
     *     be there all the same, and if they are tokens, of the model's table. Layers that read backward begin at the
     *     last step that is not masked
     */
    public ModelInput withLengths(int[] ofRows) {
        return new ModelInput(batch, steps, tokens, features, Objects.requireNonNull(ofRows, "lengths"), initialStates);
    }

    /**
     * Returns this input with other states to begin with than zeros.
     *
     * @param states one array for each state of the model, (batch, stateSize), in the order of
     *     {@link dev.gru.layer.Signature}
     */
    public ModelInput withInitialStates(List<float[]> states) {
        return new ModelInput(batch, steps, tokens, features, lengths, Shapes.copyOf("states", states));
    }

    /**
     * Checks this input against what a model takes.
     *
     * @throws IllegalArgumentException if the model takes tokens and these are features or the other way round, an
     *     array does not have the length that the sizes ask for, a token is not in the model's table, or a length is
     *     not from 0 to steps
     */
    public void requireFits(Sequential model) {
        Objects.requireNonNull(model, "model");
        requireFits(model.embedding().orElse(null), model.inputSize(),
                model.recurrentLayers().stream().mapToInt(GruLayer::stateSize).toArray());
    }

    /**
     * Checks this input against what a model takes.
     *
     * @param embedding the table of a model that takes tokens, or null
     * @param inputSize features per step of a model that takes features
     * @param stateSizes the sizes of its states, in the order of {@link Signature}
     * @throws IllegalArgumentException as for {@link #requireFits(Sequential)}
     */
    public void requireFits(Embedding embedding, int inputSize, int[] stateSizes) {
        Objects.requireNonNull(stateSizes, "stateSizes");
        if ((tokens != null) != (embedding != null)) {
            throw new IllegalArgumentException(
                    embedding == null
                            ? "the model takes features, not tokens"
                            : "the model takes tokens, not features");
        }
        if (tokens != null) {
            requireShape("tokens", tokens.length, "", 1);
            embedding.requireTokens(tokens, 0, tokens.length);
        } else {
            requireShape("x", features.length, " × inputSize", inputSize);
        }
        if (lengths != null) {
            requireLengths();
        }
        if (initialStates != null) {
            requireStates(stateSizes);
        }
    }

    private void requireShape(String name, int length, String factor, int features) {
        Shapes.requirePositive("batch", batch);
        Shapes.requirePositive("steps", steps);
        long expected = Shapes.elements(batch, steps, features);
        if (length != expected) {
            throw new IllegalArgumentException(
                    name + " must have batch × steps" + factor + " = " + expected + " elements, had " + length);
        }
    }

    private void requireLengths() {
        if (lengths.length != batch) {
            throw new IllegalArgumentException("lengths must have batch = " + batch + " elements, had "
                    + lengths.length);
        }
        Shapes.requireLengths(lengths, steps);
    }

    private void requireStates(int[] stateSizes) {
        if (initialStates.size() != stateSizes.length) {
            throw new IllegalArgumentException("initialStates must be " + stateSizes.length
                    + " arrays, one for each state of the model, were " + initialStates.size());
        }
        for (int i = 0; i < stateSizes.length; i++) {
            long expected = Shapes.elements(batch, 1, stateSizes[i]);
            if (initialStates.get(i).length != expected) {
                throw new IllegalArgumentException("initialStates[" + i + "] must have batch × stateSize = " + expected
                        + " elements, had " + initialStates.get(i).length);
            }
        }
    }

    /** Returns the number of rows. */
    public int batch() {
        return batch;
    }

    /** Returns the number of steps of every row, those beyond its length among them. */
    public int steps() {
        return steps;
    }

    /** Returns the token ids, (batch, steps), or null if there are features: the array itself. */
    public int[] tokens() {
        return tokens;
    }

    /** Returns the features, (batch, steps, inputSize), or null if there are token ids: the array itself. */
    public float[] features() {
        return features;
    }

    /** Returns the length of each row, (batch), or null if all are {@link #steps}: the array itself. */
    public int[] lengths() {
        return lengths;
    }

    /** Returns the states before the first step, an array (batch, stateSize) each, or null if they are zeros. */
    public List<float[]> initialStates() {
        return initialStates;
    }
}
