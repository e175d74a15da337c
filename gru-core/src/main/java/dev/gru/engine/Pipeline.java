package dev.gru.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import dev.gru.engine.stage.Room;
import dev.gru.engine.stage.Stage;
import dev.gru.engine.stage.StreamState;
import dev.gru.engine.stage.Value;
import dev.gru.internal.Shapes;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Shape;

/**
 * The stages of a model with all memory that they need beside the states of streams, allocated once. What it writes to
 * an input is the caller's to say; nothing is checked.
 *
 * <p>Not safe for use by two threads at once, and not to be used again after a run has failed.
 */
final class Pipeline implements AutoCloseable {
    /** An array of the caller that is not longer may be referred to until the next run. */
    private static final int MAX_KEPT = 4096;

    private final Value[] inputs;
    private final Value[] outputs;
    /** The inputs that have steps. */
    private final Value[] sequences;
    /** Whether the first input is an output as it is. */
    private final boolean returnsInput;
    /** Where the features of inputs are put; null for tokens. */
    private final float[][] arrays;
    private final Stage[] stages;
    /** The places of states, in the order of {@link dev.gru.layer.Graph#stateSizes}. */
    private final StreamState[] places;
    private final States own;
    /** The states that {@link #places} have, or null at first: a stream usually comes back to its pipeline. */
    private States used;
    /** The steps that all of {@link #sequences} have, or -1 if they have been set one by one. */
    private int sequenceSteps = -1;
    /** The slot of the pool that the pipeline is borrowed from or kept in. */
    int slot;
    /** The input whose rows have lengths, which are its mask; null if all have all steps. */
    private final Value limited;
    private final Arena arena;

    /**
     * Allocates everything.
     *
     * @param model the packed model
     * @param maxRows the largest number of rows
     * @param steps the largest number of steps of each input in one run; with fewer rows it may be more, if the product
     *     is not larger. For a model that needs whole sequences it is what each run has
     * @param withLengths whether the rows of the first sequence have lengths
     * @param team threads that may help, or null
     * @param arena owns the native memory; closed with the pipeline
     */
    Pipeline(PackedModel model, int maxRows, List<Integer> steps, boolean withLengths, ThreadTeam team, Arena arena) {
        this.arena = arena;
        Value[] values = model.newValues(steps);
        inputs = Arrays.copyOf(values, model.inputs());
        arrays = new float[inputs.length][];
        Value first = null;
        for (int i = 0; i < inputs.length; i++) {
            Shape shape = model.input(i);
            int size = Shapes.requireArray("features", maxRows, steps.get(i), shape.features());
            if (shape.kind() == Shape.Kind.TOKENS) {
                inputs[i].tokens = new int[size];
            } else {
                arrays[i] = new float[size];
                inputs[i].data = arrays[i];
            }
            inputs[i].steps = 1;
            if (withLengths && shape.isSequence() && first == null) {
                first = inputs[i];
                first.within = new boolean[Shapes.requireArray("steps", maxRows, steps.get(i))];
                first.mask = first.within;
            }
        }
        limited = first;
        sequences = IntStream.range(0, inputs.length).filter(i -> model.input(i).isSequence())
                .mapToObj(i -> inputs[i]).toArray(Value[]::new);
        stages = model.newStages(values, new Room(maxRows, model.kernel(), team, arena));
        places = Arrays.stream(stages).flatMap(stage -> stage.states().stream()).toArray(StreamState[]::new);
        outputs = model.outputs(values);
        returnsInput = Arrays.asList(outputs).contains(inputs[0]);
        own = new States(model.stateSizes(), maxRows);
    }

    /** Returns states of this pipeline alone, for as many streams as it has rows. */
    States ownStates() {
        return own;
    }

    /** Sets the states from which the next run continues, and which it updates. */
    @SuppressWarnings("ReferenceEquality") // identity is the question
    void use(States states) {
        if (used != states) {
            for (int i = 0; i < places.length; i++) {
                places[i].values = states.of(i);
            }
            used = states;
        }
    }

    /** Sets the first input of one step, counted over all rows of the next run, to a token. */
    void putToken(int step, int token) {
        inputs[0].tokens[step] = token;
    }

    /**
     * Sets the inputs of some steps.
     *
     * @param input which input of the model
     * @param array the tokens, as {@code int[]}, or features, as {@code float[]}
     * @param source the first step in the array, counted over all of its rows
     * @param step the first step in the next run, counted over all of its rows
     * @param count how many steps
     */
    void put(int input, Object array, int source, int step, int count) {
        int size = inputs[input].size;
        System.arraycopy(array, source * size, ownArray(input), step * size, count * size);
    }

    /** Returns the array of an input, from which the next run takes it. */
    private Object ownArray(int input) {
        Value value = inputs[input];
        if (arrays[input] == null) {
            return value.tokens;
        }
        value.use(arrays[input]);
        return value.data;
    }

    /** Sets the first input of the first steps to what a segment holds from its step {@code source} on. */
    void put(MemorySegment in, long source, int count) {
        Value input = inputs[0];
        if (arrays[0] == null) {
            MemorySegment.copy(in, ValueLayout.JAVA_INT_UNALIGNED, source * Integer.BYTES, input.tokens, 0, count);
        } else {
            MemorySegment.copy(in, ValueLayout.JAVA_FLOAT_UNALIGNED, source * input.size * Float.BYTES, ownArray(0), 0,
                    count * input.size);
        }
    }

    /**
     * Sets which steps of the next run are within the lengths of their rows.
     *
     * @param lengths the length of each row, (all rows)
     * @param firstRow the row of the first stream
     * @param rows number of streams
     * @param from the step at which the run begins
     * @param count steps of the run
     */
    void putLengths(int[] lengths, int firstRow, int rows, int from, int count) {
        boolean[] within = limited.within;
        for (int row = 0; row < rows; row++) {
            int left = Math.clamp(lengths[firstRow + row] - from, 0, count);
            Arrays.fill(within, row * count, row * count + left, true);
            Arrays.fill(within, row * count + left, (row + 1) * count, false);
        }
    }

    /** Sets how many steps an input has in the next runs. */
    void setSteps(int input, int steps) {
        sequenceSteps = -1;
        inputs[input].steps = steps;
    }

    /** Sets how many steps all sequences have in the next runs. */
    void setSteps(int steps) {
        if (sequenceSteps != steps) {
            for (Value sequence : sequences) {
                sequence.steps = steps;
            }
            sequenceSteps = steps;
        }
    }

    /** Runs streams on from the current states, with the inputs and steps that have been set. */
    void run(int rows) {
        for (Stage stage : stages) {
            stage.run(rows);
        }
    }

    /** The same with features of the first input from an element of an array on, not copied if they begin at 0. */
    void run(int rows, float[] x, int source) {
        Value input = inputs[0];
        if (source != 0 || returnsInput) {
            System.arraycopy(x, source, ownArray(0), 0, rows * input.steps * input.size);
            run(rows);
            return;
        }
        input.use(x);
        run(rows);
        if (x.length > MAX_KEPT) {
            input.use(arrays[0]);
        }
    }

    /** Returns an output of the last run, whose array is valid until the next. */
    Value output(int index) {
        return outputs[index];
    }

    /** Releases the native memory. */
    @Override
    public void close() {
        arena.close();
    }
}
