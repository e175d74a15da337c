package dev.gru.layer;

import java.util.List;
import java.util.Optional;

/**
 * A stack of layers that fit: the output of each is the input of the next.
 *
 * <p>Its input is a sequence, either of token ids, if it begins with an {@link Embedding}, or of feature vectors.
 * Immutable and safe for use by any number of threads.
 */
public final class Sequential {
    private final List<Layer> layers;
    private final int inputSize;
    private final int outputSize;
    private final boolean returnsSequences;
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
     *     out, if an embedding is not the first layer, or if a layer needs a sequence and does not get one
     */
    public Sequential(List<? extends Layer> layers, Signature signature) {
        this.layers = List.copyOf(layers);
        int features = 0;
        int firstInput = 0;
        boolean sequence = true;
        for (Layer layer : this.layers) {
            int in = inputSize(layer);
            if (layer instanceof Dropout || layer instanceof Masking || layer instanceof ActivationLayer) {
                continue;
            }
            if (layer instanceof Embedding && features != 0) {
                throw new IllegalArgumentException(
                        "layer " + layer.name() + ": an embedding must be the first layer with weights");
            }
            if (features == 0) {
                firstInput = in;
            } else if (in != features) {
                throw new IllegalArgumentException(
                        "layer " + layer.name() + ": its input size is " + in + ", but it gets " + features);
            }
            if (!sequence && !(layer instanceof Dense)) {
                throw new IllegalArgumentException("layer " + layer.name()
                        + ": it needs a sequence, but a layer before it returns its last output only");
            }
            sequence &= switch (layer) {
                case GruLayer gru -> gru.returnSequences();
                case Bidirectional both -> both.returnSequences();
                default -> true;
            };
            features = outputSize(layer);
        }
        if (features == 0) {
            throw new IllegalArgumentException("layers must hold at least one layer with weights, held " + layers);
        }
        inputSize = firstInput;
        outputSize = features;
        returnsSequences = sequence;
        this.signature = signature != null
                ? signature
                : Signature.standard(embedding().isPresent(), outputSize, returnsSequences);
    }

    /** Returns the arrays that go in and come out, by name. */
    public Signature signature() {
        return signature;
    }

    /** Returns the layers, first to last. */
    public List<Layer> layers() {
        return layers;
    }

    /** Returns the table of the token ids that the model takes, or nothing if it takes features. */
    public Optional<Embedding> embedding() {
        return layers.stream().filter(Embedding.class::isInstance).map(Embedding.class::cast).findFirst();
    }

    /** Returns the number of features per step that the model takes; 1, the id, if it takes tokens. */
    public int inputSize() {
        return inputSize;
    }

    /** Returns the number of features that the model puts out, per step or in all. */
    public int outputSize() {
        return outputSize;
    }

    /** Returns whether there is an output for every step, or only one for the whole sequence. */
    public boolean returnsSequences() {
        return returnsSequences;
    }

    /** Returns the first layer that reads from the end, so that the model runs on whole sequences only. */
    public Optional<Bidirectional> bidirectional() {
        return layers.stream().filter(Bidirectional.class::isInstance).map(Bidirectional.class::cast).findFirst();
    }

    private static int inputSize(Layer layer) {
        return switch (layer) {
            case Embedding _ -> 1;
            case GruLayer gru -> gru.weights().inputSize();
            case Bidirectional both -> both.inputSize();
            case Dropout _,Masking _,ActivationLayer _ -> 0;
            case Dense dense -> dense.weights().inputSize();
            case TimeDistributed distributed -> distributed.layer().weights().inputSize();
        };
    }

    private static int outputSize(Layer layer) {
        return switch (layer) {
            case Embedding embedding -> embedding.outputSize();
            case GruLayer gru -> gru.weights().hiddenSize();
            case Bidirectional both -> both.outputSize();
            case Dropout _,Masking _,ActivationLayer _ -> 0;
            case Dense dense -> dense.weights().outputSize();
            case TimeDistributed distributed -> distributed.layer().weights().outputSize();
        };
    }

    @Override
    public String toString() {
        return "Sequential" + layers;
    }
}
