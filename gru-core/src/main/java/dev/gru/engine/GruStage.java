package dev.gru.engine;

import java.util.List;

import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedGru;
import dev.gru.layer.GruLayer.Direction;

/**
 * Runs a GRU layer, in any direction. It continues from the states that {@link #use} sets; a layer that reads backward
 * gets whole sequences.
 */
final class GruStage extends Stage {
    private final PackedGru layer;
    private final boolean returnSequences;
    private final Direction direction;
    private final boolean zeroOutputForMask;
    private final GruRunner runner;
    /** The array for outputs that are not in the states. */
    private final float[] outputs;
    /** The reversed input, or null if the layer reads forward. */
    private final float[] reversed;
    private final boolean[] reversedMask;
    /** Temporary place of one output. */
    private final float[] moving;
    /** The states from which the next run continues. */
    private float[] state;

    /** The options of the layer; its weights are in the packed layer. */
    record Options(boolean returnSequences, Direction direction, boolean zeroOutputForMask) {
    }

    /**
      * Allocates everything but states.
      *
      * @param layer the packed layer
      * @param options its options
      * @param room the largest input
      * @param out the array for outputs that are not in the states
     */
    GruStage(PackedGru layer, Options options, Room room, float[] out) {
        super(out);
        this.layer = layer;
        outputs = out;
        returnSequences = options.returnSequences();
        direction = options.direction();
        zeroOutputForMask = options.zeroOutputForMask();
        runner = layer.newRunner(room.rows(), room.team(), room.arena());
        boolean backward = direction != Direction.FORWARD;
        reversed = backward ? room.newFeatures(layer.inputSize()) : null;
        reversedMask = backward ? room.newMask() : null;
        moving = new float[layer.hiddenSize()];
    }

    int stateSize() {
        return layer.stateSize();
    }

    /** Sets the states, (rows, stateSize), from which the next run continues and which it updates. */
    void use(float[] states) {
        state = states;
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
        // The output of the last step is its h, which is in the states.
        boolean everyStep = returnSequences && steps > 1;
        if (rows == 1 && steps == 1) {
            if (mask == null || mask[0]) {
                runner.forwardStep(x, state, state);
            }
        } else {
            runner.forwardBatch(rows, steps, x, mask, state, everyStep ? outputs : null);
        }
        boolean zeros = returnSequences && zeroOutputForMask && mask != null;
        if (!everyStep && !zeros && layer.stateSize() == layer.hiddenSize()) {
            out = state;
            return;
        }
        out = outputs;
        if (!everyStep) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(state, row * layer.stateSize(), out, row * layer.hiddenSize(), layer.hiddenSize());
            }
        }
        if (zeros) {
            zeroOutputs(rows * steps, mask, layer.hiddenSize());
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
}
