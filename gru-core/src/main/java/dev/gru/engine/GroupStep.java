package dev.gru.engine;

import dev.gru.kernel.ThreadTeam;

/**
 * One step of some streams of a group: the streams of full pages are stepped in place, others are gathered, stepped and
 * scattered back. Not safe for use by two threads at once.
 */
final class GroupStep implements ThreadTeam.Task {
    /** From so many consecutive streams at the beginning of a page on, they are stepped in place. */
    private static final int MIN_IN_PLACE = StreamTable.PAGE / 2;
    /** From so many streams on, a step is distributed over the threads: it takes longer than they need to meet. */
    private static final int MIN_SHARED = StreamTable.PAGE / 2;

    private final Engine engine;
    private final StreamTable table;

    /** The arguments of the running step. */
    private int count;
    private int[] streams;
    private int[] tokens;
    private float[] x;
    private int xAt;
    private float[] y;
    private int yAt;
    /** The arrays of a step by name, or null. */
    private StreamArrays named;
    private int perMember;
    /** For each member of the team, the pipeline that it has borrowed and not returned, or null. */
    private final Pipeline[] borrowed;

    /** Makes a step for the streams of a table. */
    GroupStep(Engine engine, StreamTable table) {
        this.engine = engine;
        this.table = table;
        borrowed = new Pipeline[engine.threads()];
    }

    /**
     * Steps streams.
     *
     * @param ofCount number of streams
     * @param ofStreams their indices, (count), without duplicates
     * @param ofTokens a token each, (count), or null if the model takes features
     * @param inputs features, (count, inputSize), or null if the model takes tokens
     * @param inputsAt the index of the first
     * @param outputs (count, outputSize)
     * @param outputsAt the index of the first
     */
    void run(int ofCount, int[] ofStreams, int[] ofTokens, float[] inputs, int inputsAt, float[] outputs,
            int outputsAt) {
        tokens = ofTokens;
        x = inputs;
        xAt = inputsAt;
        y = outputs;
        yAt = outputsAt;
        runAll(ofCount, ofStreams);
    }

    /**
     * Steps streams with arrays by name.
     *
     * @param ofCount number of streams
     * @param ofStreams their indices, (count), without duplicates
     * @param arrays inputs and outputs, one row for each stream
     */
    void run(int ofCount, int[] ofStreams, StreamArrays arrays) {
        named = arrays;
        runAll(ofCount, ofStreams);
    }

    private void runAll(int ofCount, int[] ofStreams) {
        count = ofCount;
        streams = ofStreams;
        try {
            runAll();
        } finally {
            streams = null;
            tokens = null;
            x = null;
            y = null;
            named = null;
        }
    }

    private void runAll() {
        ThreadTeam team = engine.resources().team();
        if (team != null && count >= MIN_SHARED) {
            perMember = Batching.share(engine.model().tiling(), count, team.size());
            // So that no member of the team is the last user of the resources, who would have to end the team.
            engine.resources().enter();
            try {
                if (team.tryRun(this)) {
                    return;
                }
            } finally {
                engine.resources().leave();
            }
        }
        run(0, 0, count);
    }

    @Override
    public void run(int member) {
        int from = (int) Math.min((long) member * perMember, count);
        run(member, from, (int) Math.min((long) from + perMember, count));
    }

    /** Steps the streams whose indices are from {@code from} to before {@code to} in the list. */
    private void run(int member, int from, int to) {
        closeBorrowed(member);
        if (from == to) {
            return;
        }
        try {
            Pipeline pipeline = engine.pool().take();
            borrowed[member] = pipeline;
            int at = from;
            while (at < to) {
                int inPlace = inPlace(at, to);
                at += inPlace >= MIN_IN_PLACE || inPlace == to - at
                        ? stepInPlace(at, inPlace, pipeline)
                        : stepCollected(at, to, pipeline);
            }
            // Not this call's any more once it is returned, even if the stack overflows on the way out.
            borrowed[member] = null;
            engine.pool().giveBack(pipeline);
        } finally {
            closeBorrowed(member);
        }
    }

    /** Closes the pipeline of a call that failed. */
    private void closeBorrowed(int member) {
        Pipeline left = borrowed[member];
        if (left != null) {
            PipelinePool.discard(left);
            borrowed[member] = null;
        }
    }

    /** Returns the number of streams from {@code at} on that are the first of a page, in their order. */
    private int inPlace(int at, int to) {
        if (StreamTable.row(streams[at]) != 0) {
            return 0;
        }
        int most = Math.min(StreamTable.PAGE, to - at);
        int rows = 1;
        while (rows < most && streams[at + rows] == streams[at] + rows) {
            rows++;
        }
        return rows;
    }

    private int stepInPlace(int at, int rows, Pipeline pipeline) {
        pipeline.use(table.states(streams[at]));
        step(at, rows, pipeline);
        return rows;
    }

    private int stepCollected(int at, int to, Pipeline pipeline) {
        States collected = pipeline.ownStates();
        int most = Math.min(StreamTable.PAGE, to - at);
        int rows = 0;
        // Streams at the beginning of a page may be stepped in place, if enough have been gathered before them.
        while (rows < most && (rows < MIN_IN_PLACE || StreamTable.row(streams[at + rows]) != 0)) {
            int stream = streams[at + rows];
            table.states(stream).copyRow(StreamTable.row(stream), collected, rows);
            rows++;
        }
        pipeline.use(collected);
        step(at, rows, pipeline);
        for (int i = 0; i < rows; i++) {
            int stream = streams[at + i];
            collected.copyRow(i, table.states(stream), StreamTable.row(stream));
        }
        return rows;
    }

    private void step(int at, int rows, Pipeline pipeline) {
        pipeline.setSteps(1);
        if (named != null) {
            named.put(pipeline, at, rows, true);
            pipeline.run(rows);
            named.get(pipeline, at, rows, true, true);
            return;
        }
        if (tokens == null) {
            pipeline.run(rows, x, xAt + at * engine.inputSize());
        } else {
            pipeline.put(0, tokens, at, 0, rows);
            pipeline.run(rows);
        }
        System.arraycopy(pipeline.output(0).data, 0, y, yAt + at * engine.outputSize(),
                rows * engine.outputSize());
    }
}
