package dev.gru;

import dev.gru.internal.Shapes;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;

/**
 * One call of {@code run}: its arrays, and how its rows are shared out. Arguments have been checked by the caller.
 *
 * <p>With enough rows, each member of the model's team runs the whole model on its own rows with its own memory. With
 * fewer, the rows run in one pipeline, whose layers may use the team. Either way a row gets the bits that it would get
 * alone.
 */
final class Prediction implements ThreadTeam.Task {
    /** Streams, and steps of each, that go through all layers at once. */
    private static final int ROWS = 64;
    private static final int CHUNK = 32;
    /** As many times as many steps of few streams: kernels do more of their work ahead, and it takes no more memory. */
    private static final int MAX_CHUNKS = 4;

    /** Rows that a kernel multiplies with the weights that it has in registers; fewer take nearly as long. */
    static final int TILE = 8;

    private final GruModel model;
    private final ModelInput input;
    private final ModelOutput output;
    private final boolean wholeSequences;
    private final boolean bothDirections;
    private final int share;

    /**
     * Takes the arguments.
     *
     * @param model what to run
     * @param input what goes in
     * @param output whose arrays are written
     */
    Prediction(GruModel model, ModelInput input, ModelOutput output) {
        this.model = model;
        this.input = input;
        this.output = output;
        wholeSequences = model.layers().wholeSequences().isPresent();
        bothDirections = model.layers().layers().stream().anyMatch(Bidirectional.class::isInstance);
        share = share(input.batch(), model.threads());
    }

    /** Returns new arrays for what comes out. */
    static ModelOutput newOutput(GruModel model, ModelInput input) {
        int batch = input.batch();
        long outputs = Shapes.elements(batch, model.returnsSequences() ? input.steps() : 1, model.outputSize());
        if (outputs > Shapes.MAX_ARRAY) {
            throw new IllegalArgumentException("batch × steps × outputSize = " + outputs
                    + " outputs are more than an array holds; run fewer sequences at a time");
        }
        return new ModelOutput(new float[(int) outputs], model.layers().recurrentLayers().stream()
                .map(layer -> Pipeline.newFeatures(batch, 1, layer.stateSize())).toList());
    }

    /** Runs all rows. */
    void run() {
        ThreadTeam team = model.team();
        // Of few rows, the two directions of a bidirectional layer keep more members busy than the rows would.
        int batch = input.batch();
        boolean sharesRows = team != null && batch >= (bothDirections ? team.size() : 2);
        if (!sharesRows) {
            run(0, batch, team);
        } else if (!team.tryRun(this)) {
            run(0, batch, null);
        }
    }

    /** Runs one member's rows. */
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
        int maxRows = Math.min(to - from, wholeSequences ? rowsOfWholeSequences(steps) : ROWS);
        int chunk = wholeSequences ? steps : Math.min(steps, chunk(maxRows));
        try (Pipeline pipeline = model.newPipeline(maxRows, chunk, input.lengths() != null, team)) {
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

    private static int chunk(int rows) {
        return CHUNK * Math.clamp(ROWS / rows, 1, MAX_CHUNKS);
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
