package dev.gru;

import java.util.Arrays;

import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.Workspace;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Bidirectional.MergeMode;

/** A {@link Bidirectional} layer at work. Every run is one of whole sequences, from the zero state. */
final class BidirectionalStage extends Stage {
    private final MergeMode merge;
    private final boolean returnSequences;
    private final int outputSize;
    private final Direction forward;
    private final Direction backward;
    /** The input of the backward layer, each row from its end. */
    private final float[] reversed;
    private final boolean[] reversedMask;
    private final ThreadTeam team;
    private final ThreadTeam.Task bothDirections;

    /** The arguments of the run that is under way, for the team. */
    private int rows;
    private int steps;
    private float[] x;
    private boolean[] mask;

    /**
     * Allocates everything.
     *
     * @param packed the layer
     * @param maxRows the largest number of streams
     * @param maxSteps the largest number of steps
     * @param team to run the two directions at once, or null
     */
    BidirectionalStage(PackedModel.Packed.Both packed, int maxRows, int maxSteps, ThreadTeam team) {
        super(maxRows, packed.layer().returnSequences() ? maxSteps : 1, packed.layer().outputSize());
        merge = packed.layer().merge();
        returnSequences = packed.layer().returnSequences();
        outputSize = packed.layer().outputSize();
        forward = new Direction(packed.forward(), returnSequences, maxRows, maxSteps);
        backward = new Direction(packed.backward(), returnSequences, maxRows, maxSteps);
        reversed = Pipeline.newFeatures(maxRows, maxSteps, packed.backward().inputSize());
        reversedMask = new boolean[Math.multiplyExact(maxRows, maxSteps)];
        this.team = team;
        bothDirections = this::runDirection;
    }

    /** One of the two layers, with its own memory: the two may run at the same time. */
    private static final class Direction {
        final PackedGru layer;
        final Workspace workspace;
        final float[] state;
        final float[] y;

        Direction(PackedGru layer, boolean returnSequences, int maxRows, int maxSteps) {
            this.layer = layer;
            workspace = layer.newWorkspace(maxRows);
            state = Pipeline.newFeatures(maxRows, 1, layer.stateSize());
            y = returnSequences ? Pipeline.newFeatures(maxRows, maxSteps, layer.hiddenSize()) : null;
        }

        void run(int rows, int steps, float[] x, boolean[] mask) {
            Arrays.fill(state, 0, rows * layer.stateSize(), 0);
            layer.forwardBatch(rows, steps, x, mask, state, workspace, y);
        }
    }

    @Override
    int stepsOut(int stepsIn) {
        return returnSequences ? stepsIn : 1;
    }

    @Override
    void run(int rowsIn, int stepsIn, float[] in, boolean[] maskIn) {
        rows = rowsIn;
        steps = stepsIn;
        x = in;
        mask = maskIn;
        if (team == null || !team.tryRun(bothDirections)) {
            runDirection(0);
            runDirection(1);
        }
        if (returnSequences) {
            mergeSequences();
        } else {
            for (int row = 0; row < rows; row++) {
                merge(forward.state, row * forward.layer.stateSize(), backward.state, row * backward.layer.stateSize(),
                        row * outputSize);
            }
        }
    }

    /** Runs forward if {@code member} is 0, backward if it is 1; a larger team has members who have nothing to do. */
    private void runDirection(int member) {
        if (member == 0) {
            forward.run(rows, steps, x, mask);
        } else if (member == 1) {
            reverse();
            backward.run(rows, steps, reversed, mask == null ? null : reversedMask);
        }
    }

    private void reverse() {
        int size = backward.layer.inputSize();
        for (int row = 0; row < rows; row++) {
            for (int t = 0; t < steps; t++) {
                int source = row * steps + t;
                int target = row * steps + steps - 1 - t;
                System.arraycopy(x, source * size, reversed, target * size, size);
                if (mask != null) {
                    reversedMask[target] = mask[source];
                }
            }
        }
    }

    private void mergeSequences() {
        for (int row = 0; row < rows; row++) {
            for (int t = 0; t < steps; t++) {
                int step = row * steps + t;
                if (mask != null && !mask[step]) {
                    Arrays.fill(out, step * outputSize, (step + 1) * outputSize, 0);
                } else {
                    merge(forward.y, step * forward.layer.hiddenSize(), backward.y,
                            (row * steps + steps - 1 - t) * backward.layer.hiddenSize(), step * outputSize);
                }
            }
        }
    }

    /** Merges what the two layers put out for one step: a from {@code i} on and b from {@code j} on, to {@code to}. */
    private void merge(float[] a, int i, float[] b, int j, int to) {
        int units = forward.layer.hiddenSize();
        switch (merge) {
            case CONCAT -> {
                System.arraycopy(a, i, out, to, units);
                System.arraycopy(b, j, out, to + units, backward.layer.hiddenSize());
            }
            case SUM -> {
                for (int u = 0; u < units; u++) {
                    out[to + u] = a[i + u] + b[j + u];
                }
            }
            case MUL -> {
                for (int u = 0; u < units; u++) {
                    out[to + u] = a[i + u] * b[j + u];
                }
            }
            case AVE -> {
                for (int u = 0; u < units; u++) {
                    out[to + u] = (a[i + u] + b[j + u]) / 2;
                }
            }
        }
    }
}
