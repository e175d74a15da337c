package dev.gru.engine;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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
    /** The steps of each input, and of each output. */
    private final List<Integer> steps;
    private final List<Integer> outputSteps;
    /** The steps of all sequences if they may be cut, or 0 if they go through all layers as a whole. */
    private final int cuttable;
    private final Tiling tiling;
    private final int share;

    private Prediction(Engine engine, ModelInput input, ModelOutput output, List<Integer> outputSteps) {
        this.engine = engine;
        this.input = input;
        this.output = output;
        this.outputSteps = outputSteps;
        steps = Engine.stepsOf(input);
        cuttable = engine.obstacleToStreams().isPresent() ? 0 : stepsOfAllSequences();
        tiling = engine.model().tiling();
        share = Batching.share(tiling, input.batch(), engine.threads());
    }

    private int stepsOfAllSequences() {
        int[] ofSequences = IntStream.range(0, steps.size()).filter(i -> engine.model().input(i).isSequence())
                .map(steps::get).distinct().toArray();
        return ofSequences.length == 1 ? ofSequences[0] : 0;
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
        List<Integer> outputSteps = engine.model().outputSteps(Engine.stepsOf(input));
        ModelOutput output = newOutput(engine, input.batch(), outputSteps);
        Prediction prediction = new Prediction(engine, input, output, outputSteps);
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

    private static ModelOutput newOutput(Engine engine, int batch, List<Integer> steps) {
        List<float[]> arrays = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            long outputs = Shapes.elements(batch, steps.get(i), engine.model().output(i).features());
            if (outputs > Shapes.MAX_ARRAY) {
                throw new IllegalArgumentException("batch × steps × outputSize = " + outputs
                        + " outputs are more than an array holds; run fewer sequences at a time");
            }
            arrays.add(new float[(int) outputs]);
        }
        return new ModelOutput(arrays, Arrays.stream(engine.model().stateSizes())
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
        int most = cuttable == 0 ? engine.model().mostSteps(steps) : 0;
        int maxRows = Math.min(to - from,
                cuttable == 0 ? Batching.rowsOfWholeSequences(tiling, most) : tiling.rowsAtOnce());
        List<Integer> atOnce = cuttable == 0
                ? steps
                : steps.stream().map(ofInput -> Math.min(ofInput, chunk(maxRows))).toList();
        try (Pipeline pipeline = engine.newPipeline(maxRows, atOnce, input.lengths() != null, team)) {
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
                if (cuttable == 0) {
                    runWhole(pipeline, row, rows);
                } else {
                    runChunks(pipeline, row, rows, chunk(maxRows));
                }
                states.copyTo(output.finalStates(), row, rows);
            }
        }
    }

    private int chunk(int rows) {
        return tiling.stepsAtOnce() * Math.clamp(tiling.rowsAtOnce() / rows, 1, MAX_CHUNKS);
    }

    private void runWhole(Pipeline pipeline, int firstRow, int rows) {
        boolean limited = input.lengths() != null;
        for (int i = 0; i < steps.size(); i++) {
            pipeline.setSteps(i, steps.get(i));
            put(pipeline, i, firstRow * steps.get(i), 0, rows * steps.get(i));
            if (limited && engine.model().input(i).isSequence()) {
                pipeline.putLengths(input.lengths(), firstRow, rows, 0, steps.get(i));
                limited = false;
            }
        }
        pipeline.run(rows);
        for (int i = 0; i < outputSteps.size(); i++) {
            int size = outputSteps.get(i) * engine.model().output(i).features();
            System.arraycopy(pipeline.output(i).data, 0, output.outputs().get(i), firstRow * size, rows * size);
        }
    }

    private void runChunks(Pipeline pipeline, int firstRow, int rows, int chunk) {
        for (int from = 0, to; from < cuttable; from = to) {
            to = Shapes.chunkEnd(from, chunk, cuttable);
            int count = to - from;
            pipeline.setSteps(count);
            if (input.lengths() != null) {
                pipeline.putLengths(input.lengths(), firstRow, rows, from, count);
            }
            for (int i = 0; i < steps.size(); i++) {
                if (!engine.model().input(i).isSequence()) {
                    put(pipeline, i, firstRow, 0, rows);
                    continue;
                }
                for (int row = 0; row < rows; row++) {
                    put(pipeline, i, (firstRow + row) * cuttable + from, row * count, count);
                }
            }
            pipeline.run(rows);
            for (int i = 0; i < outputSteps.size(); i++) {
                take(pipeline, i, firstRow, rows, from, count);
            }
        }
    }

    private void put(Pipeline pipeline, int i, int source, int step, int count) {
        Object array = input.tokens(i) == null ? input.features(i) : input.tokens(i);
        pipeline.put(i, array, source, step, count);
    }

    /** Takes the output of {@code count} steps from the step {@code from} on. */
    private void take(Pipeline pipeline, int i, int firstRow, int rows, int from, int count) {
        float[] data = pipeline.output(i).data;
        float[] y = output.outputs().get(i);
        int size = engine.model().output(i).features();
        if (!engine.model().output(i).isSequence()) {
            System.arraycopy(data, 0, y, firstRow * size, rows * size);
            return;
        }
        for (int row = 0; row < rows; row++) {
            System.arraycopy(data, row * count * size, y, ((firstRow + row) * cuttable + from) * size, count * size);
        }
    }
}
