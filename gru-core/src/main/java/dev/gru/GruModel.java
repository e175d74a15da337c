package dev.gru;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import dev.gru.engine.Engine;
import dev.gru.engine.NamedArrays;
import dev.gru.engine.Prediction;
import dev.gru.engine.WarmUp;
import dev.gru.format.ModelFile;
import dev.gru.format.ModelReader;
import dev.gru.internal.Printable;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature;
import dev.gru.layer.Tensor;
import dev.gru.weights.Precision;

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
 * <p>For one stream, step by step or in pieces, without allocation, take a {@link #newSession session}; for many streams
 * that move on together a {@link #newGroup group}; for whole sequences there is {@code run}, and its shortcut
 * {@code predict}.
 */
public final class GruModel implements AutoCloseable {
    private static final Duration UNLIMITED = Duration.ofSeconds(Long.MAX_VALUE);

    /** Null if the model is to let them go. */
    private final Sequential layers;
    private final String summary;
    private final ModelOptions options;
    private final Engine engine;

    private GruModel(Sequential layers, ModelOptions options) {
        Objects.requireNonNull(layers, "layers");
        this.options = Objects.requireNonNull(options, "options");
        engine = new Engine(layers, options.selectedKernel(), options.precision(), options.threads(),
                options.keepsLayers());
        this.layers = options.keepsLayers() ? layers : null;
        summary = options.keepsLayers() ? null : ModelSummary.of(layers, options);
    }

    /**
     * Reads a model file of any format that {@link ModelReader} knows, to run it with the default options. What the file is
     * is seen from its content, not from its name.
     *
     * @param file where it is
     * @throws dev.gru.format.file.ModelFormatException if the file is damaged or holds something that is not supported
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
        Objects.requireNonNull(file, "file");
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
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(in, "in");
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
     * @throws IllegalStateException as for {@link #layers}
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
        ModelFile.write(layers(), Objects.requireNonNull(file, "file"), Objects.requireNonNull(rounded, "rounded"));
    }

    /**
     * Returns the layers that this model was made of.
     *
     * @throws IllegalStateException if it was to let them go, by {@link ModelOptions#withoutLayers}
     */
    public Sequential layers() {
        if (layers == null) {
            throw new IllegalStateException("the model has let its layers go, as ModelOptions.withoutLayers asked");
        }
        return layers;
    }

    /** Returns the arrays that the model takes and puts out, by name. */
    public Signature signature() {
        return engine.signature();
    }

    /**
     * Returns a table of the layers, as Keras prints it: names and types, output shapes, in which {@code None} is any batch
     * or number of steps, and {@link dev.gru.layer.Layer#parameterCount parameters}; then totals and how the model runs.
     * Names of more than 60 characters are cut, and fit for a terminal whatever is in them.
     * Its bytes are those of all parameters in the model's precision, without what a kernel adds to lay them out.
     */
    public String summary() {
        return summary == null ? ModelSummary.of(layers, options) : summary;
    }

    /** Returns the name of the kernel that runs this model, such as {@code simd}. */
    public String kernel() {
        return options.kernel();
    }

    /** Returns how the weights of this model's GRU and dense layers are kept. */
    public Precision precision() {
        return options.precision();
    }

    /** Returns the largest number of threads that one call into this model may use, the calling one among them. */
    public int threads() {
        return engine.threads();
    }

    /** Returns whether the model takes token ids; otherwise it takes feature vectors. */
    public boolean takesTokens() {
        return engine.takesTokens();
    }

    /** Returns the number of features per step that the model takes; 1, the id, if it takes tokens. */
    public int inputSize() {
        return engine.inputSize();
    }

    /** Returns the number of features that the model puts out, per step or in all. */
    public int outputSize() {
        return engine.outputSize();
    }

    /** Returns whether there is an output for every step, or only one for the whole sequence. */
    public boolean returnsSequences() {
        return engine.returnsSequences();
    }

    /**
     * Returns how many bytes of memory outside the heap the model has in use: for its weights, and for calls of its
     * sessions and groups, as many as have run at once; and what {@code run} and {@code predict} take while they run. It is
     * 0 with kernels that take none, and once the model is closed and the calls that were under way have ended.
     */
    public long nativeBytes() {
        return engine.nativeBytes();
    }

    /**
     * Returns what tells this model from others that put out other things: 32 hexadecimal digits, made from its
     * architecture and its weights as they are rounded to its precision. Names of layers, kernels and threads do not
     * change it, nor does saving and loading the model. It is computed once, when it is asked for first, which takes some
     * milliseconds for ten megabytes.
     */
    public String fingerprint() {
        return engine.fingerprint().toString();
    }

    /** Returns how many bytes a snapshot of one stream takes, of a session or in a group. */
    public int snapshotSize() {
        return engine.snapshotSize();
    }

    /**
     * Returns a new stream at its zero state.
     *
     * @throws IllegalStateException if the model is closed, or has a layer that reads from the end of a sequence
     */
    public GruSession newSession() {
        requireStreams();
        return new GruSession(engine);
    }

    /**
     * Returns a new group without streams.
     *
     * @throws IllegalStateException as for {@link #newSession}
     */
    public GruGroup newGroup() {
        requireStreams();
        return new GruGroup(engine);
    }

    private void requireStreams() {
        engine.requireOpen();
        engine.wholeSequenceLayer().ifPresent(layer -> {
            throw new IllegalStateException("layer " + Printable.of(layer.name())
                    + " reads sequences from their end, so the model needs whole sequences; use run or predict");
        });
    }

    /**
     * Runs the model on zeros in every way that it can be run – single steps, sequences, batches and groups, of every
     * number of rows that kernels treat in another way – until the JVM has had reason to compile all of it.
     *
     * <p>A kernel that is not compiled yet can take a thousand times as long. A service calls this before it takes
     * traffic; some seconds are enough for most models.
     *
     * @return how long it took
     * @throws IllegalStateException if the model is closed
     */
    public Duration warmUp() {
        return warmUp(UNLIMITED);
    }

    /**
     * The same as {@link #warmUp()}, within a limit. Single steps come first, so a short limit serves these.
     *
     * @param limit after which it stops, once the call under way has ended; at once if it is not above 0
     * @return how long it took; more than the limit if that stopped it
     */
    public Duration warmUp(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        engine.requireOpen();
        return new WarmUp(engine).run(limit);
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
        return Prediction.run(engine, input);
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
        NamedArrays named = new NamedArrays(engine, arrays);
        return named.outputs(run(named.input()));
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

    /**
     * Lets no more calls begin, gives the memory outside the heap back and ends the model's threads, if it has any. Calls of
     * this model, its sessions and its groups fail from now on with an {@link IllegalStateException} that says so.
     *
     * <p>This does not wait for calls that other threads are in the middle of, and does not interrupt them. They end as
     * usual; only a step of a group that is shared out over the model's threads may fail like those that come later. The
     * last of them gives back what is left, before it returns: {@link #nativeBytes} is 0 then. What a call leaves whose
     * stack has overflowed goes back when it is collected, and the weights with it.
     *
     * <p>Does nothing if the model is closed already.
     */
    @Override
    public void close() {
        engine.close();
    }

    @Override
    public String toString() {
        return "GruModel[" + (layers == null ? "" : layers + ", ") + kernel() + ", " + precision() + ", threads="
                + threads() + "]";
    }
}
