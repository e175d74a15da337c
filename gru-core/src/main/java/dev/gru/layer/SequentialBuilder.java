package dev.gru.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.gru.internal.Shapes;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * Makes a {@link Sequential} model in code, layer by layer:
 *
 * <pre>{@code
 * Sequential tagger = Sequential.builder()
 *         .embedding(1000, 64, true, table)
 *         .gru(weights, true)
 *         .dropout(0.2)
 *         .dense(out)
 *         .build();
 * }</pre>
 *
 * <p>A model that is to be trained needs no weights yet. Layers that are given by their sizes alone have weights of 0, which
 * {@code dev.gru.train.Initializer} draws, and take as many features as the layer before puts out:
 *
 * <pre>{@code
 * Sequential untrained = Sequential.builder()
 *         .embedding(1000, 64, true)
 *         .gru(64, true)
 *         .dropout(0.2)
 *         .dense(10, Activation.SOFTMAX)
 *         .build();
 * }</pre>
 *
 * <p>Layers get the names that Keras would give them: {@code gru}, {@code gru_1} and so on. {@link #add} takes a layer
 * with another name, or with options that have no method here.
 *
 * <p>Whether the layers fit is checked when the model is built. Not safe for use by two threads at once.
 */
public final class SequentialBuilder {
    private final List<Layer> layers = new ArrayList<>();
    private Signature signature;
    /** As {@link #input} was told, or 0. */
    private int inputSize;

    SequentialBuilder() {
    }

    /**
     * Sets how many features per step the model takes. Only layers that are given by their sizes need it, and only in a
     * model that does not begin with an embedding.
     *
     * @param features at least 1
     * @throws IllegalArgumentException if it is below 1
     * @throws IllegalStateException if there are layers already
     */
    public SequentialBuilder input(int features) {
        if (!layers.isEmpty()) {
            throw new IllegalStateException("input must be set before the first layer, there are " + layers);
        }
        inputSize = Shapes.requirePositive("features", features);
        return this;
    }

    /** Adds a layer. */
    public SequentialBuilder add(Layer layer) {
        layers.add(Objects.requireNonNull(layer, "layer"));
        return this;
    }

    /** Adds a table of token ids; the arguments are those of {@link Embedding}. */
    public SequentialBuilder embedding(int vocabularySize, int outputSize, boolean maskZero, float[] table) {
        return add(new Embedding(name("embedding"), vocabularySize, outputSize, maskZero, table));
    }

    /** Adds a table of zeros; otherwise the same as {@link #embedding(int, int, boolean, float[])}. */
    public SequentialBuilder embedding(int vocabularySize, int outputSize, boolean maskZero) {
        Shapes.requirePositive("vocabularySize", vocabularySize);
        Shapes.requirePositive("outputSize", outputSize);
        return embedding(vocabularySize, outputSize, maskZero,
                zeros("the table of an embedding", vocabularySize, outputSize));
    }

    /** Adds a layer that leaves out the steps all of whose features are one value. */
    public SequentialBuilder masking(float maskValue) {
        return add(new Masking(name("masking"), maskValue));
    }

    /**
     * Adds a GRU layer that reads forward.
     *
     * @param weights its recurrence and weights
     * @param returnSequences whether it puts something out for every step, or after the last one only
     */
    public SequentialBuilder gru(GruWeights weights, boolean returnSequences) {
        return add(new GruLayer(name("gru"), weights, returnSequences));
    }

    /**
     * Adds a GRU layer of {@link GruVariant#RESET_AFTER} that reads forward and whose weights are 0.
     *
     * @param units its outputs, at least 1
     * @param returnSequences whether it puts something out for every step, or after the last one only
     * @throws IllegalArgumentException if the units are below 1, or so many that no array holds their weights
     * @throws IllegalStateException if it is not known what the layer gets, see {@link #input}
     */
    public SequentialBuilder gru(int units, boolean returnSequences) {
        return gru(GruVariant.RESET_AFTER, units, returnSequences);
    }

    /** Adds a GRU layer of another variant; otherwise the same as {@link #gru(int, boolean)}. */
    public SequentialBuilder gru(GruVariant variant, int units, boolean returnSequences) {
        return gru(gruOfZeros(variant, units), returnSequences);
    }

    /**
     * Adds two GRU layers of {@link GruVariant#RESET_AFTER} that read the sequence from its two ends, whose weights are 0
     * and whose outputs are concatenated.
     *
     * @param units outputs of each of the two, at least 1
     * @param returnSequences whether there is an output for every step, or only one for the whole sequence
     * @throws IllegalArgumentException if the units are below 1, or so many that no array holds their weights
     * @throws IllegalStateException if it is not known what the layers get, see {@link #input}
     */
    public SequentialBuilder bidirectional(int units, boolean returnSequences) {
        return bidirectional(GruVariant.RESET_AFTER, units, Bidirectional.MergeMode.CONCAT, returnSequences);
    }

    /** Adds two GRU layers of another variant, merged as asked; otherwise as {@link #bidirectional(int, boolean)}. */
    public SequentialBuilder bidirectional(GruVariant variant, int units, Bidirectional.MergeMode merge,
            boolean returnSequences) {
        GruWeights weights = gruOfZeros(variant, units);
        return bidirectional(weights, weights, merge, returnSequences);
    }

    /**
     * Adds two GRU layers that read the sequence from its two ends.
     *
     * @param forward the weights of the one that reads from the beginning
     * @param backward the weights of the one that reads from the end
     * @param merge how the outputs of the two become one
     * @param returnSequences whether there is an output for every step, or only one for the whole sequence
     */
    public SequentialBuilder bidirectional(GruWeights forward, GruWeights backward, Bidirectional.MergeMode merge,
            boolean returnSequences) {
        String name = name("bidirectional");
        return add(new Bidirectional(name, new GruLayer("forward_" + name, forward, returnSequences),
                new GruLayer("backward_" + name, backward, returnSequences, GruLayer.Direction.BACKWARD, false),
                merge));
    }

    /** Adds dropout: nothing when a model runs; in training, each feature is zeroed with probability {@code rate}. */
    public SequentialBuilder dropout(double rate) {
        return add(new Dropout(name("dropout"), rate));
    }

    /** Adds a dense layer; on a sequence it acts on every step by itself. */
    public SequentialBuilder dense(DenseWeights weights) {
        return add(new Dense(name("dense"), weights));
    }

    /**
     * Adds a dense layer whose weights are 0; on a sequence it acts on every step by itself.
     *
     * @param units its outputs, at least 1
     * @param activation what is applied to its sums
     * @throws IllegalArgumentException if the units are below 1, or so many that no array holds their weights
     * @throws IllegalStateException if it is not known what the layer gets, see {@link #input}
     */
    public SequentialBuilder dense(int units, Activation activation) {
        return dense(denseOfZeros(units, activation));
    }

    /** Adds a dense layer whose weights are 0 and that needs a sequence; otherwise as {@link #dense(int, Activation)}. */
    public SequentialBuilder timeDistributed(int units, Activation activation) {
        return timeDistributed(denseOfZeros(units, activation));
    }

    /** Adds a dense layer that needs a sequence and acts on every step by itself. */
    public SequentialBuilder timeDistributed(DenseWeights weights) {
        String name = name("time_distributed");
        return add(new TimeDistributed(name, new Dense(name, weights)));
    }

    /** Adds a function that is applied to the features of every step. */
    public SequentialBuilder activation(Activation activation) {
        return add(new ActivationLayer(name("activation"), activation));
    }

    /** Sets the arrays that go in and come out; without this they are the {@link Signature#standard standard} ones. */
    public SequentialBuilder signature(Signature arrays) {
        signature = Objects.requireNonNull(arrays, "signature");
        return this;
    }

    /**
     * Returns the model of the layers so far.
     *
     * @throws IllegalArgumentException if they do not fit, or the signature is not one of theirs, or they do not take what
     *     {@link #input} was told
     */
    public Sequential build() {
        Sequential model = new Sequential(layers, signature);
        if (inputSize != 0 && (model.embedding().isPresent() || model.inputSize() != inputSize)) {
            throw new IllegalArgumentException("input must be what the layers take, "
                    + (model.embedding().isPresent() ? "token ids" : model.inputSize() + " features")
                    + ", was set to " + inputSize + " features");
        }
        return model;
    }

    private GruWeights gruOfZeros(GruVariant variant, int units) {
        Objects.requireNonNull(variant, "variant");
        Shapes.requirePositive("units", units);
        int features = features();
        String weights = "weights of " + units + " units";
        // Before the first of them is allocated, so that it does not fail for want of memory where another does not fit.
        Shapes.requireArray("recurrent " + weights, Gate.COUNT, units, units);
        return new GruWeights(variant, features, units, zeros("input " + weights, Gate.COUNT, units, features),
                zeros("recurrent " + weights, Gate.COUNT, units, units), zeros("biases", Gate.COUNT, units),
                zeros("biases", Gate.COUNT, units));
    }

    private DenseWeights denseOfZeros(int units, Activation activation) {
        Shapes.requirePositive("units", units);
        Objects.requireNonNull(activation, "activation");
        int features = features();
        return new DenseWeights(features, units, activation, zeros("weights of " + units + " units", units, features),
                zeros("biases", units));
    }

    private static float[] zeros(String what, int... sizes) {
        return new float[Shapes.requireArray(what, sizes)];
    }

    /** Returns the features that the next layer gets. */
    private int features() {
        int features = inputSize;
        for (Layer layer : layers) {
            features = Sequential.outputSize(layer, features);
        }
        if (features == 0) {
            throw new IllegalStateException("input must be set before a layer that is given by its size alone, unless"
                    + " there is a layer with weights before it");
        }
        return features;
    }

    /** Returns the first of type, type_1, type_2 … that no layer has. */
    private String name(String type) {
        return Stream.concat(Stream.of(type), IntStream.iterate(1, i -> i + 1).mapToObj(i -> type + "_" + i))
                .filter(name -> layers.stream().noneMatch(layer -> layer.name().equals(name))).findFirst()
                .orElseThrow();
    }
}
