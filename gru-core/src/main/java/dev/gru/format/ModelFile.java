package dev.gru.format;

import java.io.IOException;
import java.nio.file.Path;

import dev.gru.kernel.Precision;
import dev.gru.layer.Sequential;

/**
 * The library's own model files, for deployment: they need no library, load by mapping, and come back bit for bit.
 *
 * <p>A model file is a safetensors file. Its metadata has the architecture under the key {@code gru}, as JSON: the
 * version of the format, the precision of the weights, all layers with all their options, and the arrays that go in and
 * come out. The arrays of layer {@code i}, from 0 on, are {@code i/name/table}, {@code i/name/weight_ih} and so on, in the
 * library's canonical form ({@link dev.gru.kernel.GruWeights}). Biases and the tables of embeddings are F32 in every
 * precision.
 *
 * <p>Files need not be trusted: every array is checked against the architecture, and against the length of the file, before
 * it is read; a version, layer or option that is not known is refused, and so is an array that the architecture does not
 * ask for. Safe for use by any number of threads.
 */
public final class ModelFile {
    /** The key of the architecture in the metadata. */
    static final String KEY = "gru";

    static final long VERSION = 1;

    private ModelFile() {
    }

    /**
     * Writes a model. The file appears under its name only when it is whole.
     *
     * @param model what to write
     * @param file where it is to be; a file that is there is replaced
     * @param precision {@link Precision#FP32} for the weights as they are, or what those of GRU and dense layers are
     *     rounded to: the model that is read then puts out, bit for bit, what this one does when it runs in that precision
     * @throws IOException if it cannot be written
     */
    public static void write(Sequential model, Path file, Precision precision) throws IOException {
        new ModelFileWriter(precision).write(model, file);
    }

    /**
     * Reads a model.
     *
     * @param file where it is
     * @return the model; weights in a lower precision are widened
     * @throws ModelFormatException if the file is damaged, is no model file, or is of a version that is not known
     * @throws IOException if the file is not there or cannot be read
     */
    public static Sequential read(Path file) throws IOException {
        return read(Safetensors.read(file));
    }

    /** Returns whether an opened file is a model file, though perhaps a damaged one. */
    static boolean isIn(Safetensors file) {
        return file.metadata().containsKey(KEY);
    }

    /** Reads a model from an opened file. */
    static Sequential read(Safetensors file) throws IOException {
        if (!isIn(file)) {
            throw file.error("is not a model file: its metadata, which has the keys "
                    + Printable.of(file.metadata().keySet().toString()) + ", has no architecture");
        }
        if (CheckpointFile.isIn(file)) {
            throw file.error("is a checkpoint of a training, which is not a model yet; the training goes on from it");
        }
        return new ModelFileReader(file).read();
    }
}
