package dev.gru.kernel;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * A GRU layer in a kernel's own layout, ready to run.
 *
 * <p>Immutable and safe for use by any number of threads, each with a {@link Workspace} of its own. No {@code forward}
 * method allocates. Arguments are checked before anything is written, so a call that throws has changed nothing.
 *
 * <p><b>State</b> is {@link GruVariant#stateSize} floats a row: h, followed for {@link GruVariant#DUAL_STATE} by c.
 *
 * <p><b>Mask</b>: a {@code false} in {@code mask} means that the step does not count: the state stays as it is, and the
 * output repeats the previous one, which is the h carried in.
 *
 * <p><b>Same stream, same bits</b>: what comes out for a stream does not depend on whether it was computed step by step
 * or as a sequence, alone or in a batch.
 */
public abstract class PackedGru {
    private final GruVariant variant;
    private final GruActivations activations;
    private final int inputSize;
    private final int hiddenSize;
    private final int stateSize;

    /** Called by kernels, with the weights that they pack. */
    protected PackedGru(GruWeights weights) {
        variant = weights.variant();
        activations = weights.activations();
        inputSize = weights.inputSize();
        hiddenSize = weights.hiddenSize();
        stateSize = variant.stateSize(hiddenSize);
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

    /**
     * Returns new scratch memory for calls into this layer. What it takes outside the heap goes back when the garbage
     * collector finds it unreachable.
     *
     * @param maxBatch the largest batch that it must have room for, at least 1; any number of steps fits
     */
    public abstract Workspace newWorkspace(int maxBatch);

    /**
     * Returns new scratch memory for calls into this layer, which may share their work out over a team. What comes out has
     * the same bits as without one; a call that finds the team at work does all by itself.
     *
     * <p>A kernel that takes no memory outside the heap and no help does not override this.
     *
     * @param maxBatch the largest batch that it must have room for, at least 1; any number of steps fits
     * @param team who may help, or null; must not be closed while the workspace is in use
     * @param arena owns whatever memory the workspace takes outside the heap; the workspace must not be used once it is
     *     closed. All threads that use the workspace, and a team's, must be allowed to access its memory
     */
    public Workspace newWorkspace(int maxBatch, ThreadTeam team, Arena arena) {
        return newWorkspace(maxBatch);
    }

    /**
     * Computes one step of one stream.
     *
     * @param x input, (inputSize)
     * @param hPrev state before the step, (stateSize)
     * @param workspace scratch memory of this layer
     * @param hNext state after the step, (stateSize); its first {@code hiddenSize} elements are the output. May be
     *     {@code hPrev} itself, but not {@code x}
     * @throws IllegalArgumentException if an array is too short or the workspace belongs to another layer
     */
    public final void forwardStep(float[] x, float[] hPrev, Workspace workspace, float[] hNext) {
        Objects.requireNonNull(workspace, "workspace").requireFits(this, 1);
        Shapes.requireRoom("x", x, 0, inputSize);
        Shapes.requireRoom("hPrev", hPrev, 0, stateSize);
        Shapes.requireRoom("hNext", hNext, 0, stateSize);
        Shapes.requireOtherArray("hNext", hNext, "x", x);
        runStep(x, hPrev, workspace, hNext);
    }

    /**
     * Computes consecutive steps of one stream; the same as {@link #forwardBatch} with a batch of 1.
     *
     * @param steps number of steps, 0 or more
     * @param x inputs, (steps, inputSize)
     * @param mask which steps count, (steps), or null if all do
     * @param state state before the first step, (stateSize), replaced by the state after the last
     * @param workspace scratch memory of this layer
     * @param y outputs, (steps, hiddenSize), or null if they are not wanted
     * @throws IllegalArgumentException as for {@link #forwardBatch}
     */
    public final void forwardSequence(int steps, float[] x, boolean[] mask, float[] state, Workspace workspace,
            float[] y) {
        forwardBatch(1, steps, x, mask, state, workspace, y);
    }

    /**
     * Computes consecutive steps of a batch of independent streams.
     *
     * @param batch number of streams, from 1 to the workspace's {@link Workspace#maxBatch}
     * @param steps number of steps, 0 or more
     * @param x inputs, (batch, steps, inputSize)
     * @param mask which steps count, (batch, steps), or null if all do; see {@link #maskOfLengths}
     * @param state states before the first step, (batch, stateSize), replaced by the states after the last
     * @param workspace scratch memory of this layer
     * @param y outputs, (batch, steps, hiddenSize), or null if they are not wanted
     * @throws IllegalArgumentException if an array is too short, {@code batch} or {@code steps} is out of range, {@code x},
     *     {@code state} and {@code y} are not three different arrays, or the workspace belongs to another layer
     */
    public final void forwardBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, Workspace workspace,
            float[] y) {
        Objects.requireNonNull(workspace, "workspace").requireFits(this, batch);
        requireSteps(steps);
        Shapes.requireRoom("x", x, 0, Shapes.elements(batch, steps, inputSize));
        if (mask != null) {
            Shapes.requireRoom("mask", mask.length, 0, (long) batch * steps);
        }
        Shapes.requireRoom("state", state, 0, (long) batch * stateSize);
        Shapes.requireOtherArray("state", state, "x", x);
        if (y != null) {
            Shapes.requireRoom("y", y, 0, Shapes.elements(batch, steps, hiddenSize));
            Shapes.requireOtherArray("y", y, "x", x);
            Shapes.requireOtherArray("y", y, "state", state);
        }
        runBatch(batch, steps, x, mask, state, workspace, y);
    }

    /** Computes {@link #forwardStep}, whose arguments have been checked. */
    protected abstract void runStep(float[] x, float[] hPrev, Workspace workspace, float[] hNext);

    /** Computes {@link #forwardBatch}, whose arguments have been checked. */
    protected abstract void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state,
            Workspace workspace, float[] y);

    /**
     * Returns the mask that keeps the first {@code lengths[row]} steps of every row.
     *
     * @param lengths steps that count, one number a row, each from 0 to {@code steps}
     * @param steps steps of the batch, 0 or more
     * @return a new mask, (lengths.length, steps)
     * @throws IllegalArgumentException if a length is negative or above {@code steps}, or {@code steps} is negative
     */
    public static boolean[] maskOfLengths(int[] lengths, int steps) {
        Objects.requireNonNull(lengths, "lengths");
        requireSteps(steps);
        Shapes.requireLengths(lengths, steps);
        boolean[] mask = new boolean[Shapes.requireArray("a mask", lengths.length, steps)];
        for (int row = 0; row < lengths.length; row++) {
            Arrays.fill(mask, row * steps, row * steps + lengths[row], true);
        }
        return mask;
    }

    private static void requireSteps(int steps) {
        if (steps < 0) {
            throw new IllegalArgumentException("steps must be at least 0, was " + steps);
        }
    }
}
