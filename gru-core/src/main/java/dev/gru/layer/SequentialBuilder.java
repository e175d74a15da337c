package dev.gru.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.gru.internal.Shapes;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.Learnt;
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
 *         .embedding(1000, 64, table).maskZero()
 *         .gru(weights).returnSequences()
 *         .dropout(0.2)
 *         .dense(out)
 *         .build();
 * }</pre>
 *
 * <p>A model that is to be trained needs no weights yet. Layers that are given by their sizes alone have weights of 0,
 * which {@code dev.gru.train.Initializer} draws, and take as many features as the layer before returns:
 *
 * <pre>{@code
 * Sequential untrained = Sequential.builder()
 *         .embedding(1000, 64).maskZero()
 *         .gru(64).returnSequences()
 *         .dropout(0.2)
 *         .dense(10, Activation.SOFTMAX)
 *         .build();
 * }</pre>
 *
 * <p>Options of a layer follow it, and are those of Keras if nothing is said: a GRU layer returns its last output.
 *
 * <pre>{@code
 * Sequential stream = Sequential.builder().input(40)
 *         .conv1d(64, 5, Activation.LINEAR).causal().dilation(2)
 *         .batchNormalization()
 *         .activation(Activation.RELU)
 *         .gru(64)
 *         .dense(10, Activation.SOFTMAX)
 *         .build();
 * }</pre>
 *
 * <p>Layers get the names that Keras would give them: {@code gru}, {@code gru_1} and so on. {@link #add} takes a layer
 * with another name, or with options that have no method here.
 *
 * <p>Whether the layers fit is checked when the model is built. Not safe for use by two threads at once.
 */
public sealed class SequentialBuilder {
    private static final float KERAS_EPSILON = 0.001f;

    private final Draft draft;

    /** What the builder and its options share. */
    static final class Draft {
        private final List<Layer> layers = new ArrayList<>();
        private Signature signature;
        /** As {@link #input} was told, or 0. */
        private int inputSize;
    }

    /**
     * A builder whose last layer has options, which change that layer and no other.
     *
     * @param <L> the type of the layer
     */
    abstract static sealed class Options<L extends Layer> extends SequentialBuilder
            permits Sequential.EmbeddingOptions, Sequential.GruOptions, Sequential.BidirectionalOptions,
            Sequential.Conv1DOptions, Sequential.PoolingOptions, Sequential.BatchNormalizationOptions,
            Sequential.LayerNormalizationOptions {
        private final Draft draft;
        private final int index;
        private final Class<L> type;

        Options(Draft draft, Class<L> type) {
            super(draft);
            this.draft = draft;
            this.type = type;
            index = draft.layers.size() - 1;
        }

        final void change(UnaryOperator<L> change) {
            draft.layers.set(index, change.apply(type.cast(draft.layers.get(index))));
        }
    }

    SequentialBuilder() {
        this(new Draft());
    }

    private SequentialBuilder(Draft draft) {
        this.draft = draft;
    }

    /**
     * Sets how many features per step the model takes. Only layers that are given by their sizes need it, and only in a
     * model that does not begin with an embedding.
     *
     * @param features at least 1
     * @throws IllegalArgumentException if it is below 1
     * @throws IllegalStateException if there are layers already
     */
    public final SequentialBuilder input(int features) {
        if (!draft.layers.isEmpty()) {
            throw new IllegalStateException("input must be set before the first layer, there are " + draft.layers);
        }
        draft.inputSize = Shapes.requirePositive("features", features);
        return this;
    }

    /** Adds a layer. */
    public final SequentialBuilder add(Layer layer) {
        draft.layers.add(Objects.requireNonNull(layer, "layer"));
        return this;
    }

    /** Adds a table of token ids that masks nothing; the arguments are those of {@link Embedding}. */
    public final Sequential.EmbeddingOptions embedding(int vocabularySize, int outputSize, float[] table) {
        add(new Embedding(name("embedding"), vocabularySize, outputSize, table));
        return new Sequential.EmbeddingOptions(draft);
    }

    /** Adds a table of zeros; otherwise the same as {@link #embedding(int, int, float[])}. */
    public final Sequential.EmbeddingOptions embedding(int vocabularySize, int outputSize) {
        Shapes.requirePositive("vocabularySize", vocabularySize);
        Shapes.requirePositive("outputSize", outputSize);
        return embedding(vocabularySize, outputSize,
                new float[Shapes.requireArray("the table of an embedding", vocabularySize, outputSize)]);
    }

    /** Adds a layer that masks the steps all of whose features have one value. */
    public final SequentialBuilder masking(float maskValue) {
        return add(new Masking(name("masking"), maskValue));
    }

    /**
     * Adds a GRU layer that reads forward and returns its last output.
     *
     * @param weights its recurrence and weights
     */
    public final Sequential.GruOptions gru(GruWeights weights) {
        add(new GruLayer(name("gru"), weights));
        return new Sequential.GruOptions(draft);
    }

    /**
     * Adds a GRU layer of {@link GruVariant#RESET_AFTER} that reads forward, returns its last output, and whose weights
     * are 0.
     *
     * @param units its outputs, at least 1
     * @throws IllegalArgumentException if the units are below 1, or so many that no array holds their weights
     * @throws IllegalStateException if the number of its inputs is not known, see {@link #input}
     */
    public final Sequential.GruOptions gru(int units) {
        return gru(GruVariant.RESET_AFTER, units);
    }

    /** Adds a GRU layer of another variant; otherwise the same as {@link #gru(int)}. */
    public final Sequential.GruOptions gru(GruVariant variant, int units) {
        return gru(GruLayer.zeros(variant, features(), units));
    }

    /**
     * Adds two GRU layers of {@link GruVariant#RESET_AFTER} that read the sequence from its two ends, whose weights are
     * 0, and whose last outputs are concatenated and returned.
     *
     * @param units outputs of each of the two, at least 1
     * @throws IllegalArgumentException if the units are below 1, or so many that no array holds their weights
     * @throws IllegalStateException if the number of their inputs is not known, see {@link #input}
     */
    public final Sequential.BidirectionalOptions bidirectional(int units) {
        return bidirectional(GruVariant.RESET_AFTER, units);
    }

    /** Adds two GRU layers of another variant; otherwise the same as {@link #bidirectional(int)}. */
    public final Sequential.BidirectionalOptions bidirectional(GruVariant variant, int units) {
        GruWeights weights = GruLayer.zeros(variant, features(), units);
        return bidirectional(weights, weights);
    }

    /**
     * Adds two GRU layers that read the sequence from its two ends, and whose last outputs are concatenated and
     * returned.
     *
     * @param forward the weights of the one that reads from the beginning
     * @param backward the weights of the one that reads from the end
     * @throws IllegalArgumentException if they take inputs of different sizes
     */
    public final Sequential.BidirectionalOptions bidirectional(GruWeights forward, GruWeights backward) {
        add(new Bidirectional(name("bidirectional"), forward, backward));
        return new Sequential.BidirectionalOptions(draft);
    }

    /** Adds dropout: nothing when a model runs; in training, each feature is zeroed with probability {@code rate}. */
    public final SequentialBuilder dropout(double rate) {
        return add(new Dropout(name("dropout"), rate));
    }

    /** Adds a dense layer; on a sequence it acts on every step by itself. */
    public final SequentialBuilder dense(DenseWeights weights) {
        return add(new Dense(name("dense"), weights));
    }

    /**
     * Adds a dense layer whose weights are 0; on a sequence it acts on every step by itself.
     *
     * @param units its outputs, at least 1
     * @param activation the function that is applied to its sums
     * @throws IllegalArgumentException if the units are below 1, or so many that no array holds their weights
     * @throws IllegalStateException if the number of its inputs is not known, see {@link #input}
     */
    public final SequentialBuilder dense(int units, Activation activation) {
        return dense(Dense.zeros(features(), units, activation));
    }

    /**
     * Adds a dense layer whose weights are 0 and that needs a sequence; otherwise as {@link #dense(int, Activation)}.
     */
    public final SequentialBuilder timeDistributed(int units, Activation activation) {
        return timeDistributed(Dense.zeros(features(), units, activation));
    }

    /** Adds a dense layer that needs a sequence and acts on every step by itself. */
    public final SequentialBuilder timeDistributed(DenseWeights weights) {
        return add(new TimeDistributed(name("time_distributed"), weights));
    }

    /**
     * Adds a convolution over the steps whose weights are 0, with stride 1 and without padding.
     *
     * @param filters its outputs of each step, at least 1
     * @param kernelSize steps in a window, at least 1
     * @param activation the function that is applied to its sums
     * @throws IllegalArgumentException if a size is below 1, or no array holds so many weights
     * @throws IllegalStateException if the number of its inputs is not known, see {@link #input}
     */
    public final Sequential.Conv1DOptions conv1d(int filters, int kernelSize, Activation activation) {
        int features = features();
        add(new Conv1D(name("conv1d"), features, kernelSize,
                Conv1D.zeros(filters, kernelSize, features, activation)));
        return new Sequential.Conv1DOptions(draft);
    }

    /**
     * Adds a batch normalisation that changes next to nothing: mean 0, variance 1, gamma 1 and beta 0, with Keras's
     * epsilon 0.001 and momentum 0.99.
     *
     * @throws IllegalStateException if the number of its inputs is not known, see {@link #input}
     */
    public final Sequential.BatchNormalizationOptions batchNormalization() {
        int size = features();
        add(new BatchNormalization(name("batch_normalization"), size, KERAS_EPSILON, 0.99f, Learnt.BOTH,
                List.of(ones(size), new float[size], new float[size], ones(size))));
        return new Sequential.BatchNormalizationOptions(draft);
    }

    /**
     * Adds a normalisation of the features of each step with gamma 1, beta 0, and Keras's epsilon 0.001.
     *
     * @throws IllegalStateException if the number of its inputs is not known, see {@link #input}
     */
    public final Sequential.LayerNormalizationOptions layerNormalization() {
        int size = features();
        add(new LayerNormalization(name("layer_normalization"), size, KERAS_EPSILON, Learnt.BOTH,
                List.of(ones(size), new float[size])));
        return new Sequential.LayerNormalizationOptions(draft);
    }

    /** Adds the largest value of windows of so many steps, which do not overlap if nothing else is said. */
    public final Sequential.PoolingOptions maxPooling(int size) {
        return pooling("max_pooling1d", Pooling1D.Kind.MAX, size);
    }

    /** Adds the average of windows of so many steps, which do not overlap if nothing else is said. */
    public final Sequential.PoolingOptions averagePooling(int size) {
        return pooling("average_pooling1d", Pooling1D.Kind.AVERAGE, size);
    }

    private Sequential.PoolingOptions pooling(String type, Pooling1D.Kind kind, int size) {
        add(new Pooling1D(name(type), kind, size, size, Conv1D.Padding.VALID));
        return new Sequential.PoolingOptions(draft);
    }

    /** Adds the largest value of all steps. */
    public final SequentialBuilder globalMaxPooling() {
        return add(new GlobalPooling1D(name("global_max_pooling1d"), GlobalPooling1D.Kind.MAX));
    }

    /** Adds the average of all steps that are not masked. */
    public final SequentialBuilder globalAveragePooling() {
        return add(new GlobalPooling1D(name("global_average_pooling1d"), GlobalPooling1D.Kind.AVERAGE));
    }

    /**
     * Adds what makes one vector of all features of all steps.
     *
     * @param steps how many steps there are, at least 1; the model takes no other number
     * @throws IllegalArgumentException if they are below 1, or no array holds as many features
     * @throws IllegalStateException if the number of its inputs is not known, see {@link #input}
     */
    public final SequentialBuilder flatten(int steps) {
        Shapes.requirePositive("steps", steps);
        int features = Shapes.requireArray("features of " + steps + " steps", steps, features());
        return add(new Reshaping.Reshape(name("flatten"), Shape.vector(features)));
    }

    /** Adds the same vector in each of so many steps. */
    public final SequentialBuilder repeatVector(int steps) {
        return add(new Reshaping.RepeatVector(name("repeat_vector"), steps));
    }

    /** Adds a function that is applied to the features of every step. */
    public final SequentialBuilder activation(Activation activation) {
        return add(new ActivationLayer(name("activation"), activation));
    }

    /** Sets the input and output arrays; without this they are the {@link Signature#standard standard} ones. */
    public final SequentialBuilder signature(Signature arrays) {
        draft.signature = Objects.requireNonNull(arrays, "signature");
        return this;
    }

    /**
     * Returns the model of the layers so far.
     *
     * @throws IllegalArgumentException if they do not fit, or the signature is not one of theirs, or they do not take
     *     as many features as {@link #input} was told
     */
    public final Sequential build() {
        Sequential model = new Sequential(draft.layers, draft.signature);
        if (draft.inputSize != 0 && !model.inputShape().equals(Shape.sequence(draft.inputSize))) {
            throw new IllegalArgumentException("input must be what the layers take, "
                    + (model.embedding().isPresent() ? "token ids" : model.inputSize() + " features")
                    + ", was set to " + draft.inputSize + " features");
        }
        return model;
    }

    private static float[] ones(int size) {
        float[] ones = new float[size];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Returns the number of features that the next layer gets. Whether layers fit is checked later. */
    private int features() {
        Shape shape = draft.inputSize == 0 ? null : Shape.sequence(draft.inputSize);
        for (Layer layer : draft.layers) {
            Shape input = layer.firstInput().orElse(shape);
            shape = input == null ? null : Graph.outputShape(layer, List.of(input));
        }
        if (shape == null) {
            throw new IllegalStateException("input must be set before a layer that is given by its size alone, unless"
                    + " there is a layer with weights before it");
        }
        return shape.features();
    }

    /** Returns the first of type, type_1, type_2 … that no layer has. */
    private String name(String type) {
        return Stream.concat(Stream.of(type), IntStream.iterate(1, i -> i + 1).mapToObj(i -> type + "_" + i))
                .filter(name -> draft.layers.stream().noneMatch(layer -> layer.name().equals(name))).findFirst()
                .orElseThrow();
    }
}
