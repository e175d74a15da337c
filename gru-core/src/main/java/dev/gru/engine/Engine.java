package dev.gru.engine;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature;
import dev.gru.weights.Precision;

/**
 * A packed model and what all of its calls share: its pipelines, its native memory, its threads, its fingerprint.
 *
 * <p>Immutable and safe for use by any number of threads. Native memory and threads go back when it is closed, or else
 * when the garbage collector finds it unreachable; streams and groups of streams keep it reachable.
 */
public final class Engine implements AutoCloseable {
    private final PackedModel model;
    private final Signature signature;
    private final List<ModelInput.Taken> taken;
    private final String obstacleToStreams;
    /** Whether there is one input, of features or of tokens; neither if there are several. */
    private final boolean featuresOnly;
    private final boolean tokensOnly;
    private final Precision precision;
    private final int threads;
    private final PipelinePool pool;
    private final int snapshotSize;
    private final Resources resources;
    /** The layers with their weights, of which the fingerprint is made when it is asked for; null once it is there. */
    private volatile Graph source;
    private volatile Fingerprint fingerprint;

    /**
     * Packs layers.
     *
     * @param layers the model
     * @param kernel what runs it
     * @param precision how the weights of GRU and dense layers are kept
     * @param tableBytes the most that tables of gates may take, 0 for none
     * @param threads the largest number that one call may use, the calling one among them, at least 1
     * @param keepsLayers whether the layers may be kept until the fingerprint is asked for; otherwise it is computed
     *     here
     */
    public Engine(Graph layers, GruKernel kernel, Precision precision, long tableBytes, int threads,
            boolean keepsLayers) {
        signature = layers.signature();
        taken = IntStream.range(0, layers.inputs().size()).mapToObj(input -> new ModelInput.Taken(layers, input))
                .toList();
        obstacleToStreams = StreamObstacles.of(layers).orElse(null);
        boolean tokens = layers.inputShape().kind() == Shape.Kind.TOKENS;
        featuresOnly = taken.size() == 1 && !tokens;
        tokensOnly = taken.size() == 1 && tokens;
        this.precision = precision;
        this.threads = threads;
        source = keepsLayers ? layers : null;
        fingerprint = keepsLayers ? null : Fingerprint.of(layers, precision);
        resources = new Resources(this, threads);
        try {
            model = new PackedModel(layers, kernel, precision, tableBytes, resources.memory().newArena());
            snapshotSize = Snapshots.size(model.stateSizes());
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
        pool = PipelinePool.of(model, resources);
    }

    /** Returns the arrays that go in and come out, by name. */
    public Signature signature() {
        return signature;
    }

    /** Returns why the model has no sessions, because it needs whole sequences, or nothing if it has. */
    public Optional<String> obstacleToStreams() {
        return Optional.ofNullable(obstacleToStreams);
    }

    /**
     * Checks that the model runs streams.
     *
     * @throws IllegalStateException if it is closed, or a layer needs whole sequences
     */
    public void requireStreams() {
        requireOpen();
        if (obstacleToStreams != null) {
            throw new IllegalStateException(obstacleToStreams);
        }
    }

    /** Returns whether the first input takes token ids; otherwise it takes feature vectors. */
    public boolean takesTokens() {
        return takesTokens(0);
    }

    boolean takesTokens(int input) {
        return model.input(input).kind() == Shape.Kind.TOKENS;
    }

    /** Returns the features per step of the first input; 1, the id, if it takes tokens. */
    public int inputSize() {
        return model.input(0).features();
    }

    /** Returns the features of the first output. */
    public int outputSize() {
        return model.output(0).features();
    }

    /** Returns whether the first output has steps, or there is only one for the whole sequence. */
    public boolean returnsSequences() {
        return model.output(0).isSequence();
    }

    /** Returns the largest number of threads that one call may use, the calling one among them. */
    public int threads() {
        return threads;
    }

    /** Returns how many bytes a snapshot of one stream takes. */
    public int snapshotSize() {
        return snapshotSize;
    }

    /** Returns how many bytes outside the heap are in use. */
    public long nativeBytes() {
        return resources.memory().bytes();
    }

    /** Returns what tells this model from others with other outputs, computed once. */
    public Fingerprint fingerprint() {
        Fingerprint known = fingerprint;
        if (known == null) {
            Graph layers = source;
            // Threads that come at once compute the same; one that comes late finds it computed.
            known = layers == null ? fingerprint : Fingerprint.of(layers, precision);
            fingerprint = known;
            source = null;
        }
        return known;
    }

    /**
     * Checks a token id.
     *
     * @throws IllegalArgumentException if the model takes something else than tokens alone, or it is not in its table
     */
    public void requireToken(int token) {
        requireTokens();
        Embedding table = model.table(0);
        if (table != null) {
            table.requireToken(token);
        }
    }

    /**
     * Checks {@code count} token ids from index {@code offset} on.
     *
     * @throws IllegalArgumentException as for {@link #requireToken}
     */
    public void requireTokens(int[] tokens, int offset, int count) {
        requireTokens();
        requireTokens(0, tokens, offset, count);
    }

    void requireTokens(int input, int[] tokens, int offset, int count) {
        if (model.table(input) != null) {
            model.table(input).requireTokens(tokens, offset, count);
        }
    }

    /**
     * Checks that the model takes tokens.
     *
     * @throws IllegalArgumentException if it takes features, or more than one input
     */
    public void requireTokens() {
        if (!tokensOnly) {
            requireOneInput();
            throw new IllegalArgumentException("the model takes features, not tokens");
        }
    }

    /**
     * Checks that the model takes features.
     *
     * @throws IllegalArgumentException if it takes tokens, or more than one input
     */
    public void requireFeatures() {
        if (!featuresOnly) {
            requireOneInput();
            throw new IllegalArgumentException("the model takes tokens, not features");
        }
    }

    /**
     * Checks that the model has one input.
     *
     * @throws IllegalArgumentException if it has more
     */
    public void requireOneInput() {
        if (taken.size() > 1) {
            throw new IllegalArgumentException("the model has " + taken.size()
                    + " inputs, which are given as arrays by name");
        }
    }

    /**
     * Checks what goes into a run.
     *
     * @throws IllegalArgumentException if the model cannot run it
     */
    void requireFits(ModelInput input) {
        Objects.requireNonNull(input, "input").requireFits(taken, model.stateSizes());
        model.mostSteps(stepsOf(input));
    }

    /** Returns the steps of each input. */
    static List<Integer> stepsOf(ModelInput input) {
        return IntStream.range(0, input.inputs()).mapToObj(input::steps).toList();
    }

    /**
     * Checks that the model is open.
     *
     * @throws IllegalStateException if it is closed
     */
    public void requireOpen() {
        resources.requireOpen();
    }

    PackedModel model() {
        return model;
    }

    Resources resources() {
        return resources;
    }

    /** Returns the pipelines of sessions and groups. */
    PipelinePool pool() {
        return pool;
    }

    /** Returns zero states of so many streams. */
    States newStates(int rows) {
        // The first pipeline is made here, so that not even the first step allocates.
        pool.giveBack(pool.take());
        return new States(model.stateSizes(), rows);
    }

    Snapshots newSnapshots() {
        return new Snapshots(snapshotSize, this::fingerprint);
    }

    /** Returns a pipeline for one run; the arguments are those of its constructor. */
    Pipeline newPipeline(int maxRows, List<Integer> steps, boolean withLengths, ThreadTeam helpers) {
        Arena arena = resources.memory().newArenaOfCall(helpers != null);
        try {
            return new Pipeline(model, maxRows, steps, withLengths, helpers, arena);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Lets no more calls begin, and gives native memory and threads back, at once or, if calls are under way, when the
     * last of them ends. Does nothing if it is closed already.
     */
    @Override
    public void close() {
        resources.close();
        pool.closeIdle();
    }
}
