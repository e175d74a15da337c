package dev.gru;

import dev.gru.kernel.ThreadTeam;

/**
 * One call of {@code predict}: its arrays, and how its rows are shared out. Arguments have been checked by the caller.
 *
 * <p>With enough rows, each member of the model's team runs the whole model on its own rows with its own memory. With
 * fewer, the rows run in one pipeline, whose layers may use the team. Either way a row gets the bits that it would get
 * alone.
 */
final class Prediction implements ThreadTeam.Task {
    /** Streams, and steps of each, that go through all layers at once. */
    private static final int ROWS = 64;
    private static final int CHUNK = 32;

    /** Rows that a kernel multiplies with the weights that it has in registers; fewer take nearly as long. */
    static final int TILE = 8;

    private final GruModel model;
    private final int batch;
    private final int steps;
    private final int[] tokens;
    private final float[] x;
    private final float[] y;
    private final boolean wholeSequences;
    private final int share;

    /**
     * Takes the arguments.
     *
     * @param model what to run
     * @param batch number of sequences
     * @param steps steps of each
     * @param tokens token ids, (batch, steps), or null if the model takes features
     * @param x features, (batch, steps, inputSize), or null if the model takes tokens
     * @param y outputs, (batch, steps, outputSize) or (batch, outputSize)
     */
    Prediction(GruModel model, int batch, int steps, int[] tokens, float[] x, float[] y) {
        this.model = model;
        this.batch = batch;
        this.steps = steps;
        this.tokens = tokens;
        this.x = x;
        this.y = y;
        wholeSequences = model.layers().bidirectional().isPresent();
        share = share(batch, model.threads());
    }

    /** Runs all rows. */
    void run() {
        ThreadTeam team = model.team();
        // Of few rows, the two directions of a bidirectional layer keep more members busy than the rows would.
        boolean sharesRows = team != null && batch >= (wholeSequences ? team.size() : 2);
        if (!sharesRows) {
            run(0, batch, team);
        } else if (!team.tryRun(this)) {
            run(0, batch, null);
        }
    }

    /** Runs one member's rows. */
    @Override
    public void run(int member) {
        int from = (int) Math.min((long) member * share, batch);
        int to = (int) Math.min((member + 1L) * share, batch);
        if (from < to) {
            run(from, to, null);
        }
    }

    private void run(int from, int to, ThreadTeam team) {
        int rows = Math.min(to - from, wholeSequences ? rowsOfWholeSequences(steps) : ROWS);
        Pipeline pipeline = model.newPipeline(rows, wholeSequences ? steps : Math.min(steps, CHUNK), team);
        for (int row = from; row < to; row += rows) {
            pipeline.reset();
            pipeline.run(tokens, x, row, Math.min(rows, to - row), steps, y);
        }
    }

    /** Returns for how many whole sequences to take memory: about what chunks take, but at least enough for a tile. */
    static int rowsOfWholeSequences(int steps) {
        int tiles = ROWS * CHUNK / steps / TILE;
        return Math.clamp(tiles, 1, ROWS / TILE) * TILE;
    }

    /**
     * Returns how many rows a member takes, until there are none left: an equal share, in whole tiles if that makes it no
     * more than an eighth larger.
     */
    static int share(int batch, int members) {
        int equal = Math.ceilDiv(batch, members);
        long tiles = (long) Math.ceilDiv(equal, TILE) * TILE;
        return tiles - equal <= equal / TILE ? (int) Math.min(tiles, Integer.MAX_VALUE) : equal;
    }
}
