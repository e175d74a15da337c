package dev.gru.format.keras;

import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;

/**
 * What flows from one layer of a Keras model to the next, while the model is read.
 *
 * <p>For one model and one thread.
 */
final class Flow {

    /** What a layer learns of masked steps. */
    private enum Mask {
        /** No step is masked. */
        NONE,
        /** Some may be. */
        PRESENT,
        /** Some may be, but newer versions of Keras drop the mask at a layer before, where older ones did not. */
        DOUBTFUL
    }

    /** Number of features; 0 before the first layer, or if what flows are token ids. */
    private int features;
    private boolean tokens;
    private boolean sequence = true;
    private Mask mask = Mask.NONE;
    private String maskEndedBy;
    /** How many states the layers so far have. */
    private int states;

    int features() {
        return features;
    }

    boolean tokens() {
        return tokens;
    }

    boolean masked() {
        return mask == Mask.PRESENT;
    }

    /** Token ids flow from the input. */
    void startWithTokens() {
        tokens = true;
    }

    /** Sequences of features flow from the input. */
    void startWithFeatures(int count) {
        features = count;
    }

    /** Token ids became sequences of features. */
    void embedded(int count, boolean maskZero) {
        tokens = false;
        features = count;
        mask = maskZero ? Mask.PRESENT : Mask.NONE;
    }

    /** A mask begins here. */
    void foundMask() {
        mask = Mask.PRESENT;
    }

    /** Another number of features flows. */
    void changed(int count) {
        features = count;
    }

    /** A recurrent layer has been passed that has so many output features, of every step or of the last one. */
    void passedRecurrent(int count, boolean returnSequences) {
        features = count;
        sequence &= returnSequences;
        if (!returnSequences) {
            mask = Mask.NONE;
        }
    }

    /** A layer has been passed through which the mask does not reach in newer versions of Keras. */
    void passedMask(String layer, Dialect dialect) {
        if (mask == Mask.PRESENT && dialect.endsMasks()) {
            mask = Mask.DOUBTFUL;
            maskEndedBy = layer;
        }
    }

    /** Returns the number of the next state. */
    int nextState() {
        return states++;
    }

    /** Returns an output: some of the features that flow. */
    Port output(int first, int count) {
        return new Port("", Role.OUTPUT, first, count, sequence
                ? List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE)
                : List.of(Axis.BATCH, Axis.FEATURE));
    }

    /** Returns an output: all features that flow. */
    Port output() {
        return output(0, features);
    }

    /** Returns an output: a state. */
    static Port state(int number) {
        return new Port("", Role.FINAL_STATE, number, 1, List.of(Axis.BATCH, Axis.FEATURE));
    }

    void requireFeatures(ConfigObject config) throws ModelFormatException {
        if (tokens) {
            throw config.error("its input is (batch, steps), which only an Embedding takes; "
                    + "a sequence has 3 dimensions (batch, steps, features)");
        }
    }

    void requireSequence(ConfigObject config) throws ModelFormatException {
        requireFeatures(config);
        if (!sequence) {
            throw config.error("needs a sequence, but a layer before it returns its last output only");
        }
    }

    /**
     * Checks that it is certain which steps are masked.
     *
     * @throws ModelFormatException if a mask flowed in one version of Keras, but not in another
     */
    void requireCertainMask(ConfigObject config) throws ModelFormatException {
        if (mask == Mask.DOUBTFUL) {
            throw config.error("steps are masked before the layer " + Printable.quoted(maskEndedBy)
                    + ", through which Keras 3.16 and later do not pass masks on; "
                    + "only models that do the same in all versions are supported");
        }
    }
}
