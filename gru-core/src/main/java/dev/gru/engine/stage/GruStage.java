package dev.gru.engine.stage;

import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedGru;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer.Direction;

/**
 * Runs a GRU layer, in any direction. It continues from the states that it finds in its {@link StreamState}; a layer
 * that reads backward gets whole sequences.
 */
final class GruStage extends Stage {
    private final PackedGru layer;
    private final boolean returnSequences;
    private final Direction direction;
    private final boolean zeroOutputForMask;
    /** Whether a step that is not masked takes nothing but a call of the runner: its output is the state. */
    private final boolean isPlain;
    private final GruRunner runner;
    /** The value that a sequence begins at, or null if streams have states. */
    private final Value initial;
    /** The array for outputs that are not in the states. */
    private final float[] outputs;
    /** Whether steps are tokens rather than features. */
    private final boolean readsTokens;
    /** The reversed input: features or tokens, or neither if the layer reads forward. */
    private final float[] reversed;
    private final int[] reversedTokens;
    private final boolean[] reversedMask;
    /** Temporary place of one output. */
    private final float[] moving;
    private final StreamState state = new StreamState();

    /** The options of the layer; its weights are in the packed layer. */
    record Options(boolean returnSequences, Direction direction, boolean zeroOutputForMask) {
    }

    /** A packed layer. */
    record Packed(PackedGru layer, Options options) implements PackedLayer {
        @Override
        public Stage newStage(Value[] in, Value out, Room room) {
            return new GruStage(layer, options, in[0], in.length > 1 ? in[1] : null, out, room);
        }

        @Override
        public boolean readsTokens() {
            return layer.vocabularySize() > 0;
        }

        @Override
        public PackedLayer behind(Embedding embedding, GateTables tables) {
            return tables.take(embedding, layer) ? new Packed(tables.make(embedding, layer), options) : this;
        }
    }

    /**
     * Allocates everything but states.
     *
     * @param layer the packed layer
     * @param options its options
     * @param in the sequence
     * @param initial the initial state, or null if streams have states
     * @param out the output
     * @param room what the stages of its pipeline have in common
     */
    GruStage(PackedGru layer, Options options, Value in, Value initial, Value out, Room room) {
        super(in, out);
        this.layer = layer;
        this.initial = initial;
        outputs = out.data;
        returnSequences = options.returnSequences();
        direction = options.direction();
        zeroOutputForMask = options.zeroOutputForMask();
        runner = layer.newRunner(room.rows(), room.team(), room.arena());
        readsTokens = layer.vocabularySize() > 0;
        boolean backward = direction != Direction.FORWARD;
        reversed = backward && !readsTokens ? room.newFeatures(in.maxSteps, layer.inputSize()) : null;
        reversedTokens = backward && readsTokens ? room.newTokens(in.maxSteps) : null;
        reversedMask = backward ? room.newMask(in.maxSteps) : null;
        moving = new float[layer.hiddenSize()];
        isPlain = initial == null && !backward && !readsTokens && layer.stateSize() == layer.hiddenSize();
    }

    @Override
    public void run(int rows) {
        if (rows == 1 && in.steps == 1 && isPlain && in.mask == null) {
            float[] h = state.values;
            runner.forwardStep(in.data, h, h);
            out.use(h);
            out.steps = 1;
            return;
        }
        if (initial != null) {
            System.arraycopy(initial.data, 0, state.values, 0, rows * layer.stateSize());
        }
        int steps = in.steps;
        if (direction == Direction.FORWARD) {
            runInOrder(rows, steps, in.data, in.tokens, in.mask);
        } else {
            reverse(rows, steps, in.mask);
            runInOrder(rows, steps, reversed, reversedTokens, in.mask == null ? null : reversedMask);
            if (returnSequences && direction == Direction.BACKWARD) {
                reverseOutputs(rows, steps);
            }
        }
        out.steps = returnSequences ? steps : 1;
    }

    /** Runs the layer over steps in the order in which it reads them. */
    private void runInOrder(int rows, int steps, float[] x, int[] tokens, boolean[] mask) {
        float[] h = state.values;
        // The output of the last step is its h, which is in the states.
        boolean everyStep = returnSequences && steps > 1;
        if (rows == 1 && steps == 1) {
            if (mask == null || mask[0]) {
                if (readsTokens) {
                    runner.forwardStep(tokens[0], h, h);
                } else {
                    runner.forwardStep(x, h, h);
                }
            }
        } else if (readsTokens) {
            runner.forwardBatch(rows, steps, tokens, mask, h, everyStep ? outputs : null);
        } else {
            runner.forwardBatch(rows, steps, x, mask, h, everyStep ? outputs : null);
        }
        boolean zeros = returnSequences && zeroOutputForMask && mask != null;
        boolean begins = initial != null && mask != null;
        if (!everyStep && !zeros && !begins && layer.stateSize() == layer.hiddenSize()) {
            out.use(h);
            return;
        }
        out.use(outputs);
        if (!everyStep) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(h, row * layer.stateSize(), outputs, row * layer.hiddenSize(), layer.hiddenSize());
            }
        }
        if (zeros) {
            zero(outputs, rows * steps, mask, layer.hiddenSize());
        } else if (begins) {
            zeroLeading(rows, steps, mask, everyStep);
        }
    }

    /** Sets the outputs of the masked steps that are read first to 0, or the last output where no step is read. */
    private void zeroLeading(int rows, int steps, boolean[] mask, boolean everyStep) {
        int size = layer.hiddenSize();
        int perRow = everyStep ? steps : 1;
        for (int row = 0; row < rows; row++) {
            int leading = 0;
            while (leading < steps && !mask[row * steps + leading]) {
                leading++;
            }
            int first = row * perRow * size;
            Arrays.fill(outputs, first, first + (everyStep ? leading : leading < steps ? 0 : 1) * size, 0);
        }
    }

    private void reverse(int rows, int steps, boolean[] mask) {
        int size = layer.inputSize();
        for (int row = 0; row < rows; row++) {
            for (int t = 0; t < steps; t++) {
                int source = row * steps + t;
                int target = row * steps + steps - 1 - t;
                if (readsTokens) {
                    reversedTokens[target] = in.tokens[source];
                } else {
                    System.arraycopy(in.data, source * size, reversed, target * size, size);
                }
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
                System.arraycopy(out.data, first, moving, 0, size);
                System.arraycopy(out.data, last, out.data, first, size);
                System.arraycopy(moving, 0, out.data, last, size);
            }
        }
    }

    @Override
    public List<StreamState> states() {
        return List.of(state);
    }
}
