package dev.gru;

import java.util.Arrays;

import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.Workspace;

/** One packed layer at work in a {@link Pipeline}: its state, its scratch memory and its output. */
abstract sealed class Stage permits Stage.Gru, Stage.Dense, BidirectionalStage {
    /** What the last {@link #run} put out, (batch, steps, outputSize) or (batch, outputSize). */
    final float[] out;

    Stage(int rows, int steps, int outputSize) {
        out = Pipeline.newFeatures(rows, steps, outputSize);
    }

    /**
     * Runs the layer.
     *
     * @param rows streams
     * @param steps steps of every stream
     * @param x its input, the output of the stage before
     * @param mask which steps count, (rows, steps), or null if all do
     */
    abstract void run(int rows, int steps, float[] x, boolean[] mask);

    /** Returns for how many steps the layer puts something out when it is given {@code steps}. */
    int stepsOut(int steps) {
        return steps;
    }

    /** Puts the layer back to its zero state, if it has one. */
    void reset() {
    }

    /** A GRU layer that reads forward; it goes on from where it stands. */
    static final class Gru extends Stage {
        private final PackedGru layer;
        private final Workspace workspace;
        private final float[] state;
        private final boolean returnSequences;

        Gru(PackedGru layer, boolean returnSequences, int maxRows, int maxSteps, ThreadTeam team) {
            super(maxRows, returnSequences ? maxSteps : 1, layer.hiddenSize());
            this.layer = layer;
            this.returnSequences = returnSequences;
            workspace = team == null ? layer.newWorkspace(maxRows) : layer.newWorkspace(maxRows, team);
            state = Pipeline.newFeatures(maxRows, 1, layer.stateSize());
        }

        @Override
        void run(int rows, int steps, float[] x, boolean[] mask) {
            if (rows == 1 && steps == 1) {
                if (mask == null || mask[0]) {
                    layer.forwardStep(x, state, workspace, state);
                }
            } else {
                layer.forwardBatch(rows, steps, x, mask, state, workspace, returnSequences ? out : null);
                if (returnSequences) {
                    return;
                }
            }
            for (int row = 0; row < rows; row++) {
                System.arraycopy(state, row * layer.stateSize(), out, row * layer.hiddenSize(), layer.hiddenSize());
            }
        }

        @Override
        int stepsOut(int steps) {
            return returnSequences ? steps : 1;
        }

        @Override
        void reset() {
            Arrays.fill(state, 0);
        }
    }

    /** A dense layer. */
    static final class Dense extends Stage {
        private final PackedDense layer;
        private final Workspace workspace;

        Dense(PackedDense layer, int maxRows, int maxSteps) {
            super(maxRows, maxSteps, layer.outputSize());
            this.layer = layer;
            workspace = layer.newWorkspace();
        }

        @Override
        void run(int rows, int steps, float[] x, boolean[] mask) {
            layer.forward(rows * steps, x, workspace, out);
        }
    }
}
