package dev.gru.kernel;

import java.lang.foreign.Arena;
import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * A GRU layer in a kernel's own layout. It is run by {@link #newRunner runners}.
 *
 * <p>Immutable and safe for use by any number of threads, each with a runner of its own.
 */
public abstract class PackedGru {
    private final GruVariant variant;
    private final GruActivations activations;
    private final int inputSize;
    private final int hiddenSize;
    private final int stateSize;
    private final int vocabularySize;

    /** Called by kernels, with the weights that they pack. */
    protected PackedGru(GruWeights weights) {
        variant = weights.variant();
        activations = weights.activations();
        inputSize = weights.inputSize();
        hiddenSize = weights.hiddenSize();
        stateSize = variant.stateSize(hiddenSize);
        vocabularySize = 0;
    }

    /** Called by kernels, with a layer and the size of the vocabulary that another one has besides. */
    protected PackedGru(PackedGru layer, int vocabularySize) {
        variant = layer.variant;
        activations = layer.activations;
        inputSize = layer.inputSize;
        hiddenSize = layer.hiddenSize;
        stateSize = layer.stateSize;
        this.vocabularySize = Shapes.requirePositive("vocabularySize", vocabularySize);
    }

    /** Returns the recurrence that this layer computes. */
    public final GruVariant variant() {
        return variant;
    }

    /** Returns the functions in its equations. */
    public final GruActivations activations() {
        return activations;
    }

    /** Returns the number of features per step. */
    public final int inputSize() {
        return inputSize;
    }

    /** Returns the number of units, which is the number of outputs per step. */
    public final int hiddenSize() {
        return hiddenSize;
    }

    /** Returns the number of floats that one stream carries from step to step. */
    public final int stateSize() {
        return stateSize;
    }

    /** Returns how many tokens its runners know besides features; 0 for a layer without a vocabulary. */
    public final int vocabularySize() {
        return vocabularySize;
    }

    /**
     * Returns the same layer, sharing its weights, whose runners also take tokens, each of which stands for features.
     * Outputs have the bits that the features have. A kernel may compute the sums of all gates over the inputs of each
     * token here, once, and keep them.
     *
     * @param size tokens go from 0 to one below it
     * @param features the features of each token, (inputSize)
     * @param arena owns whatever memory the kernel takes outside the heap, as for the weights
     * @throws IllegalArgumentException if the size is not positive, or no array holds the sums of so many tokens
     */
    public final PackedGru withVocabulary(int size, TokenFeatures features, Arena arena) {
        Shapes.requirePositive("size", size);
        Shapes.requireArray("sums of gates", size, Gate.COUNT, hiddenSize);
        return lookingUp(size, Objects.requireNonNull(features, "features"), Objects.requireNonNull(arena, "arena"));
    }

    /** Does what {@link #withVocabulary} says; the arguments are checked. */
    protected abstract PackedGru lookingUp(int size, TokenFeatures features, Arena arena);

    /** Returns how many bytes the kernel keeps for each token of a vocabulary. */
    public abstract long bytesPerToken();

    /**
     * Returns a new runner of this layer, with scratch memory of its own, that may share its work with a team. Its
     * outputs have the same bits as without one; a call that finds the team busy does everything itself.
     *
     * @param maxBatch the largest batch that it has room for, at least 1; any number of steps fits
     * @param team threads that may help, or null; must not be closed while the runner is in use
     * @param arena owns whatever memory the runner takes outside the heap; the runner must not be used once it is
     *     closed. All threads that use the runner, and a team's, must be allowed to access its memory
     */
    public abstract GruRunner newRunner(int maxBatch, ThreadTeam team, Arena arena);

    /**
     * Returns a new runner for one thread, whose memory outside the heap is freed when the garbage collector finds it
     * unreachable.
     *
     * @param maxBatch the largest batch that it has room for, at least 1; any number of steps fits
     */
    public final GruRunner newRunner(int maxBatch) {
        return newRunner(maxBatch, null, Arena.ofAuto());
    }
}
