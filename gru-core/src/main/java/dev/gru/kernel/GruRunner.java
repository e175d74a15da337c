package dev.gru.kernel;

import dev.gru.internal.Shapes;
import dev.gru.weights.GruVariant;

/**
 * Runs a {@link PackedGru}: its weights with scratch memory for one thread at a time. No {@code forward} method
 * allocates.
 *
 * <p>It carries nothing from call to call: states are in the caller's arrays. Arguments are checked before anything is
 * written, so a call that throws has changed nothing.
 *
 * <p><b>State</b> is {@link GruVariant#stateSize} floats a row: h, followed for {@link GruVariant#DUAL_STATE} by c.
 *
 * <p><b>Mask</b>: a {@code false} in {@code mask} marks a masked step: the state stays as it is, and the output repeats
 * the previous one, which is the h carried in.
 *
 * <p><b>Same stream, same bits</b>: the outputs of a stream do not depend on whether they were computed step by step or
 * as a sequence, alone or in a batch.
 *
 * <p>Not safe for use by two threads at once.
 */
public abstract class GruRunner {
    private final int inputSize;
    private final int hiddenSize;
    private final int stateSize;
    private final int vocabularySize;
    private final int maxBatch;

    /**
     * Called by kernels.
     *
     * @param inputSize features per step
     * @param hiddenSize units, which are the outputs per step
     * @param stateSize floats that one stream carries from step to step
     * @param vocabularySize tokens that the layer knows, 0 if it knows features only
     * @param maxBatch the largest batch that fits, at least 1
     * @throws IllegalArgumentException if no array holds the states of such a batch
     */
    protected GruRunner(int inputSize, int hiddenSize, int stateSize, int vocabularySize, int maxBatch) {
        this.inputSize = inputSize;
        this.hiddenSize = hiddenSize;
        this.stateSize = stateSize;
        this.vocabularySize = vocabularySize;
        this.maxBatch = Shapes.requirePositive("maxBatch", maxBatch);
        // No caller has more states than that either.
        Shapes.requireArray("states of a batch", maxBatch, stateSize);
    }

    /**
     * Computes one step of one stream.
     *
     * @param x input, (inputSize)
     * @param hPrev state before the step, (stateSize)
     * @param hNext state after the step, (stateSize); its first {@code hiddenSize} elements are the output. May be
     *     {@code hPrev} itself, but not {@code x}
     * @throws IllegalArgumentException if an array is too short, or {@code hNext} is {@code x}
     */
    public final void forwardStep(float[] x, float[] hPrev, float[] hNext) {
        Shapes.requireRoom("x", x, 0, inputSize);
        Shapes.requireRoom("hPrev", hPrev, 0, stateSize);
        Shapes.requireRoom("hNext", hNext, 0, stateSize);
        Shapes.requireOtherArray("hNext", hNext, "x", x);
        runStep(x, hPrev, hNext);
    }

    /**
     * Computes one step of one stream, whose input is a token.
     *
     * @param token from 0 to one below the size of the layer's vocabulary
     * @param hPrev as for {@link #forwardStep(float[], float[], float[])}, and so is {@code hNext}
     * @throws IllegalArgumentException if the token is not in the vocabulary, or an array is too short
     */
    public final void forwardStep(int token, float[] hPrev, float[] hNext) {
        requireToken(token);
        Shapes.requireRoom("hPrev", hPrev, 0, stateSize);
        Shapes.requireRoom("hNext", hNext, 0, stateSize);
        runStep(token, hPrev, hNext);
    }

    private void requireToken(int token) {
        if (token < 0 || token >= vocabularySize) {
            throw new IllegalArgumentException(
                    "token must be one of a vocabulary of " + vocabularySize + ", was " + token);
        }
    }

    /**
     * Computes consecutive steps of a batch of independent streams.
     *
     * @param batch number of streams, from 1 to the {@code maxBatch} that the runner was made for
     * @param steps number of steps, 0 or more
     * @param x inputs, (batch, steps, inputSize)
     * @param mask false for masked steps, (batch, steps), or null if none is
     * @param state states before the first step, (batch, stateSize), replaced by the states after the last
     * @param y outputs, (batch, steps, hiddenSize), or null if they are not wanted
     * @throws IllegalArgumentException if an array is too short, {@code batch} or {@code steps} is out of range, or
     *     {@code x}, {@code state} and {@code y} are not three different arrays
     */
    public final void forwardBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, float[] y) {
        requireCounts(batch, steps);
        Shapes.requireRoom("x", x, 0, Shapes.elements(batch, steps, inputSize));
        requireArrays(batch, steps, mask, state, y);
        Shapes.requireOtherArray("state", state, "x", x);
        if (y != null) {
            Shapes.requireOtherArray("y", y, "x", x);
        }
        runBatch(batch, steps, x, mask, state, y);
    }

    /**
     * Computes consecutive steps of a batch of independent streams, whose inputs are tokens.
     *
     * @param tokens (batch, steps), each from 0 to one below the size of the layer's vocabulary; those of masked steps,
     *     too
     * @param batch as for {@link #forwardBatch(int, int, float[], boolean[], float[], float[])}, and so are the others
     * @throws IllegalArgumentException if a token is not in the vocabulary, an array is too short, {@code batch} or
     *     {@code steps} is out of range, or {@code y} is {@code state}
     */
    public final void forwardBatch(int batch, int steps, int[] tokens, boolean[] mask, float[] state, float[] y) {
        requireCounts(batch, steps);
        Shapes.requireRoom("tokens", tokens, 0, (long) batch * steps);
        requireArrays(batch, steps, mask, state, y);
        for (int i = 0; i < batch * steps; i++) {
            requireToken(tokens[i]);
        }
        runBatch(batch, steps, tokens, mask, state, y);
    }

    private void requireCounts(int batch, int steps) {
        Shapes.requireFrom1To("batch", batch, maxBatch);
        Shapes.requireNotNegative("steps", steps);
    }

    private void requireArrays(int batch, int steps, boolean[] mask, float[] state, float[] y) {
        if (mask != null) {
            Shapes.requireRoom("mask", mask.length, 0, (long) batch * steps);
        }
        Shapes.requireRoom("state", state, 0, (long) batch * stateSize);
        if (y != null) {
            Shapes.requireRoom("y", y, 0, Shapes.elements(batch, steps, hiddenSize));
            Shapes.requireOtherArray("y", y, "state", state);
        }
    }

    /** Computes {@link #forwardStep(float[], float[], float[])}, whose arguments have been checked. */
    protected abstract void runStep(float[] x, float[] hPrev, float[] hNext);

    /**
     * Computes {@link #forwardStep(int, float[], float[])}, whose arguments have been checked; never called without a
     * vocabulary.
     */
    protected void runStep(int token, float[] hPrev, float[] hNext) {
        throw new AssertionError("no vocabulary");
    }

    /**
     * Computes {@link #forwardBatch(int, int, float[], boolean[], float[], float[])}, whose arguments have been
     * checked.
     */
    protected abstract void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, float[] y);

    /**
     * Computes {@link #forwardBatch(int, int, int[], boolean[], float[], float[])}, whose arguments have been checked;
     * without a vocabulary there are no steps.
     */
    protected void runBatch(int batch, int steps, int[] tokens, boolean[] mask, float[] state, float[] y) {
        if (steps > 0) {
            throw new AssertionError("no vocabulary");
        }
    }
}
