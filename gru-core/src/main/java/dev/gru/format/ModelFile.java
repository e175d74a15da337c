package dev.gru.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import dev.gru.format.file.FileReplacement;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.safetensors.TensorFile;
import dev.gru.format.safetensors.TensorFileWriter;
import dev.gru.format.shared.HeldFile;
import dev.gru.format.shared.StateLimit;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;
import dev.gru.weights.Precision;

/**
 * The library's own model files, for deployment: they need no library, load fast, and come back bit for bit.
 *
 * <p>A model file is a safetensors file. Its metadata has the architecture under the key {@code gru}, as JSON: the
 * version of the format, the precision of the weights, all layers with all their options, and its inputs and
 * outputs. The arrays of layer {@code i}, from 0 on, are {@code i/name/table}, {@code i/name/weight_ih} and so on, in
 * the library's canonical form ({@link dev.gru.weights.GruWeights}). Biases and the tables of embeddings are F32 in
 * every precision. The metadata may have notes under other keys: text of whoever wrote the file, such as a vocabulary.
 *
 * <p>Files have checksums, so that one that was changed in any bit is refused. Those of version 1,
 * which earlier builds wrote, have none; they are read all the same.
 *
 * <p>Files need not be trusted: every array is checked against the architecture, and against the length of the file,
 * before it is read; a version, layer or option that is not known is refused, and so is an array that the architecture
 * does not ask for. Safe for use by any number of threads.
 */
public final class ModelFile {
    /**
     * What is in a model file.
     *
     * @param model the model
     * @param notes text that came with it, by key
     */
    public record Content(Graph model, Map<String, String> notes) {
        /** Checks that nothing is null, and copies the notes. */
        public Content {
            Objects.requireNonNull(model, "model");
            notes = Collections.unmodifiableMap(new LinkedHashMap<>(notes));
        }
    }

    private ModelFile() {
    }

    /**
     * Writes a model. The file appears under its name only when it is whole, as {@link FileReplacement} has it.
     *
     * @param model what to write
     * @param file where it is to be; a file that is there is replaced
     * @param precision {@link Precision#FP32} for the weights as they are, or what those of GRU and dense layers are
     *     rounded to: the model that is read then has, bit for bit, the outputs of this one when it runs in that
     *     precision
     * @throws IOException if it cannot be written
     */
    public static void write(Graph model, Path file, Precision precision) throws IOException {
        write(model, Map.of(), file, precision);
    }

    /**
     * Writes a model with notes; otherwise the same as {@link #write(Sequential, Path, Precision)}.
     *
     * @param model what to write
     * @param notes text by key, which {@link #readContent} returns
     * @param file where it is to be
     * @param precision what the weights are rounded to
     * @throws IllegalArgumentException if a key is one that the format uses itself: gru, checkpoint, checksums
     */
    public static void write(Graph model, Map<String, String> notes, Path file, Precision precision)
            throws IOException {
        collect(model, notes, precision).withChecksums().write(file);
    }

    /**
     * Writes what {@link #write(Graph, Map, Path, Precision)} does to a stream.
     *
     * @param model what to write
     * @param notes text by key
     * @param to where it goes, which stays open
     * @param precision what the weights are rounded to
     * @throws IOException if it cannot be written
     */
    public static void write(Graph model, Map<String, String> notes, OutputStream to, Precision precision)
            throws IOException {
        WritableByteChannel channel = Channels.newChannel(Objects.requireNonNull(to, "to"));
        collect(model, notes, precision).withChecksums().writeTo(channel, "the model");
        to.flush();
    }

    /**
     * Returns what {@link #write(Graph, Path, Precision)} writes, in full precision.
     *
     * @throws IllegalStateException if it does not fit an array
     */
    public static byte[] bytes(Graph model) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(model, Map.of(), bytes, Precision.FP32);
        } catch (IOException e) {
            throw new IllegalStateException("the model does not fit the format: " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            // What a stream into an array says when the array cannot grow any more.
            throw new IllegalStateException("the model does not fit an array", e);
        }
        return bytes.toByteArray();
    }

    /** Returns a writer that has a model and notes. */
    static TensorFileWriter collect(Graph model, Map<String, String> notes, Precision precision) {
        TensorFileWriter tensors = new ModelFileWriter(precision).collect(model);
        notes.forEach((key, text) -> {
            if (ModelMetadata.RESERVED.contains(key)) {
                throw new IllegalArgumentException("notes must not have the key " + key);
            }
            tensors.metadata(key, text);
        });
        return tensors;
    }

    /**
     * Reads a model.
     *
     * @param file where it is
     * @return the model; weights in a lower precision are widened
     * @throws ModelFormatException if the file is damaged, is no model file, or is of a version that is not known
     * @throws IOException if the file is not there or cannot be read
     */
    public static Graph read(Path file) throws IOException {
        return readContent(file).model();
    }

    /**
     * Reads a model and its notes; otherwise the same as {@link #read(Path)}.
     *
     * @param file where it is
     */
    public static Content readContent(Path file) throws IOException {
        return HeldFile.read(file, held -> read(held, TensorFile.open(held)));
    }

    /** Reads an opened file. */
    static Content read(HeldFile held, TensorFile file) throws IOException {
        if (!ModelMetadata.isModel(file)) {
            throw file.error("is not a model file: its metadata, which has the keys "
                    + Printable.of(file.metadata().keySet().toString()) + ", has no architecture");
        }
        if (ModelMetadata.isCheckpoint(file)) {
            throw file.error("is a checkpoint of a training, which is not a model yet; the training goes on from it");
        }
        Graph model = StateLimit.require(held, new ModelFileReader(file).read());
        return new Content(model, ModelMetadata.notes(file));
    }
}
