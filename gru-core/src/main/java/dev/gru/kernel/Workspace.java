package dev.gru.kernel;

import java.util.Objects;

import dev.gru.internal.Shapes;

/**
 * The scratch memory of one thread's calls into one packed layer, made by that layer and allocated once.
 *
 * <p>It carries nothing from call to call: state is in the caller's arrays. Not safe for use by two threads at once.
 */
public abstract class Workspace {
    private final Object owner;
    private final int maxBatch;

    /**
     * Called by kernels.
     *
     * @param owner the packed layer that makes this workspace and alone may use it; of a dense layer, its
     *     {@link PackedDense#owner}
     * @param maxBatch the largest batch that fits, at least 1
     */
    protected Workspace(Object owner, int maxBatch) {
        this.owner = Objects.requireNonNull(owner, "owner");
        this.maxBatch = Shapes.requirePositive("maxBatch", maxBatch);
    }

    /** Returns the largest batch that this workspace has room for. */
    public final int maxBatch() {
        return maxBatch;
    }

    /**
     * Returns without doing anything if this workspace fits a call.
     *
     * @throws IllegalArgumentException if another layer made it or it is too small
     */
    final void requireFits(Object layer, int batch) {
        if (!owner.equals(layer)) {
            throw new IllegalArgumentException(
                    "workspace was made by another packed layer than the one it is used with");
        }
        if (batch < 1 || batch > maxBatch) {
            throw new IllegalArgumentException(
                    "batch must be at least 1 and at most the workspace's " + maxBatch + ", was " + batch);
        }
    }
}
