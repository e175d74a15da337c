package dev.gru.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;

/**
 * A stack of layers that fit: the output of each is the input of the next.
 *
 * <p>Its input is a sequence, either of token ids, if it begins with an {@link Embedding}, or of feature vectors. From
 * layer to layer goes an array of one {@link Shape}, and with it a mask, if there is one.
 *
 * <p>Some steps may be masked: those of padding, if an embedding masks it, those that a {@link Masking} layer finds,
 * and those beyond the length of a row. The mask goes from layer to layer, up to one that returns its last output only.
 * Recurrent layers skip masked steps; what their outputs are there is an option of theirs.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public final class Sequential {
    private final List<Layer> layers;
    private final Shape inputShape;
    private final List<Shape> outputShapes;
    private final Signature signature;

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
     * @param layers the layers, first to last; at least one with weights
     * @param signature the arrays of the model, or null for the {@link Signature#standard standard} ones
     * @throws IllegalArgumentException if there is none, if a layer does not take the output of the layer before it,
     *     or if the signature is not one of such a model
     */
    public Sequential(List<? extends Layer> layers, Signature signature) {
        this.layers = Shapes.copyOf("layers", layers);
        inputShape = this.layers.stream().map(Layer::firstInput).flatMap(Optional::stream).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "layers must hold at least one layer with weights, held " + layers));
        List<Shape> shapes = new ArrayList<>();
        Shape shape = inputShape;
        for (Layer layer : this.layers) {
            shape = outputShape(layer, shape);
            shapes.add(shape);
        }
        outputShapes = List.copyOf(shapes);
        if (signature == null) {
            this.signature = Signature.standard(inputShape, outputShapes.getLast());
        } else {
            signature.requireFits(inputShape, outputShapes.getLast(),
                    recurrentLayers().stream().mapToInt(GruLayer::stateSize).toArray());
            this.signature = signature;
        }
    }

    /**
     * Returns the shape of a layer's output.
     *
     * @throws IllegalArgumentException if the layer does not take such an input; the message names it
     */
    static Shape outputShape(Layer layer, Shape input) {
        try {
            return layer.outputShape(input);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("layer " + Printable.of(layer.name()) + ": " + e.getMessage(), e);
        }
    }

    /** Returns an empty builder. */
    public static SequentialBuilder builder() {
        return new SequentialBuilder();
    }

    /** Returns the layers, first to last. */
    public List<Layer> layers() {
        return layers;
    }

    /** Returns the arrays that go in and come out, by name. */
    public Signature signature() {
        return signature;
    }

    /** Returns the table of the token ids that the model takes, or nothing if it takes features. */
    public Optional<Embedding> embedding() {
        return layers.stream().filter(Embedding.class::isInstance).map(Embedding.class::cast).findFirst();
    }

    /** Returns whether an input array holds ints, as lengths and token ids do; all others hold floats. */
    public boolean takesInts(Signature.Port input) {
        return Objects.requireNonNull(input, "input").role().isInts(embedding().isPresent());
    }

    /** Returns the shape of the input. */
    public Shape inputShape() {
        return inputShape;
    }

    /** Returns the number of features per step of the input; 1, the id, if the model takes tokens. */
    public int inputSize() {
        return inputShape.features();
    }

    /** Returns the number of features of the output, per step or in all. */
    public int outputSize() {
        return outputShapes.getLast().features();
    }

    /** Returns whether there is an output for every step, or only one for the whole sequence. */
    public boolean returnsSequences() {
        return outputShapes.getLast().isSequence();
    }

    /**
     * Returns the shape of a layer's output.
     *
     * @param index the layer's place in {@link #layers}
     */
    public Shape outputShape(int index) {
        return outputShapes.get(Shapes.requireIndex("index", index, outputShapes.size()));
    }

    /**
     * Returns the number of features of a layer's output, per step or in all.
     *
     * @param index the layer's place in {@link #layers}
     */
    public int outputSize(int index) {
        return outputShape(index).features();
    }

    /**
     * Returns whether a layer has an output for every step, or only one for the whole sequence.
     *
     * @param index the layer's place in {@link #layers}
     */
    public boolean returnsSequences(int index) {
        return outputShape(index).isSequence();
    }

    /**
     * Returns the layers that have states, in the order in which {@link Signature} counts them: all GRU layers, the two
     * of a bidirectional layer among them, forward before backward.
     */
    public List<GruLayer> recurrentLayers() {
        return layers.stream().flatMap(layer -> Stream.concat(Stream.of(layer), layer.parts().values().stream()))
                .filter(GruLayer.class::isInstance).map(GruLayer.class::cast).toList();
    }

    /**
     * Returns the first layer whose outputs depend on later steps, as it reads sequences from their end, or nothing if
     * there is none. With one, a model runs on whole sequences only.
     */
    public Optional<Layer> wholeSequences() {
        return layers.stream().filter(layer -> layer.time() == Layer.Time.WHOLE_SEQUENCE).findFirst();
    }

    @Override
    public String toString() {
        return "Sequential" + layers;
    }
}
