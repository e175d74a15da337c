package dev.gru.format.keras;

import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;
import dev.gru.layer.Shape;

/**
 * An array on its way from one layer of a Keras model to the next, while the model is read.
 *
 * @param source where it comes from
 * @param ofSource its shape, or null for a two-dimensional input, whose use decides whether it is one of token ids
 * @param steps how many steps it has, or {@link #UNKNOWN}
 * @param mask what is known of masked steps
 * @param perStep whether it is seen as the vectors of each step, as a layer within a TimeDistributed sees it
 */
record Flow(Source source, Shape ofSource, int steps, Mask mask, boolean perStep) {
    /** In place of a number of steps: it differs from call to call. */
    static final int UNKNOWN = -1;

    /** Where an array comes from. */
    sealed interface Source {
    }

    /** An input of the model. */
    static final class Slot implements Source {
        final ConfigObject config;
        final String name;
        final int number;
        /** The size of the last dimension of two; 0 if it is open. */
        final int width;
        final String type;
        /** Null until its use decides what it is. */
        Shape shape;

        Slot(ConfigObject config, String name, int number, int width, String type) {
            this.config = config;
            this.name = name;
            this.number = number;
            this.width = width;
            this.type = type;
        }
    }

    /** A value of the graph. */
    record Value(int number) implements Source {
    }

    /**
     * Some of the features of a value: a half of the output of a bidirectional layer.
     *
     * @param number the value
     * @param name what a layer would be called that takes them out
     * @param first the first feature
     * @param count how many
     */
    record Part(int number, String name, int first, int count) implements Source {
    }

    /**
     * The state of a GRU after its last step: an array of the model, or, of what the GRU returns, a step.
     *
     * @param number the value that the GRU returns
     * @param name what a layer would be called that takes it out
     * @param backward whether the GRU ends at the first step of what it returns
     * @param first the first feature of this state in what is returned
     * @param count how many
     * @param index which of the states of its layer it is
     * @param carried whether it is the initial state where all steps of a row are masked, which is no output then
     * @param problem why no layer can take it, or null if one can
     */
    record State(int number, String name, boolean backward, int first, int count, int index, boolean carried,
            String problem)
            implements
                Source {
    }

    /**
     * What a layer learns of masked steps.
     *
     * @param kind whether there may be any
     * @param origins what the masks are computed from, of which a step is masked that all mask; empty if there is none
     * @param where if it is doubtful, why
     * @param undefined whether versions of Keras differ in what masked steps hold
     */
    record Mask(Kind kind, Set<Origin> origins, String where, boolean undefined) {
        static final Mask NONE = new Mask(Kind.NONE, Set.of(), null, false);

        /** Whether steps may be masked. */
        enum Kind {
            /** No step is masked. */
            NONE,
            /** Some may be. */
            PRESENT,
            /** Some may be, in some versions of Keras but not in others. */
            DOUBTFUL
        }

        static Mask of(Origin origin) {
            return new Mask(Kind.PRESENT, Set.of(origin), null, false);
        }

        Mask doubtful(String why) {
            return kind == Kind.PRESENT ? new Mask(Kind.DOUBTFUL, origins, why, undefined) : this;
        }

        /** Returns this mask if the file says that it is what these versions compute. */
        Mask certain() {
            return origins.isEmpty() ? NONE : new Mask(Kind.PRESENT, origins, null, undefined);
        }

        Mask withUndefined(boolean other) {
            return new Mask(kind, origins, where, other);
        }
    }

    /**
     * How a mask is computed: where something differs from a value, or, {@code anywhere}, where any feature does.
     *
     * @param of what is compared
     * @param value what it is compared with
     * @param anywhere whether one feature that differs is enough
     */
    record Origin(Source of, double value, boolean anywhere) {
        Origin ofAnyFeature() {
            return new Origin(of, value, true);
        }
    }

    static Flow of(Source source, Shape shape, int steps) {
        return new Flow(source, shape, steps, Mask.NONE, false);
    }

    Flow with(Mask other) {
        return new Flow(source, ofSource, steps, other, perStep);
    }

    /** Returns this array seen as the vectors of each step. */
    Flow eachStep() {
        return new Flow(source, ofSource, steps, mask, true);
    }

    /** Returns this array seen as it is. */
    Flow whole() {
        return new Flow(source, ofSource, steps, mask, false);
    }

    /** Returns the shape that a layer sees. */
    Shape shape() {
        return perStep && ofSource != null ? Shape.vector(ofSource.features()) : ofSource;
    }

    int features() {
        return ofSource.features();
    }

    boolean masked() {
        return mask.kind == Mask.Kind.PRESENT;
    }

    boolean isTokens() {
        return ofSource == null || ofSource.kind() == Shape.Kind.TOKENS;
    }

    /** Returns whether a layer sees a sequence of features. */
    boolean isSequence() {
        return !isTokens() && !perStep && ofSource.isSequence();
    }

    void requireSequence(ConfigObject config) throws ModelFormatException {
        if (isTokens() || (source instanceof Slot && !isSequence())) {
            throw config.error("its input is (batch, steps), which only an Embedding takes; "
                    + "a sequence has 3 dimensions (batch, steps, features)");
        }
        if (!isSequence()) {
            throw config.error(perStep
                    ? "needs a sequence, but is applied to each step by itself"
                    : "needs a sequence, but a layer before it returns its last output only");
        }
    }

    /** Returns how many steps there are. */
    int requireSteps(ConfigObject config) throws ModelFormatException {
        if (steps == UNKNOWN) {
            throw config.error("needs the number of steps, which the model's input leaves open; "
                    + "make the model with an Input of a fixed number of steps");
        }
        return steps;
    }

    /**
     * Checks that it is certain which steps are masked.
     *
     * @throws ModelFormatException if a mask flowed in one version of Keras, but not in another
     */
    void requireCertainMask(ConfigObject config) throws ModelFormatException {
        if (mask.kind == Mask.Kind.DOUBTFUL) {
            throw config.error(mask.where);
        }
    }

    /** Says that a mask has come to a layer through which newer versions of Keras do not pass it on. */
    static String endedBy(String layer, Dialect dialect) {
        return "steps are masked before the layer " + Printable.quoted(layer)
                + ", through which Keras 3.16 and later do not pass masks on; "
                + (dialect.isUnknown()
                        ? "the configuration must say which version it is of, as \"keras_version\" beside \"config\""
                        : "only models that do the same in all versions are supported");
    }
}
