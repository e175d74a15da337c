package dev.gru;

import java.util.List;
import java.util.Objects;

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
     * @param ofRows how many steps of each row count, (batch), each from 0 to steps; the others are padding. Layers that
     *     read backward begin at the last step that counts
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
        return new ModelInput(batch, steps, tokens, features, lengths, List.copyOf(states));
    }

    int batch() {
        return batch;
    }

    int steps() {
        return steps;
    }

    int[] tokens() {
        return tokens;
    }

    float[] features() {
        return features;
    }

    int[] lengths() {
        return lengths;
    }

    List<float[]> initialStates() {
        return initialStates;
    }
}
