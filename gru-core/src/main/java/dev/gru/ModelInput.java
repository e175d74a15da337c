package dev.gru;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;

/**
 * What a batch of sequences begins with: token ids or features, and, if they are not the usual ones, how long each row is
 * and the states before its first step.
 *
 * <p>Immutable as long as nobody changes its arrays, which are not copied; each {@code with} method returns another.
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
     * @param ofRows how many steps of each row count, (batch), each from 0 to steps; the others are padding, which must
     *     be there all the same, and if it is tokens, of the model's table. Layers that read backward begin at the last
     *     step that counts
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
     * Returns without doing anything if a model can run this.
     *
     * @throws IllegalArgumentException if it cannot; the message names what does not fit
     */
    void requireFits(GruModel model) {
        if (tokens != null) {
            Embedding table = model.requireTokens();
            requireShape("tokens", tokens.length, "", 1);
            for (int token : tokens) {
                table.requireToken(token);
            }
        } else {
            model.requireFeatures();
            requireShape("x", features.length, " × inputSize", model.inputSize());
        }
        if (lengths != null) {
            requireLengths();
        }
        if (initialStates != null) {
            requireStates(model.layers().recurrentLayers());
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

    private void requireStates(List<GruLayer> recurrent) {
        if (initialStates.size() != recurrent.size()) {
            throw new IllegalArgumentException("initialStates must be " + recurrent.size()
                    + " arrays, one for each state of the model, were " + initialStates.size());
        }
        for (int i = 0; i < recurrent.size(); i++) {
            long expected = Shapes.elements(batch, 1, recurrent.get(i).stateSize());
            if (initialStates.get(i).length != expected) {
                throw new IllegalArgumentException("initialStates[" + i + "] must have batch × stateSize = " + expected
                        + " elements, had " + initialStates.get(i).length);
            }
        }
    }

    int batch() {
        return batch;
    }

    int steps() {
        return steps;
    }

    /** Returns the token ids, or null if there are features. */
    int[] tokens() {
        return tokens;
    }

    /** Returns the features, or null if there are token ids. */
    float[] features() {
        return features;
    }

    /** Returns the lengths of rows, or null if they are all of the same. */
    int[] lengths() {
        return lengths;
    }

    /** Returns the initial states, or null if they are zeros. */
    List<float[]> initialStates() {
        return initialStates;
    }
}
