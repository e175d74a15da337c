package dev.gru.engine;

import dev.gru.kernel.ThreadTeam;

/**
 * A step of some streams of a group: they go through the model page by page where they are, or are collected first and put
 * back afterwards. Not safe for use by two threads at once.
 */
final class GroupStep implements ThreadTeam.Task {
    /** So many streams from the beginning of a page on are worth a batch of their own. */
    private static final int MIN_IN_PLACE = StreamTable.PAGE / 2;
    /** From so many streams on a call is shared out: they take longer than threads take to meet. */
    private static final int MIN_SHARED = StreamTable.PAGE / 2;

    private final Engine engine;
    private final StreamTable table;

    /** The arguments of the step under way. */
    private int count;
    private int[] streams;
    private int[] tokens;
    private float[] x;
    private float[] y;
    private int perMember;
    /** For each member of a team, the pipeline that it has, or had when it was cut off, until it is closed; else null. */
    private final Pipeline[] borrowed;

    /** Takes the streams. */
    GroupStep(Engine engine, StreamTable table) {
        this.engine = engine;
        this.table = table;
        borrowed = new Pipeline[engine.threads()];
    }

    /**
     * Steps streams.
     *
     * @param ofCount how many
     * @param ofStreams their indices, (count), of different streams that are there
     * @param ofTokens a token for each, (count), or null if the model takes features
     * @param inputs features, (count, inputSize), or null if the model takes tokens
     * @param outputs (count, outputSize)
     */
    void run(int ofCount, int[] ofStreams, int[] ofTokens, float[] inputs, float[] outputs) {
        count = ofCount;
        streams = ofStreams;
        tokens = ofTokens;
        x = inputs;
        y = outputs;
        try {
            runAll();
        } finally {
            streams = null;
            tokens = null;
            x = null;
            y = null;
        }
    }

    private void runAll() {
        ThreadTeam team = engine.resources().team();
        if (team != null && count >= MIN_SHARED) {
            perMember = Batching.share(count, team.size());
            // So that no member is the last to leave, who would have to end the team that it is of.
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
            // No more this call's once it is given back, even if the stack overflows on the way out.
            borrowed[member] = null;
            engine.pool().giveBack(pipeline);
        } finally {
            closeBorrowed(member);
        }
    }

    /** Closes the pipeline of a call that was cut off, which no other call can have. */
    private void closeBorrowed(int member) {
        Pipeline left = borrowed[member];
        if (left != null) {
            PipelinePool.discard(left);
            borrowed[member] = null;
        }
    }

    /** Returns how many streams from {@code at} on are the first of a page, in their order. */
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
        // What begins a page may be stepped where it is, if enough are collected without it.
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
        float[] out;
        if (tokens == null) {
            out = pipeline.run(rows, 1, x, at * engine.inputSize());
        } else {
            pipeline.putTokens(tokens, at, 0, rows);
            out = pipeline.run(rows, 1);
        }
        System.arraycopy(out, 0, y, at * engine.outputSize(), rows * engine.outputSize());
    }
}
