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
import dev.gru.engine.RaggedRows;
import dev.gru.engine.WarmUp;
import dev.gru.format.ModelFile;
import dev.gru.format.ModelReader;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Signature;
import dev.gru.layer.Tensor;
import dev.gru.weights.Precision;

/**
 * A model, packed for a kernel and ready to run.
 *
 * <p>Use {@link #run} (or its shortcut {@code predict}) for batches of whole sequences, a {@link #newSession session}
 * for one stream, step by step and without allocation, and a {@link #newGroup group} for many streams that are stepped
 * together.
 *
 * <p>Immutable and safe for use by any number of threads. A model owns native memory, and threads if its options ask
 * for more than one. Both are released when the model is closed, or when the garbage collector finds the model and its
 * sessions unreachable.
 *
 * <p>With {@link ModelOptions#withThreads more than one thread}, {@code run} and {@code predict} distribute the rows of
 * a batch over the threads; if there are few rows, the two directions of bidirectional layers. One call at a time uses
 * the additional threads; concurrent calls run on their own thread alone. The outputs have the same bits in every case.
 */
public final class GruModel implements AutoCloseable {
    private static final Duration UNLIMITED = Duration.ofSeconds(Long.MAX_VALUE);

    /** Null if the model is to let them go. */
    private final Graph layers;
    private final String summary;
    private final ModelOptions options;
    private final Engine engine;

    private GruModel(Graph layers, ModelOptions options) {
        Objects.requireNonNull(layers, "layers");
        this.options = Objects.requireNonNull(options, "options");
        engine = new Engine(layers, options.selectedKernel(), options.precision(), options.gateTableBytes(),
                options.threads(), options.keepsLayers());
        this.layers = options.keepsLayers() ? layers : null;
        summary = options.keepsLayers() ? null : ModelSummary.of(layers, options);
    }

    /**
     * Loads a model file of any format that {@link ModelReader} knows, with the default options. The format is
     * recognised by the content of the file, not by its name.
     *
     * @param file the model file
     * @throws dev.gru.format.file.ModelFormatException if the file is damaged or holds something that is not supported
     * @throws IOException if the file cannot be read
     * @throws IllegalStateException if a library that the format needs is missing; the message gives its coordinates
     */
    public static GruModel load(Path file) throws IOException {
        return load(file, ModelOptions.defaults());
    }

    /**
     * Loads a model file with the given options; otherwise the same as {@link #load(Path)}.
     *
     * @param file the model file
     * @param options kernel, precision, threads
     */
    public static GruModel load(Path file, ModelOptions options) throws IOException {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(options, "options");
        return of(ModelReader.read(file), options);
    }

    /**
     * Loads a model from an input stream, such as a resource of the application; otherwise the same as
     * {@link #load(Path)}.
     *
     * @param name the name of the model in messages
     * @param in the content of a model file, read to its end but not closed
     * @param options kernel, precision, threads
     */
    public static GruModel load(String name, InputStream in, ModelOptions options) throws IOException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(in, "in");
        Objects.requireNonNull(options, "options");
        return of(ModelReader.read(name, in), options);
    }

    /**
     * Loads a model from the content of a file, such as {@link #toBytes} returns; otherwise the same as
     * {@link #load(Path)}.
     *
     * @param name the name of the model in messages
     * @param content all bytes of a model file; not kept
     * @param options kernel, precision, threads
     */
    public static GruModel load(String name, byte[] content, ModelOptions options) throws IOException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(options, "options");
        return of(ModelReader.read(name, content), options);
    }

    /**
     * Makes a model of layers.
     *
     * @param layers the layers with their weights
     * @param options kernel, precision, threads
     */
    public static GruModel of(Graph layers, ModelOptions options) {
        return new GruModel(layers, options);
    }

    /**
     * Writes the model as a {@linkplain ModelFile file of the library's own format}, with its weights in full
     * precision, whatever precision it runs in: loading the file gives the same bits.
     *
     * @param file the file to write; an existing file is replaced once the new one is complete
     * @throws IOException if the file cannot be written
     * @throws IllegalStateException as for {@link #layers}
     */
    public void save(Path file) throws IOException {
        save(file, Precision.FP32);
    }

    /**
     * Writes the model with the weights of GRU and dense layers rounded to a precision; otherwise the same as
     * {@link #save(Path)}. The loaded file has the outputs, bit for bit, that this model has with
     * {@link ModelOptions#withPrecision} of that precision.
     *
     * @param file the file to write
     * @param rounded the precision; biases and the tables of embeddings stay in full precision
     */
    public void save(Path file, Precision rounded) throws IOException {
        ModelFile.write(layers(), Objects.requireNonNull(file, "file"), Objects.requireNonNull(rounded, "rounded"));
    }

    /**
     * Returns what {@link #save(Path)} writes to a file.
     *
     * @throws IllegalStateException as for {@link #layers}, or if it does not fit an array
     */
    public byte[] toBytes() {
        return ModelFile.bytes(layers());
    }

    /**
     * Returns the layers that this model was made of.
     *
     * @throws IllegalStateException if it was to let them go, by {@link ModelOptions#withoutLayers}
     */
    public Graph layers() {
        if (layers == null) {
            throw new IllegalStateException("the model was made without its layers (ModelOptions.withoutLayers)");
        }
        return layers;
    }

    /** Returns the names, layouts and meanings of the model's input and output arrays. */
    public Signature signature() {
        return engine.signature();
    }

    /**
     * Returns a table of the layers as Keras prints it: names and types, output shapes, in which {@code None} stands
     * for any batch or number of steps, and numbers of parameters; then totals, precision, kernel and threads. Names
     * longer than 60 characters are cut, and characters that a terminal would interpret are escaped. The size is that
     * of all parameters in the model's precision, without the padding that a kernel adds.
     */
    public String summary() {
        return summary == null ? ModelSummary.of(layers, options) : summary;
    }

    /** Returns the name of the kernel that runs this model, such as {@code simd}. */
    public String kernel() {
        return options.kernel();
    }

    /** Returns why that kernel runs this model, in one line: {@link ModelOptions#kernelReason}. */
    public String kernelReason() {
        return options.kernelReason();
    }

    /** Returns the precision in which the weights of GRU and dense layers are stored. */
    public Precision precision() {
        return options.precision();
    }

    /** Returns the largest number of threads that one call into this model may use, the calling one among them. */
    public int threads() {
        return engine.threads();
    }

    /** Returns whether the first input of the model is token ids; otherwise it is feature vectors. */
    public boolean takesTokens() {
        return engine.takesTokens();
    }

    /** Returns the number of features per step of the first input; 1, the id, if it is tokens. */
    public int inputSize() {
        return engine.inputSize();
    }

    /** Returns the number of features of the first output, per step or for the whole sequence. */
    public int outputSize() {
        return engine.outputSize();
    }

    /** Returns whether the first output is one for every step; otherwise it is one for the whole sequence. */
    public boolean returnsSequences() {
        return engine.returnsSequences();
    }

    /**
     * Returns the number of bytes of native memory that the model uses: its packed weights and tables of gates, scratch
     * memory for as many calls of sessions and groups as have run at the same time, and that of {@code run} and
     * {@code predict} while they run. It is 0 with kernels that use the heap only, and after the model is closed and
     * the last running call has ended.
     */
    public long nativeBytes() {
        return engine.nativeBytes();
    }

    /**
     * Returns a hash of everything that determines the outputs, 32 hexadecimal digits: the architecture, and the
     * weights rounded to the model's precision. Names of layers, the kernel and the number of threads do not change it,
     * nor does saving and loading the model. It is computed at the first call, in some milliseconds for ten megabytes
     * of weights.
     */
    public String fingerprint() {
        return engine.fingerprint().toString();
    }

    /** Returns the size of a snapshot of one stream, of a session or in a group, in bytes. */
    public int snapshotSize() {
        return engine.snapshotSize();
    }

    /**
     * Returns a new session, whose stream is at its zero state.
     *
     * @throws IllegalStateException if the model is closed, or a layer needs whole sequences, such as one that reads
     *     them from their end; the message names the layer and says why
     */
    public GruSession newSession() {
        engine.requireStreams();
        return new GruSession(engine);
    }

    /**
     * Returns a new group, without streams.
     *
     * @throws IllegalStateException as for {@link #newSession}
     */
    public GruGroup newGroup() {
        engine.requireStreams();
        return new GruGroup(engine);
    }

    /**
     * Runs the model on zeros in every way that it can be used – single steps, sequences, batches and groups, with
     * every number of rows that kernels treat differently – until the JVM has compiled the code for all of them.
     *
     * <p>Before it is compiled, a kernel can be a thousand times slower. A service calls this before it takes traffic;
     * it takes a few seconds for most models.
     *
     * @return the time it took
     * @throws IllegalStateException if the model is closed
     */
    public Duration warmUp() {
        return warmUp(UNLIMITED);
    }

    /**
     * The same as {@link #warmUp()}, within a time limit. Single steps come first, so even a short limit warms them up.
     *
     * @param limit the time after which it stops, when the current run has ended; immediately if it is not above 0
     * @return the time it took, which may be slightly more than the limit
     */
    public Duration warmUp(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        engine.requireOpen();
        return new WarmUp(engine).run(limit);
    }

    /**
     * Runs a batch of sequences. All arguments are checked before anything runs.
     *
     * @param input the sequences
     * @return the outputs, and the states after the last step of each row, in new arrays; to continue from these
     *     states, pass them to {@link ModelInput#withInitialStates}
     * @throws IllegalArgumentException if the input does not fit the model, the length of an array does not fit the
     *     others, a token is not in the model's vocabulary, or the outputs do not fit into an array
     * @throws IllegalStateException if the model is closed
     */
    public ModelOutput run(ModelInput input) {
        return Prediction.run(engine, input);
    }

    /**
     * Runs a batch of sequences given as arrays by name, with the names and layouts of the model's {@link #signature}.
     * All arguments are checked before anything runs.
     *
     * @param arrays the inputs; those that the signature calls optional may be missing. All must have the same
     *     batch
     * @return the outputs, in the order of the signature. Arrays are copied only where their layout requires it
     * @throws IllegalArgumentException if a name is missing or unknown, or the type or shape of an array differs from
     *     the signature; otherwise as for {@link #run(ModelInput)}
     * @throws IllegalStateException if the model is closed
     */
    public Map<String, Tensor> run(Map<String, Tensor> arrays) {
        NamedArrays named = new NamedArrays(engine, arrays);
        return named.outputs(run(named.input()));
    }

    /**
     * Runs a batch of token sequences from zero states: a shortcut for {@link #run(ModelInput)}.
     *
     * @param batch number of sequences, at least 1
     * @param steps tokens in each, at least 1; shorter sequences are padded with 0 if the model masks it
     * @param tokens token ids, (batch, steps)
     * @return outputs, (batch, steps, outputSize) or, if only the last is returned, (batch, outputSize)
     * @throws IllegalArgumentException if the model takes features, the array does not have that shape, or a token is
     *     not in the model's vocabulary
     * @throws IllegalStateException if the model is closed
     */
    public float[] predict(int batch, int steps, int[] tokens) {
        return run(ModelInput.tokens(batch, steps, tokens)).y();
    }

    /**
     * Runs a batch of feature sequences from zero states: a shortcut for {@link #run(ModelInput)}.
     *
     * @param batch number of sequences, at least 1
     * @param steps steps in each, at least 1
     * @param x features, (batch, steps, inputSize)
     * @return outputs, (batch, steps, outputSize) or, if only the last is returned, (batch, outputSize)
     * @throws IllegalArgumentException if the model takes tokens or the array does not have that shape
     * @throws IllegalStateException if the model is closed
     */
    public float[] predict(int batch, int steps, float[] x) {
        return run(ModelInput.features(batch, steps, x)).y();
    }

    /**
     * Runs token sequences of any lengths from zero states, in batches of sequences of like lengths: the bits of one
     * after the other, in less time.
     *
     * @param rows token ids, (steps) of each sequence; without padding
     * @return the output of each sequence, in the order of {@code rows}: (steps, outputSize) or, if only the last is
     *     returned, (outputSize)
     * @throws IllegalArgumentException if the model takes features or several inputs, a token is not in its vocabulary,
     *     or a sequence has no steps and the model returns only its last output; the message names the row
     * @throws IllegalStateException if the model is closed
     */
    public float[][] predict(int[][] rows) {
        return RaggedRows.run(engine, Objects.requireNonNull(rows, "rows"));
    }

    /**
     * Runs feature sequences of any lengths; otherwise the same as {@link #predict(int[][])}.
     *
     * @param rows features, (steps, inputSize) of each sequence
     * @throws IllegalArgumentException if the model takes tokens or several inputs, or the length of an array is no
     *     multiple of {@link #inputSize}
     */
    public float[][] predict(float[][] rows) {
        return RaggedRows.run(engine, Objects.requireNonNull(rows, "rows"));
    }

    /**
     * Releases the native memory and the threads of the model. Later calls of the model, its sessions and its groups
     * throw an {@link IllegalStateException}.
     *
     * <p>This neither waits for running calls nor interrupts them: they complete normally, and the last of them
     * releases the memory before it returns, so that {@link #nativeBytes} is 0 then. Only a step of a group that is
     * distributed over the model's threads may fail like later calls. If the stack has overflowed in a call of a
     * session or group, the memory is released when that session or group is used again or collected.
     *
     * <p>Closing a closed model has no effect.
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
