package dev.gru;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import dev.gru.format.ModelFile;
import dev.gru.format.ModelReader;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Precision;
import dev.gru.kernel.Shapes;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Embedding;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature;
import dev.gru.layer.Tensor;

/**
 * A model, packed for a kernel and ready to run.
 *
 * <p>Immutable and safe for use by any number of threads. It holds memory outside the heap, and threads if its options
 * allow more than one; both go back when the model is closed, or else when the garbage collector finds the model and its
 * sessions unreachable.
 *
 * <p>With {@link ModelOptions#withThreads more than one thread}, {@code run} and {@code predict} share rows out, and of few rows the
 * two directions of bidirectional layers. Only one call at a time is helped; others that come meanwhile do their work
 * alone. The bits are the same in every case.
 *
 * <p>For one stream, step by step or in pieces, without allocation, take a {@link #newSession session}; for whole
 * sequences there is {@code run}, and its shortcut {@code predict}.
 */
public final class GruModel implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Sequential layers;
    /** The table of a model that takes tokens, or null: looked up here, as doing so at every step would allocate. */
    private final Embedding embedding;
    private final GruKernel kernel;
    private final Precision precision;
    private final int threads;
    private final PackedModel packed;
    /** Null if the calling thread does all the work. */
    private final ThreadTeam team;
    private final Cleaner.Cleanable resources;
    private volatile boolean closed;

    /** What a model takes besides memory on the heap. It must not know the model, which would then never be collected. */
    private record Resources(Arena arena, ThreadTeam team) implements Runnable {
        @Override
        public void run() {
            try {
                if (team != null) {
                    team.close();
                }
            } finally {
                arena.close();
            }
        }
    }

    private GruModel(Sequential layers, ModelOptions options) {
        this.layers = Objects.requireNonNull(layers, "layers");
        embedding = layers.embedding().orElse(null);
        kernel = options.kernel();
        precision = options.precision();
        threads = options.threads();
        team = threads == 1 ? null : new ThreadTeam(threads);
        Arena arena = Arena.ofShared();
        resources = CLEANER.register(this, new Resources(arena, team));
        try {
            packed = new PackedModel(layers, kernel, precision, arena);
        } catch (RuntimeException | Error e) {
            resources.clean();
            throw e;
        }
    }

    /**
     * Reads a model file of any format that {@link ModelReader} knows, to run it with the default options. What the file is
     * is seen from its content, not from its name.
     *
     * @param file where it is
     * @throws dev.gru.format.ModelFormatException if the file is damaged or holds something that is not supported
     * @throws IOException if the file cannot be read
     * @throws IllegalStateException if a library that the format needs is missing; the message gives its coordinates
     */
    public static GruModel load(Path file) throws IOException {
        return load(file, ModelOptions.defaults());
    }

    /**
     * Reads a model file; otherwise the same as {@link #load(Path)}.
     *
     * @param file where it is
     * @param options how the model is to run
     */
    public static GruModel load(Path file, ModelOptions options) throws IOException {
        Objects.requireNonNull(options, "options");
        return of(ModelReader.read(file), options);
    }

    /**
     * Reads a model from a stream, such as a resource of the application; otherwise the same as {@link #load(Path)}.
     *
     * @param name what messages call the model
     * @param in the content of a model file, read to its end but not closed
     * @param options how the model is to run
     */
    public static GruModel load(String name, InputStream in, ModelOptions options) throws IOException {
        Objects.requireNonNull(options, "options");
        return of(ModelReader.read(name, in), options);
    }

    /**
     * Packs layers.
     *
     * @param layers the model
     * @param options how it is to run
     */
    public static GruModel of(Sequential layers, ModelOptions options) {
        return new GruModel(layers, options);
    }

    /**
     * Writes the model as a {@linkplain ModelFile file of the library's own format}, with its weights as they were given to
     * it, whatever precision it runs in: what is read back has every bit of them.
     *
     * @param file where it is to be; a file that is there is replaced, once the new one is whole
     * @throws IOException if it cannot be written
     */
    public void save(Path file) throws IOException {
        save(file, Precision.FP32);
    }

    /**
     * Writes the model with the weights of GRU and dense layers rounded to a precision; otherwise the same as
     * {@link #save(Path)}. What is read back puts out, bit for bit, what this model puts out with
     * {@link ModelOptions#withPrecision} of that precision.
     *
     * @param file where it is to be
     * @param rounded the precision; biases and the tables of embeddings stay as they are
     */
    public void save(Path file, Precision rounded) throws IOException {
        ModelFile.write(layers, file, rounded);
    }

    /** Returns the layers that this model was made of. */
    public Sequential layers() {
        return layers;
    }

    /** Returns the arrays that the model takes and puts out, by name. */
    public Signature signature() {
        return layers.signature();
    }

    /**
     * Returns a table of the layers, as Keras prints it: names and types, output shapes, in which {@code None} is any batch
     * or number of steps, and {@link dev.gru.layer.Layer#parameterCount parameters}; then totals and how the model runs.
     * Its bytes are those of all parameters in the model's precision, without what a kernel adds to lay them out.
     */
    public String summary() {
        return ModelSummary.of(this);
    }

    /** Returns the kernel that runs this model. */
    public GruKernel kernel() {
        return kernel;
    }

    /** Returns how the weights of this model's GRU and dense layers are kept. */
    public Precision precision() {
        return precision;
    }

    /** Returns the largest number of threads that one call into this model may use, the calling one among them. */
    public int threads() {
        return threads;
    }

    /** Returns whether the model takes token ids; otherwise it takes feature vectors. */
    public boolean takesTokens() {
        return embedding != null;
    }

    /** Returns the number of features per step that the model takes; 1, the id, if it takes tokens. */
    public int inputSize() {
        return layers.inputSize();
    }

    /** Returns the number of features that the model puts out, per step or in all. */
    public int outputSize() {
        return layers.outputSize();
    }

    /** Returns whether there is an output for every step, or only one for the whole sequence. */
    public boolean returnsSequences() {
        return layers.returnsSequences();
    }

    /**
     * Returns a new stream at its zero state.
     *
     * @throws IllegalStateException if the model is closed, or has a layer that reads from the end of a sequence
     */
    public GruSession newSession() {
        requireOpen();
        if (layers.wholeSequences().isPresent()) {
            throw new IllegalStateException("layer " + layers.wholeSequences().get().name()
                    + " reads sequences from their end, so the model needs whole sequences; use run or predict");
        }
        return new GruSession(this);
    }

    /**
     * Runs the model on zeros, step by step and in sequences, until the JVM has had reason to compile all of it.
     *
     * <p>A kernel that is not compiled yet can take a thousand times as long. A service calls this before it takes
     * traffic; some seconds are enough for most models.
     *
     * @param limit after which it stops, once the call under way has ended
     * @return whether it ran to its end, rather than into the limit
     * @throws IllegalStateException if the model is closed
     */
    public boolean warmUp(Duration limit) {
        requireOpen();
        return new WarmUp(this).run(limit);
    }

    /**
     * Runs a batch of sequences. All arguments are checked before anything runs.
     *
     * @param input what goes in
     * @return the outputs and the states after the last step of each row, in arrays of their own; to go on from there,
     *     {@link ModelInput#withInitialStates give them} to the next call
     * @throws IllegalArgumentException if the input is not what the model takes, an array is not of the length that the
     *     others ask for, an id is not in the model's table, or there are more outputs than an array holds
     * @throws IllegalStateException if the model is closed
     */
    public ModelOutput run(ModelInput input) {
        input.requireFits(this);
        requireOpen();
        ModelOutput output = newOutput(input.batch(), input.steps());
        try {
            new Prediction(this, input, output).run();
        } catch (IllegalStateException e) {
            // The call may have met what another thread's close has taken away.
            requireOpen();
            throw e;
        } finally {
            // A collected model gives its memory back, so it must not be collected while its kernels run.
            Reference.reachabilityFence(this);
        }
        return output;
    }

    /**
     * Runs a batch of sequences that come as arrays by name, in the names and layouts of the model's {@link #signature}.
     * All arguments are checked before anything runs.
     *
     * @param arrays what goes in; it may lack what the signature has as optional. They must agree on batch and steps
     * @return what comes out, in the order of the signature. Arrays are not copied where their layout does not ask for it
     * @throws IllegalArgumentException if a name is missing or is none of the model's, or an array is not of the type or
     *     dimensions that the signature asks for; otherwise as for {@link #run(ModelInput)}
     * @throws IllegalStateException if the model is closed
     */
    public Map<String, Tensor> run(Map<String, Tensor> arrays) {
        NamedArrays named = new NamedArrays(layers, arrays);
        return named.outputs(run(named.input()));
    }

    private ModelOutput newOutput(int batch, int steps) {
        long outputs = Shapes.elements(batch, returnsSequences() ? steps : 1, outputSize());
        if (outputs > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("batch × steps × outputSize = " + outputs
                    + " outputs are more than an array holds; run fewer sequences at a time");
        }
        return new ModelOutput(new float[(int) outputs], layers.recurrentLayers().stream()
                .map(layer -> Pipeline.newFeatures(batch, 1, layer.stateSize())).toList());
    }

    /**
     * Runs a batch of token sequences, each from the zero state: a shortcut of {@link #run(ModelInput)}.
     *
     * @param batch number of sequences, at least 1
     * @param steps tokens in each, at least 1; shorter ones are padded with 0 if the model masks it
     * @param tokens token ids, (batch, steps)
     * @return outputs, (batch, steps, outputSize) or, if only the last is returned, (batch, outputSize)
     * @throws IllegalArgumentException if the model takes features, the array is not of that shape, or an id is not in
     *     the model's table
     * @throws IllegalStateException if the model is closed
     */
    public float[] predict(int batch, int steps, int[] tokens) {
        return run(ModelInput.tokens(batch, steps, tokens)).y();
    }

    /**
     * Runs a batch of feature sequences, each from the zero state: a shortcut of {@link #run(ModelInput)}.
     *
     * @param batch number of sequences, at least 1
     * @param steps steps in each, at least 1
     * @param x features, (batch, steps, inputSize)
     * @return outputs, (batch, steps, outputSize) or, if only the last is returned, (batch, outputSize)
     * @throws IllegalArgumentException if the model takes tokens or the array is not of that shape
     * @throws IllegalStateException if the model is closed
     */
    public float[] predict(int batch, int steps, float[] x) {
        return run(ModelInput.features(batch, steps, x)).y();
    }

    /** Checks the first {@code count} ids of a model that takes tokens. */
    void checkTokens(int[] tokens, int count) {
        for (int i = 0; i < count; i++) {
            embedding.requireToken(tokens[i]);
        }
    }

    Embedding requireTokens() {
        if (embedding == null) {
            throw new IllegalArgumentException("the model takes features, not tokens");
        }
        return embedding;
    }

    void requireFeatures() {
        if (takesTokens()) {
            throw new IllegalArgumentException("the model takes tokens, not features");
        }
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
    }

    /** Returns the threads that may help, or null if the calling thread does all the work. */
    ThreadTeam team() {
        return team;
    }

    Pipeline newPipeline(int maxRows, int chunk, boolean withLengths, ThreadTeam helpers) {
        return new Pipeline(layers, packed, maxRows, chunk, withLengths, helpers);
    }

    /**
     * Gives the memory outside the heap back and ends the model's threads, if it has any. Sessions of this model fail from
     * now on. Does nothing if the model is closed already.
     */
    @Override
    public void close() {
        closed = true;
        resources.clean();
    }

    @Override
    public String toString() {
        return "GruModel[" + layers + ", " + kernel.name() + ", " + precision + ", threads=" + threads + "]";
    }
}
