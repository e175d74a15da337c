package dev.gru.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.gru.kernel.Activation;
import dev.gru.kernel.DenseWeights;
import dev.gru.kernel.GruWeights;

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
 * <p>Layers get the names that Keras would give them: {@code gru}, {@code gru_1} and so on. {@link #add} takes a layer
 * with another name, or with options that have no method here.
 *
 * <p>Whether the layers fit is checked when the model is built. Not safe for use by two threads at once.
 */
public final class SequentialBuilder {
    private final List<Layer> layers = new ArrayList<>();
    private Signature signature;

    SequentialBuilder() {
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
     * @throws IllegalArgumentException if they do not fit, or the signature is not one of theirs
     */
    public Sequential build() {
        return new Sequential(layers, signature);
    }

    /** Returns the first of type, type_1, type_2 … that no layer has. */
    private String name(String type) {
        return Stream.concat(Stream.of(type), IntStream.iterate(1, i -> i + 1).mapToObj(i -> type + "_" + i))
                .filter(name -> layers.stream().noneMatch(layer -> layer.name().equals(name))).findFirst()
                .orElseThrow();
    }
}
