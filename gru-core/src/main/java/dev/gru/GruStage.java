package dev.gru;

import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.Workspace;
import dev.gru.layer.GruLayer.Direction;

/**
 * A GRU layer at work, in any direction. It goes on from its state, which is the zero state after {@link #reset}; a layer
 * that reads backward is given whole sequences.
 */
final class GruStage extends Stage {
    private final PackedGru layer;
    private final boolean returnSequences;
    private final Direction direction;
    private final boolean zeroOutputForMask;
    private final Workspace workspace;
    private final float[] state;
    /** The input from its end, or null if the layer reads forward. */
    private final float[] reversed;
    private final boolean[] reversedMask;
    /** One output, on its way to another place. */
    private final float[] moving;

    /** How a layer reads and puts out; its weights are in the packed layer. */
    record Options(boolean returnSequences, Direction direction, boolean zeroOutputForMask) {
    }

    /**
     * Allocates everything.
     *
     * @param layer the layer
     * @param options how it reads and puts out
     * @param maxRows the largest number of streams
     * @param maxSteps the largest number of steps
     * @param team who may help, or null
     */
    GruStage(PackedGru layer, Options options, int maxRows, int maxSteps, ThreadTeam team) {
        super(maxRows, options.returnSequences() ? maxSteps : 1, layer.hiddenSize());
        this.layer = layer;
        returnSequences = options.returnSequences();
        direction = options.direction();
        zeroOutputForMask = options.zeroOutputForMask();
        workspace = team == null ? layer.newWorkspace(maxRows) : layer.newWorkspace(maxRows, team);
        state = Pipeline.newFeatures(maxRows, 1, layer.stateSize());
        boolean backward = direction != Direction.FORWARD;
        reversed = backward ? Pipeline.newFeatures(maxRows, maxSteps, layer.inputSize()) : null;
        reversedMask = backward ? new boolean[Math.multiplyExact(maxRows, maxSteps)] : null;
        moving = new float[layer.hiddenSize()];
    }

    @Override
    void run(int rows, int steps, float[] x, boolean[] mask) {
        if (reversed == null) {
            runInOrder(rows, steps, x, mask);
            return;
        }
        reverse(rows, steps, x, mask);
        runInOrder(rows, steps, reversed, mask == null ? null : reversedMask);
        if (returnSequences && direction == Direction.BACKWARD) {
            reverseOutputs(rows, steps);
        }
    }

    /** Runs the layer over steps in the order in which it reads them. */
    private void runInOrder(int rows, int steps, float[] x, boolean[] mask) {
        if (rows == 1 && steps == 1) {
            if (mask == null || mask[0]) {
                layer.forwardStep(x, state, workspace, state);
            }
            outputStates(rows);
        } else {
            layer.forwardBatch(rows, steps, x, mask, state, workspace, returnSequences ? out : null);
            if (!returnSequences) {
                outputStates(rows);
            }
        }
        if (returnSequences && zeroOutputForMask && mask != null) {
            zeroOutputs(rows * steps, mask, layer.hiddenSize());
        }
    }

    private void outputStates(int rows) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(state, row * layer.stateSize(), out, row * layer.hiddenSize(), layer.hiddenSize());
        }
    }

    private void reverse(int rows, int steps, float[] x, boolean[] mask) {
        int size = layer.inputSize();
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

    private void reverseOutputs(int rows, int steps) {
        int size = layer.hiddenSize();
        for (int row = 0; row < rows; row++) {
            int first = row * steps * size;
            int last = first + (steps - 1) * size;
            for (; first < last; first += size, last -= size) {
                System.arraycopy(out, first, moving, 0, size);
                System.arraycopy(out, last, out, first, size);
                System.arraycopy(moving, 0, out, last, size);
            }
        }
    }

    @Override
    int stepsOut(int steps) {
        return returnSequences ? steps : 1;
    }

    @Override
    boolean[] maskOut(boolean[] mask) {
        return returnSequences ? mask : null;
    }

    @Override
    List<GruStage> recurrent() {
        return List.of(this);
    }

    void reset() {
        Arrays.fill(state, 0);
    }

    /** Copies the states of some rows in, from the row {@code firstRow} of an array on. */
    void setStates(float[] states, int firstRow, int rows) {
        System.arraycopy(states, firstRow * layer.stateSize(), state, 0, rows * layer.stateSize());
    }

    /** Copies the states of some rows out, to the row {@code firstRow} of an array and those after it. */
    void copyStates(float[] states, int firstRow, int rows) {
        System.arraycopy(state, 0, states, firstRow * layer.stateSize(), rows * layer.stateSize());
    }
}
