package dev.gru.layer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;

/**
 * A stack of layers that fit: the output of each is the input of the next.
 *
 * <p>Its input is a sequence, either of token ids, if it begins with an {@link Embedding}, or of feature vectors.
 * Immutable and safe for use by any number of threads.
 *
 * <p>Some steps may not count: those of padding, if an embedding masks it, those that a {@link Masking} layer leaves out,
 * and those behind the length of a row. Which ones is handed on from layer to layer, up to one that returns its last
 * output only. Recurrent layers skip them; what they put out instead is their own option.
 */
public final class Sequential {
    private final List<Layer> layers;
    private final int inputSize;
    private final int[] outputSizes;
    private final boolean[] sequences;
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
     * @throws IllegalArgumentException if there is none, if a layer's input size is not what the layer before it puts
     *     out, if an embedding is not the first layer, if a layer needs a sequence and does not get one, or if the
     *     signature is not one of such a model
     */
    public Sequential(List<? extends Layer> layers, Signature signature) {
        this.layers = Shapes.copyOf("layers", layers);
        inputSize = this.layers.stream().mapToInt(Sequential::inputSize).filter(size -> size > 0).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "layers must hold at least one layer with weights, held " + layers));
        outputSizes = new int[this.layers.size()];
        sequences = new boolean[this.layers.size()];
        int features = inputSize;
        boolean sequence = true;
        for (int i = 0; i < outputSizes.length; i++) {
            Layer layer = this.layers.get(i);
            requireFits(i, features, sequence);
            features = outputSize(layer, features);
            sequence &= returnsSequences(layer);
            outputSizes[i] = features;
            sequences[i] = sequence;
        }
        if (signature == null) {
            this.signature = Signature.standard(embedding().isPresent(), outputSize(), returnsSequences());
        } else {
            signature.requireFits(this);
            this.signature = signature;
        }
    }

    /** Returns an empty builder. */
    public static SequentialBuilder builder() {
        return new SequentialBuilder();
    }

    private void requireFits(int index, int features, boolean sequence) {
        Layer layer = layers.get(index);
        if (layer instanceof Embedding && !layers.subList(0, index).stream().allMatch(Dropout.class::isInstance)) {
            throw new IllegalArgumentException(
                    "layer " + Printable.of(layer.name()) + ": an embedding must be the first layer, with"
                            + " nothing but dropout before it");
        }
        int in = inputSize(layer);
        if (in != 0 && in != features) {
            throw new IllegalArgumentException(
                    "layer " + Printable.of(layer.name()) + ": its input size is " + in + ", but it gets " + features);
        }
        if (!sequence && needsSequence(layer)) {
            throw new IllegalArgumentException("layer " + Printable.of(layer.name())
                    + ": it needs a sequence, but a layer before it returns its last output only");
        }
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

    /** Returns whether one of the arrays that go in holds ints: lengths, and token ids; all others hold floats. */
    public boolean takesInts(Signature.Port input) {
        return Objects.requireNonNull(input, "input").role().isInts(embedding().isPresent());
    }

    /** Returns the number of features per step that the model takes; 1, the id, if it takes tokens. */
    public int inputSize() {
        return inputSize;
    }

    /** Returns the number of features that the model puts out, per step or in all. */
    public int outputSize() {
        return outputSize(outputSizes.length - 1);
    }

    /**
     * Returns the number of features that a layer puts out, per step or in all.
     *
     * @param index the layer's place in {@link #layers}
     */
    public int outputSize(int index) {
        return outputSizes[Shapes.requireIndex("index", index, outputSizes.length)];
    }

    /** Returns whether there is an output for every step, or only one for the whole sequence. */
    public boolean returnsSequences() {
        return returnsSequences(sequences.length - 1);
    }

    /**
     * Returns whether a layer puts something out for every step, or only once for the whole sequence.
     *
     * @param index the layer's place in {@link #layers}
     */
    public boolean returnsSequences(int index) {
        return sequences[Shapes.requireIndex("index", index, sequences.length)];
    }

    /**
     * Returns what has states, in the order in which {@link Signature} counts them: all GRU layers, those of
     * bidirectional layers among them, forward before backward.
     */
    public List<GruLayer> recurrentLayers() {
        return layers.stream().flatMap(layer -> switch (layer) {
            case GruLayer gru -> Stream.of(gru);
            case Bidirectional both -> Stream.of(both.forward(), both.backward());
            case Embedding _,Masking _,Dropout _,Dense _,TimeDistributed _,ActivationLayer _ ->
                Stream.<GruLayer>empty();
        }).toList();
    }

    /**
     * Returns the first layer that reads sequences from their end, or nothing if there is none. With one, a model runs on
     * whole sequences only.
     */
    public Optional<Layer> wholeSequences() {
        return layers.stream().filter(Sequential::readsFromTheEnd).findFirst();
    }

    private static boolean readsFromTheEnd(Layer layer) {
        return layer instanceof Bidirectional
                || (layer instanceof GruLayer gru && gru.direction() != GruLayer.Direction.FORWARD);
    }

    private static boolean needsSequence(Layer layer) {
        return switch (layer) {
            case Embedding _,Masking _,GruLayer _,Bidirectional _,TimeDistributed _ -> true;
            case Dropout _,Dense _,ActivationLayer _ -> false;
        };
    }

    private static boolean returnsSequences(Layer layer) {
        return switch (layer) {
            case GruLayer gru -> gru.returnSequences();
            case Bidirectional both -> both.returnSequences();
            case Embedding _,Masking _,Dropout _,Dense _,TimeDistributed _,ActivationLayer _ -> true;
        };
    }

    /** Returns the features that a layer takes, or 0 if it takes any number. */
    private static int inputSize(Layer layer) {
        return switch (layer) {
            case Embedding _ -> 1;
            case GruLayer gru -> gru.weights().inputSize();
            case Bidirectional both -> both.inputSize();
            case Dense dense -> dense.weights().inputSize();
            case TimeDistributed distributed -> distributed.layer().weights().inputSize();
            case Dropout _,Masking _,ActivationLayer _ -> 0;
        };
    }

    /** Returns the features that a layer puts out if it gets {@code features}. */
    static int outputSize(Layer layer, int features) {
        return switch (layer) {
            case Embedding embedding -> embedding.outputSize();
            case GruLayer gru -> gru.weights().hiddenSize();
            case Bidirectional both -> both.outputSize();
            case Dense dense -> dense.weights().outputSize();
            case TimeDistributed distributed -> distributed.layer().weights().outputSize();
            case Dropout _,Masking _,ActivationLayer _ -> features;
        };
    }

    @Override
    public String toString() {
        return "Sequential" + layers;
    }
}
