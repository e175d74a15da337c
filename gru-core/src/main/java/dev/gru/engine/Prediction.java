package dev.gru.engine;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;

import dev.gru.internal.Shapes;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.Tiling;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;

/**
 * One run of a batch, and how its rows are distributed over threads.
 *
 * <p>If there are enough rows, each member of the model's team runs the whole model on some of the rows with its own
 * memory. Otherwise all rows run in one pipeline, whose layers may use the team. A row gets the bits that it would get
 * alone in both cases.
 */
public final class Prediction implements ThreadTeam.Task {
    /**
     * With few rows, chunks are up to so many times longer: kernels compute more ahead, in the same amount of memory.
     */
    private static final int MAX_CHUNKS = 4;

    private final Engine engine;
    private final ModelInput input;
    private final ModelOutput output;
    private final boolean wholeSequences;
    private final Tiling tiling;
    private final int share;

    private Prediction(Engine engine, ModelInput input, ModelOutput output) {
        this.engine = engine;
        this.input = input;
        this.output = output;
        wholeSequences = engine.wholeSequenceLayer().isPresent();
        tiling = engine.model().tiling();
        share = Batching.share(tiling, input.batch(), engine.threads());
    }

    /**
     * Runs a batch of sequences.
     *
      * @param engine the model
      * @param input the sequences
     * @return the outputs, and the states after the last step of each row
     * @throws IllegalArgumentException if the input does not fit the model, or there are more outputs than an array
     *     holds
     * @throws IllegalStateException if the model is closed
     */
    public static ModelOutput run(Engine engine, ModelInput input) {
        engine.requireFits(input);
        engine.requireOpen();
        ModelOutput output = newOutput(engine, input);
        Prediction prediction = new Prediction(engine, input, output);
        engine.resources().enter();
        try {
            prediction.run();
        } finally {
            engine.resources().leave();
            // An unreachable engine releases its memory, so it must stay reachable while kernels run.
            Reference.reachabilityFence(engine);
        }
        return output;
    }

    private static ModelOutput newOutput(Engine engine, ModelInput input) {
        int batch = input.batch();
        long outputs = Shapes.elements(batch, engine.returnsSequences() ? input.steps() : 1, engine.outputSize());
        if (outputs > Shapes.MAX_ARRAY) {
            throw new IllegalArgumentException("batch × steps × outputSize = " + outputs
                    + " outputs are more than an array holds; run fewer sequences at a time");
        }
        return new ModelOutput(List.of(new float[(int) outputs]), Arrays.stream(engine.model().stateSizes())
                .mapToObj(size -> new float[Shapes.requireArray("states", batch, size)]).toList());
    }

    private void run() {
        ThreadTeam team = engine.resources().team();
        // With few rows, the two directions of a bidirectional layer keep more members busy than the rows would.
        int batch = input.batch();
        boolean sharesRows = team != null && batch >= (engine.model().isBidirectional() ? team.size() : 2);
        if (!sharesRows) {
            run(0, batch, team);
        } else if (!team.tryRun(this)) {
            run(0, batch, null);
        }
    }

    /** Runs the rows of one member. */
    @Override
    public void run(int member) {
        int from = (int) Math.min((long) member * share, input.batch());
        int to = (int) Math.min((member + 1L) * share, input.batch());
        if (from < to) {
            run(from, to, null);
        }
    }

    private void run(int from, int to, ThreadTeam team) {
        int steps = input.steps();
        int maxRows = Math.min(to - from,
                wholeSequences ? Batching.rowsOfWholeSequences(tiling, steps) : tiling.rowsAtOnce());
        int chunk = wholeSequences ? steps : Math.min(steps, chunk(maxRows));
        try (Pipeline pipeline = engine.newPipeline(maxRows, chunk, input.lengths() != null, team)) {
            States states = pipeline.ownStates();
            pipeline.use(states);
            for (int row = from, end; row < to; row = end) {
                end = Shapes.chunkEnd(row, maxRows, to);
                int rows = end - row;
                if (input.initialStates() == null) {
                    states.reset();
                } else {
                    states.setFrom(input.initialStates(), row, rows);
                }
                pipeline.run(input.tokens(), input.features(), input.lengths(), row, rows, steps, output.y());
                states.copyTo(output.finalStates(), row, rows);
            }
        }
    }

    private int chunk(int rows) {
        return tiling.stepsAtOnce() * Math.clamp(tiling.rowsAtOnce() / rows, 1, MAX_CHUNKS);
    }
}
