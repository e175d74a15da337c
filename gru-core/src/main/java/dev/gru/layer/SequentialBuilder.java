package dev.gru.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
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
 * <p>Layers get the names that Keras would give them: {@code gru}, {@code gru_1} and so on. {@link #add} takes a layer
 * with another name, or with options that have no method here.
 *
 * <p>Whether the layers fit is checked when the model is built. Not safe for use by two threads at once.
 */
public sealed class SequentialBuilder {
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
    abstract static sealed class Options<L extends Layer> extends SequentialBuilder {
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

    /** The builder after an {@link Embedding}, with its options. */
    public static final class EmbeddingOptions extends Options<Embedding> {
        private EmbeddingOptions(Draft draft) {
            super(draft, Embedding.class);
        }

        /** Lets the embedding mask steps with id 0, which then is padding. */
        public EmbeddingOptions maskZero() {
            change(layer -> layer.withMaskZero(true));
            return this;
        }
    }

    /** The builder after a {@link GruLayer}, with its options. */
    public static final class GruOptions extends Options<GruLayer> {
        private GruOptions(Draft draft) {
            super(draft, GruLayer.class);
        }

        /** Lets the layer return its output of every step. */
        public GruOptions returnSequences() {
            change(layer -> layer.withReturnSequences(true));
            return this;
        }

        /** Sets from which end the layer reads. */
        public GruOptions direction(GruLayer.Direction direction) {
            change(layer -> layer.withDirection(direction));
            return this;
        }

        /** Makes the output of a masked step 0. */
        public GruOptions zeroOutputForMask() {
            change(layer -> layer.withZeroOutputForMask(true));
            return this;
        }
    }

    /** The builder after a {@link Bidirectional} layer, with its options. */
    public static final class BidirectionalOptions extends Options<Bidirectional> {
        private BidirectionalOptions(Draft draft) {
            super(draft, Bidirectional.class);
        }

        /** Lets the layer return an output for every step. */
        public BidirectionalOptions returnSequences() {
            change(layer -> layer.withReturnSequences(true));
            return this;
        }

        /**
         * Sets how the outputs of the two directions become one.
         *
         * @throws IllegalArgumentException if they have different numbers of units and are not concatenated
         */
        public BidirectionalOptions merge(Bidirectional.MergeMode merge) {
            change(layer -> layer.withMerge(merge));
            return this;
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
    public final EmbeddingOptions embedding(int vocabularySize, int outputSize, float[] table) {
        add(new Embedding(name("embedding"), vocabularySize, outputSize, table));
        return new EmbeddingOptions(draft);
    }

    /** Adds a table of zeros; otherwise the same as {@link #embedding(int, int, float[])}. */
    public final EmbeddingOptions embedding(int vocabularySize, int outputSize) {
        Shapes.requirePositive("vocabularySize", vocabularySize);
        Shapes.requirePositive("outputSize", outputSize);
        return embedding(vocabularySize, outputSize,
                zeros("the table of an embedding", vocabularySize, outputSize));
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
    public final GruOptions gru(GruWeights weights) {
        add(new GruLayer(name("gru"), weights));
        return new GruOptions(draft);
    }

    /**
     * Adds a GRU layer of {@link GruVariant#RESET_AFTER} that reads forward, returns its last output, and whose weights
     * are 0.
     *
     * @param units its outputs, at least 1
     * @throws IllegalArgumentException if the units are below 1, or so many that no array holds their weights
     * @throws IllegalStateException if the number of its inputs is not known, see {@link #input}
     */
    public final GruOptions gru(int units) {
        return gru(GruVariant.RESET_AFTER, units);
    }

    /** Adds a GRU layer of another variant; otherwise the same as {@link #gru(int)}. */
    public final GruOptions gru(GruVariant variant, int units) {
        return gru(gruOfZeros(variant, units));
    }

    /**
     * Adds two GRU layers of {@link GruVariant#RESET_AFTER} that read the sequence from its two ends, whose weights are
     * 0, and whose last outputs are concatenated and returned.
     *
     * @param units outputs of each of the two, at least 1
     * @throws IllegalArgumentException if the units are below 1, or so many that no array holds their weights
     * @throws IllegalStateException if the number of their inputs is not known, see {@link #input}
     */
    public final BidirectionalOptions bidirectional(int units) {
        return bidirectional(GruVariant.RESET_AFTER, units);
    }

    /** Adds two GRU layers of another variant; otherwise the same as {@link #bidirectional(int)}. */
    public final BidirectionalOptions bidirectional(GruVariant variant, int units) {
        GruWeights weights = gruOfZeros(variant, units);
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
    public final BidirectionalOptions bidirectional(GruWeights forward, GruWeights backward) {
        add(new Bidirectional(name("bidirectional"), forward, backward));
        return new BidirectionalOptions(draft);
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
        return dense(denseOfZeros(units, activation));
    }

    /**
     * Adds a dense layer whose weights are 0 and that needs a sequence; otherwise as {@link #dense(int, Activation)}.
     */
    public final SequentialBuilder timeDistributed(int units, Activation activation) {
        return timeDistributed(denseOfZeros(units, activation));
    }

    /** Adds a dense layer that needs a sequence and acts on every step by itself. */
    public final SequentialBuilder timeDistributed(DenseWeights weights) {
        return add(new TimeDistributed(name("time_distributed"), weights));
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

    private GruWeights gruOfZeros(GruVariant variant, int units) {
        Objects.requireNonNull(variant, "variant");
        Shapes.requirePositive("units", units);
        int features = features();
        String weights = "weights of " + units + " units";
        // Before the first of them is allocated, which could fail for want of memory where another is too large.
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
