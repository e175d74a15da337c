package dev.gru.train;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;

/**
 * A batch of sequences for a model in training: token ids or features, and, if need be, lengths of rows and states to
 * begin with.
 *
 * <p>Immutable, but arrays are not copied: whoever passes one must not change it while it is in use. Whether it fits a
 * model is checked when it is given to one.
 */
public final class TrainingInput {
    private final int batch;
    private final int steps;
    private final int[] tokens;
    private final double[] features;
    private final int[] lengths;
    private final List<double[]> initialStates;

    private TrainingInput(int batch, int steps, int[] tokens, double[] features, int[] lengths,
            List<double[]> initialStates) {
        this.batch = Shapes.requirePositive("batch", batch);
        this.steps = Shapes.requirePositive("steps", steps);
        this.tokens = tokens;
        this.features = features;
        this.lengths = lengths;
        this.initialStates = initialStates;
    }

    /**
     * Returns a batch of token ids.
     *
     * @param batch number of rows, at least 1
     * @param steps steps of each row, at least 1
     * @param tokens ids, (batch, steps)
     * @throws IllegalArgumentException if a size is below 1 or there are more or fewer ids than that
     */
    public static TrainingInput tokens(int batch, int steps, int[] tokens) {
        requireLength("tokens", Objects.requireNonNull(tokens, "tokens").length, Shapes.elements(batch, steps, 1));
        return new TrainingInput(batch, steps, tokens, null, null, null);
    }

    /**
     * Returns a batch of features.
     *
     * @param batch number of rows, at least 1
     * @param steps steps of each row, at least 1
     * @param features (batch, steps, features per step), row-major
     * @throws IllegalArgumentException if a size is below 1
     */
    public static TrainingInput features(int batch, int steps, double[] features) {
        return new TrainingInput(batch, steps, null, Objects.requireNonNull(features, "features"), null, null);
    }

    /**
     * Returns this batch with lengths: the steps of a row from its length on do not count.
     *
     * @param ofRows (batch), each from 0 to the number of steps
     * @throws IllegalArgumentException if there are more or fewer than rows, or one is out of range
     */
    public TrainingInput withLengths(int[] ofRows) {
        requireLength("lengths", Objects.requireNonNull(ofRows, "lengths").length, batch);
        Shapes.requireLengths(ofRows, steps);
        return new TrainingInput(batch, steps, tokens, features, ofRows, initialStates);
    }

    /**
     * Returns this batch with states that its rows begin with, instead of zeros.
     *
     * @param states one array for each of the model's {@link Sequential#recurrentLayers}, (batch, stateSize)
     */
    public TrainingInput withInitialStates(List<double[]> states) {
        return new TrainingInput(batch, steps, tokens, features, lengths, Shapes.copyOf("states", states));
    }

    /** Returns the number of rows. */
    public int batch() {
        return batch;
    }

    /** Returns the number of steps of each row. */
    public int steps() {
        return steps;
    }

    /** Returns which steps are within the lengths of their rows, (batch, steps), or null if all are. */
    boolean[] within() {
        if (lengths == null) {
            return null;
        }
        boolean[] within = new boolean[batch * steps];
        for (int row = 0; row < batch; row++) {
            Arrays.fill(within, row * steps, row * steps + lengths[row], true);
        }
        return within;
    }

    /** Returns the token ids, or null if there are features. */
    int[] tokens() {
        return tokens;
    }

    /** Returns the features, or null if there are token ids. */
    double[] features() {
        return features;
    }

    /** Returns the states that a recurrent layer begins with, (batch, stateSize); new zeros if none were given. */
    double[] initialState(int index, int stateSize) {
        return initialStates == null ? new double[batch * stateSize] : initialStates.get(index);
    }

    /**
     * Returns the batch of some rows.
     *
     * @param rows which ones
     * @param from index in {@code rows} of the first
     * @param to that behind the last
     */
    TrainingInput rows(int[] rows, int from, int to) {
        return new TrainingInput(to - from, steps, RowCopies.of(tokens, batch, rows, from, to),
                RowCopies.of(features, batch, rows, from, to), RowCopies.of(lengths, batch, rows, from, to),
                initialStates == null
                        ? null
                        : initialStates.stream().map(states -> RowCopies.of(states, batch, rows, from, to)).toList());
    }

    /** Adds all there is to a checksum. */
    void fingerprint(Fingerprint to) {
        to.add(batch, steps);
        to.add(tokens);
        to.add(features);
        to.add(lengths);
        if (initialStates != null) {
            initialStates.forEach(to::add);
        }
    }

    /**
     * Returns without doing anything if all features and states are finite as floats.
     *
     * @throws IllegalArgumentException if one is not
     */
    void requireFinite() {
        FiniteFloats.require("features", features);
        for (int i = 0; initialStates != null && i < initialStates.size(); i++) {
            FiniteFloats.require("initialStates[" + i + "]", initialStates.get(i));
        }
    }

    /**
     * Copies the states that some rows of a recurrent layer begin with, if any were given.
     *
     * @param index the layer's
     * @param first the first row
     * @param rows how many
     * @param stateSize elements of a row's state
     * @param units those of each of its parts, h and c
     * @param to takes them, part behind part, the rows side by side
     * @param padded what a part takes there
     */
    void copyInitialStates(int index, int first, int rows, int stateSize, int units, float[] to, int padded) {
        int stride = stateSize / units * padded;
        for (int row = 0; row < rows && initialStates != null; row++) {
            double[] from = initialStates.get(index);
            for (int i = 0; i < stateSize; i++) {
                to[row * stride + i / units * padded + i % units] = (float) from[(first + row) * stateSize + i];
            }
        }
    }

    /**
     * Returns without doing anything if a model takes this batch.
     *
     * @throws IllegalArgumentException if it does not
     */
    void requireFits(Sequential model) {
        if (model.embedding().isPresent() != (tokens != null)) {
            throw new IllegalArgumentException("input must be " + (tokens == null ? "token ids" : "features")
                    + ", which the model takes, was " + (tokens == null ? "features" : "token ids"));
        }
        if (tokens == null) {
            requireLength("features", features.length, Shapes.elements(batch, steps, model.inputSize()));
        } else {
            Embedding table = model.embedding().get();
            for (int token : tokens) {
                table.requireToken(token);
            }
        }
        if (initialStates != null) {
            List<GruLayer> recurrent = model.recurrentLayers();
            requireLength("initialStates", initialStates.size(), recurrent.size());
            for (int i = 0; i < recurrent.size(); i++) {
                requireLength("initialStates[" + i + "]", initialStates.get(i).length,
                        Shapes.elements(batch, recurrent.get(i).stateSize(), 1));
            }
        }
    }

    static void requireLength(String name, int length, long expected) {
        if (length != expected) {
            throw new IllegalArgumentException(name + " must have " + expected + " elements, had " + length);
        }
    }
}
