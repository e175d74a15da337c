package dev.gru.engine;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.ModelInput;
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
    private final ModelInput.Taken taken;
    private final Layer wholeSequenceLayer;
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
     * @param threads the largest number that one call may use, the calling one among them, at least 1
     * @param keepsLayers whether the layers may be kept until the fingerprint is asked for; otherwise it is computed
     *     here
     */
    public Engine(Graph layers, GruKernel kernel, Precision precision, int threads, boolean keepsLayers) {
        signature = layers.signature();
        taken = new ModelInput.Taken(layers, 0);
        wholeSequenceLayer = layers.wholeSequences().orElse(null);
        this.precision = precision;
        this.threads = threads;
        source = keepsLayers ? layers : null;
        fingerprint = keepsLayers ? null : Fingerprint.of(layers, precision);
        resources = new Resources(this, threads);
        try {
            model = new PackedModel(layers, kernel, precision, resources.memory().newArena());
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

    /** Returns the first layer that reads sequences from their end, or nothing if there is none. */
    public Optional<Layer> wholeSequenceLayer() {
        return Optional.ofNullable(wholeSequenceLayer);
    }

    /** Returns whether the model takes token ids; otherwise it takes feature vectors. */
    public boolean takesTokens() {
        return model.embedding() != null;
    }

    /** Returns the features per step that the model takes; 1, the id, if it takes tokens. */
    public int inputSize() {
        return model.inputSize();
    }

    /** Returns the features of an output. */
    public int outputSize() {
        return model.outputSize();
    }

    /** Returns whether there is an output for every step, or only one for the whole sequence. */
    public boolean returnsSequences() {
        return model.returnsSequences();
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
     * Returns the table of a model that takes tokens.
     *
     * @throws IllegalArgumentException if it takes features
     */
    public Embedding requireTokens() {
        Embedding embedding = model.embedding();
        if (embedding == null) {
            throw new IllegalArgumentException("the model takes features, not tokens");
        }
        return embedding;
    }

    /**
     * Checks {@code count} token ids from index {@code offset} on.
     *
     * @throws IllegalArgumentException if the model takes features, or one is not in its table
     */
    public void requireTokens(int[] tokens, int offset, int count) {
        requireTokens().requireTokens(tokens, offset, count);
    }

    /**
     * Checks that the model takes features.
     *
     * @throws IllegalArgumentException if it takes tokens
     */
    public void requireFeatures() {
        if (takesTokens()) {
            throw new IllegalArgumentException("the model takes tokens, not features");
        }
    }

    /**
     * Checks what goes into a run.
     *
     * @throws IllegalArgumentException if the model cannot run it
     */
    void requireFits(ModelInput input) {
        Objects.requireNonNull(input, "input").requireFits(
                List.of(taken), model.stateSizes());
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
    Pipeline newPipeline(int maxRows, int chunk, boolean withLengths, ThreadTeam helpers) {
        Arena arena = resources.memory().newArenaOfCall(helpers != null);
        try {
            return new Pipeline(model, maxRows, chunk, withLengths, helpers, arena);
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
