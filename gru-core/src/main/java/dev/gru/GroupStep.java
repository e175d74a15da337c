package dev.gru;

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

    private final GruModel model;
    private final StreamTable table;

    /** The arguments of the step under way. */
    private int count;
    private int[] streams;
    private int[] tokens;
    private float[] x;
    private float[] y;
    private int perMember;

    /** Takes the streams. */
    GroupStep(GruModel model, StreamTable table) {
        this.model = model;
        this.table = table;
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
        ThreadTeam team = model.team();
        if (team != null && count >= MIN_SHARED) {
            perMember = Prediction.share(count, team.size());
            // So that no member is the last to leave, who would have to end the team that it is of.
            model.resources().enter();
            try {
                if (team.tryRun(this)) {
                    return;
                }
            } finally {
                model.resources().leave();
            }
        }
        run(0, count);
    }

    @Override
    public void run(int member) {
        int from = (int) Math.min((long) member * perMember, count);
        run(from, (int) Math.min((long) from + perMember, count));
    }

    /** Steps the streams whose indices are from {@code from} to before {@code to} in the list. */
    private void run(int from, int to) {
        if (from == to) {
            return;
        }
        Pipeline pipeline = model.pool().take();
        try {
            int at = from;
            while (at < to) {
                int inPlace = inPlace(at, to);
                at += inPlace >= MIN_IN_PLACE || inPlace == to - at
                        ? stepInPlace(at, inPlace, pipeline)
                        : stepCollected(at, to, pipeline);
            }
        } catch (RuntimeException | Error e) {
            PipelinePool.discard(pipeline);
            throw e;
        }
        model.pool().giveBack(pipeline);
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
            out = pipeline.run(rows, 1, x, at * model.inputSize());
        } else {
            pipeline.putTokens(tokens, at, 0, rows);
            out = pipeline.run(rows, 1);
        }
        System.arraycopy(out, 0, y, at * model.outputSize(), rows * model.outputSize());
    }
}
