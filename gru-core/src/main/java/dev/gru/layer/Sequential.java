package dev.gru.layer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.gru.internal.Shapes;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.weights.DenseWeights;

/**
 * A chain of layers that fit: the output of each is the input of the next.
 *
 * <p>Its input is a sequence, either of token ids, if it begins with an {@link Embedding}, or of feature vectors,
 * unless it is said to be something else.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public final class Sequential extends Graph {
    /** What the input of a chain is called. */
    private static final String INPUT = "x";

    /**
     * Describes a model with the {@link Signature#standard standard} signature.
     *
     * @param layers as for {@link #Sequential(List, Signature)}
     */
    public Sequential(List<? extends Layer> layers) {
        this(layers, null);
    }

    /**
     * Copies the list and checks that the layers fit.
     *
     * @param layers the layers, first to last; at least one that says what it takes, as layers with weights do
     * @param signature the arrays of the model, or null for the {@link Signature#standard standard} ones
     * @throws IllegalArgumentException if there is none, if a layer does not take the output of the layer before it, or
     *     if the signature is not one of such a model
     */
    public Sequential(List<? extends Layer> layers, Signature signature) {
        this(layers, input(layers), signature);
    }

    /**
     * Describes a model whose input is given; otherwise the same as {@link #Sequential(List, Signature)}.
     *
     * @param layers the layers, first to last, at least one
     * @param input what goes into the first of them
     * @param signature the arrays of the model, or null for the {@link Signature#standard standard} ones
     */
    public Sequential(List<? extends Layer> layers, Input input, Signature signature) {
        super(List.of(Objects.requireNonNull(input, "input")), chain(layers), List.of(layers.size()), signature);
    }

    private static Input input(List<? extends Layer> layers) {
        return impliedInput(Shapes.copyOf("layers", layers)).orElseThrow(() -> new IllegalArgumentException(
                "layers must hold at least one layer with weights, held " + layers));
    }

    private static Optional<Input> impliedInput(List<? extends Layer> layers) {
        return layers.stream().map(Layer::firstInput).flatMap(Optional::stream).findFirst()
                .map(shape -> new Input(INPUT, shape));
    }

    /** Returns whether a model is a chain whose input is known from its layers. */
    public static boolean isImplied(Graph model) {
        return Objects.requireNonNull(model, "model").isChain()
                && impliedInput(model.layers()).equals(Optional.of(model.inputs().getFirst()));
    }

    private static List<Node> chain(List<? extends Layer> layers) {
        List<Layer> copies = Shapes.copyOf("layers", layers);
        return IntStream.range(0, copies.size()).mapToObj(i -> new Node(copies.get(i), List.of(i))).toList();
    }

    /** Returns an empty builder. */
    public static SequentialBuilder builder() {
        return new SequentialBuilder();
    }

    // What a builder is after a layer that has options: the same, and these options of that layer.

    /** The builder after an {@link Embedding}, with its options. */
    public static final class EmbeddingOptions extends SequentialBuilder.Options<Embedding> {
        EmbeddingOptions(SequentialBuilder.Draft draft) {
            super(draft, Embedding.class);
        }

        /** Lets the embedding mask steps with id 0, which then is padding. */
        public EmbeddingOptions maskZero() {
            change(layer -> layer.withMaskZero(true));
            return this;
        }
    }

    /** The builder after a {@link GruLayer}, with its options. */
    public static final class GruOptions extends SequentialBuilder.Options<GruLayer> {
        GruOptions(SequentialBuilder.Draft draft) {
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
    public static final class BidirectionalOptions extends SequentialBuilder.Options<Bidirectional> {
        BidirectionalOptions(SequentialBuilder.Draft draft) {
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

    /** The builder after a {@link Conv1D}, with its options. */
    public static final class Conv1DOptions extends SequentialBuilder.Options<Conv1D> {
        Conv1DOptions(SequentialBuilder.Draft draft) {
            super(draft, Conv1D.class);
        }

        /** Puts zeros before the first step, so that no output depends on later steps: such a layer streams. */
        public Conv1DOptions causal() {
            change(layer -> layer.withPadding(Conv1D.Padding.CAUSAL));
            return this;
        }

        /** Puts zeros on both sides, so that there are as many steps after the layer, divided by the stride. */
        public Conv1DOptions same() {
            change(layer -> layer.withPadding(Conv1D.Padding.SAME));
            return this;
        }

        /**
         * Sets the steps from window to window.
         *
         * @throws IllegalArgumentException if they are below 1, or above it where there is dilation
         */
        public Conv1DOptions stride(int steps) {
            change(layer -> layer.withStride(steps));
            return this;
        }

        /**
         * Sets the distance between neighbouring steps of a window.
         *
         * @throws IllegalArgumentException if it is below 1, or above it where there is a stride
         */
        public Conv1DOptions dilation(int steps) {
            change(layer -> layer.withDilation(steps));
            return this;
        }

        /**
         * Divides channels and filters into groups, each of which sees its own part only.
         *
         * @throws IllegalArgumentException if the channels or the filters are not a multiple of them
         */
        public Conv1DOptions groups(int groups) {
            change(layer -> {
                if (groups < 1 || layer.inputSize() % groups != 0 || layer.filters() % groups != 0) {
                    throw new IllegalArgumentException("groups must divide " + layer.inputSize() + " channels and "
                            + layer.filters() + " filters, were " + groups);
                }
                DenseWeights weights = Conv1D.zeros(layer.filters(), layer.kernelSize(),
                        layer.inputSize() / groups, layer.weights().activation());
                return new Conv1D(layer.name(), layer.inputSize(), layer.kernelSize(), weights)
                        .withStride(layer.stride()).withDilation(layer.dilation()).withPadding(layer.padding());
            });
            return this;
        }
    }

    /** The builder after a {@link Pooling1D}, with its options. */
    public static final class PoolingOptions extends SequentialBuilder.Options<Pooling1D> {
        PoolingOptions(SequentialBuilder.Draft draft) {
            super(draft, Pooling1D.class);
        }

        /** Sets the steps from window to window, which are otherwise as many as a window has. */
        public PoolingOptions stride(int steps) {
            change(layer -> new Pooling1D(layer.name(), layer.kind(), layer.size(), steps, layer.padding()));
            return this;
        }

        /** Lets windows reach beyond both ends, so that there are as many steps after it, divided by the stride. */
        public PoolingOptions same() {
            change(layer -> new Pooling1D(layer.name(), layer.kind(), layer.size(), layer.stride(),
                    Conv1D.Padding.SAME));
            return this;
        }
    }

    /** The builder after a {@link BatchNormalization}, with its options. */
    public static final class BatchNormalizationOptions extends SequentialBuilder.Options<BatchNormalization> {
        BatchNormalizationOptions(SequentialBuilder.Draft draft) {
            super(draft, BatchNormalization.class);
        }

        /** Sets what is added to variances, at least 0. */
        public BatchNormalizationOptions epsilon(float epsilon) {
            change(layer -> with(layer, epsilon, layer.momentum()));
            return this;
        }

        /** Sets how much of moving averages stays in a step of training, from 0 to 1. */
        public BatchNormalizationOptions momentum(float momentum) {
            change(layer -> with(layer, layer.epsilon(), momentum));
            return this;
        }

        private static BatchNormalization with(BatchNormalization layer, float epsilon, float momentum) {
            return new BatchNormalization(layer.name(), layer.size(), epsilon, momentum, layer.learnt(),
                    List.of(layer.gamma(), layer.beta(), layer.movingMean(), layer.movingVariance()));
        }
    }

    /** The builder after a {@link LayerNormalization}, with its options. */
    public static final class LayerNormalizationOptions extends SequentialBuilder.Options<LayerNormalization> {
        LayerNormalizationOptions(SequentialBuilder.Draft draft) {
            super(draft, LayerNormalization.class);
        }

        /** Sets what is added to variances, at least 0. */
        public LayerNormalizationOptions epsilon(float epsilon) {
            change(layer -> new LayerNormalization(layer.name(), layer.size(), epsilon, layer.learnt(),
                    List.of(layer.gamma(), layer.beta())));
            return this;
        }
    }
}
