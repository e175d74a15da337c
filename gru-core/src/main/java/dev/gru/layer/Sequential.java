package dev.gru.layer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.gru.internal.Shapes;

/**
 * A chain of layers that fit: the output of each is the input of the next.
 *
 * <p>Its input is a sequence, either of token ids, if it begins with an {@link Embedding}, or of feature vectors, unless
 * it is said to be something else.
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
        return model.isChain() && impliedInput(model.layers()).equals(Optional.of(model.inputs().getFirst()));
    }

    private static List<Node> chain(List<? extends Layer> layers) {
        List<Layer> copies = Shapes.copyOf("layers", layers);
        return IntStream.range(0, copies.size()).mapToObj(i -> new Node(copies.get(i), List.of(i))).toList();
    }

    /** Returns an empty builder. */
    public static SequentialBuilder builder() {
        return new SequentialBuilder();
    }
}
