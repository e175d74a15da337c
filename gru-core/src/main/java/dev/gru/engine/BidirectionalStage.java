package dev.gru.engine;

import java.util.List;

import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.GruLayer.Direction;

/** Runs a {@link Bidirectional} layer, on whole sequences. */
final class BidirectionalStage extends Stage {
    private final MergeMode merge;
    private final boolean returnSequences;
    private final int outputSize;
    private final int forwardUnits;
    private final int backwardUnits;
    private final GruStage forward;
    /** Its outputs are in the order in which it reads. */
    private final GruStage backward;
    private final ThreadTeam team;
    private final ThreadTeam.Task bothDirections;

    /** The arguments of the current run, for the team. */
    private int rows;
    private int steps;
    private float[] x;
    private boolean[] mask;

    /**
     * Allocates everything.
     *
      * @param layer the layer
      * @param packedForward the packed layer that reads forward
      * @param packedBackward the packed layer that reads backward
      * @param room the largest input; its team runs the two directions at the same time
      * @param out the array for outputs
     */
    BidirectionalStage(Bidirectional layer, PackedGru packedForward, PackedGru packedBackward, Room room,
            float[] out) {
        super(out);
        merge = layer.merge();
        returnSequences = layer.returnSequences();
        outputSize = layer.outputSize();
        forwardUnits = packedForward.hiddenSize();
        backwardUnits = packedBackward.hiddenSize();
        // They may run at the same time, so each has outputs of its own, and neither has the team.
        Room half = room.withoutTeam();
        Room putOut = room.after(returnSequences);
        forward = new GruStage(packedForward, new GruStage.Options(returnSequences, Direction.FORWARD, false), half,
                putOut.newFeatures(forwardUnits));
        backward = new GruStage(packedBackward,
                new GruStage.Options(returnSequences, Direction.BACKWARD_AS_READ, false), half,
                putOut.newFeatures(backwardUnits));
        team = room.team();
        bothDirections = this::runDirection;
    }

    @Override
    int stepsOut(int stepsIn) {
        return returnSequences ? stepsIn : 1;
    }

    @Override
    boolean[] maskOut(boolean[] maskIn) {
        return returnSequences ? maskIn : null;
    }

    @Override
    List<GruStage> recurrent() {
        return List.of(forward, backward);
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
        int stepsOut = stepsOut(steps);
        for (int row = 0; row < rows; row++) {
            for (int t = 0; t < stepsOut; t++) {
                merge(row * stepsOut + t, row * stepsOut + stepsOut - 1 - t);
            }
        }
        if (returnSequences && mask != null) {
            zeroOutputs(rows * steps, mask, outputSize);
        }
    }

    /** Runs forward if {@code member} is 0, backward if it is 1; further members have nothing to do. */
    private void runDirection(int member) {
        if (member == 0) {
            forward.run(rows, steps, x, mask);
        } else if (member == 1) {
            backward.run(rows, steps, x, mask);
        }
    }

    /**
     * Merges the forward output at {@code step} with the backward output at another, and stores the result at
     * {@code step}.
     */
    private void merge(int step, int ofBackward) {
        float[] a = forward.out;
        float[] b = backward.out;
        int i = step * forwardUnits;
        int j = ofBackward * backwardUnits;
        int to = step * outputSize;
        switch (merge) {
            case CONCAT -> {
                System.arraycopy(a, i, out, to, forwardUnits);
                System.arraycopy(b, j, out, to + forwardUnits, backwardUnits);
            }
            case SUM -> {
                for (int u = 0; u < forwardUnits; u++) {
                    out[to + u] = a[i + u] + b[j + u];
                }
            }
            case MUL -> {
                for (int u = 0; u < forwardUnits; u++) {
                    out[to + u] = a[i + u] * b[j + u];
                }
            }
            case AVE -> {
                for (int u = 0; u < forwardUnits; u++) {
                    out[to + u] = (a[i + u] + b[j + u]) / 2;
                }
            }
        }
    }
}
