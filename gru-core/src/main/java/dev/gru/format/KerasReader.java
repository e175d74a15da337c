package dev.gru.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.keras.KerasFile;
import dev.gru.format.shared.HeldFile;
import dev.gru.format.shared.StateLimit;
import dev.gru.layer.Graph;

/**
 * Reads what Keras writes: {@code .keras} files, a zip file with the configuration in JSON and the weights in HDF5;
 * legacy {@code .h5} files, of Keras 2 too, with both in HDF5; and {@code .weights.h5} files, for a model made in code.
 *
 * <p>Files of all versions from 1.2 on are read: {@code .keras} files of Keras 2.12 and later, {@code .h5} files of
 * all. The model must be a {@code Sequential} or a functional model, which may have other such models as layers. What
 * its layers may be is in the documentation of formats: those that stand around a {@code GRU}, not other recurrent
 * layers, images or code. What is not supported is refused by name, all layers at once, and so is every option that
 * this reader does not know; options that matter in training only are ignored. A compiled model's optimizer and loss
 * are not read.
 *
 * <p>An only input is called {@code x}, several have the names of their layers; the outputs are {@code y}, {@code y1}
 * and so on, in the order of the model, and may be states of recurrent layers.
 *
 * <p>Weights in float16 and bfloat16 are widened, which changes no value. All arithmetic is in float32, whatever a
 * layer's dtype policy says; so where Keras computes in half precision, it is Keras's rounding that the results lack.
 * {@code stateful} makes no difference: {@link dev.gru.GruSession} always goes on from where it stands, and whole
 * sequences begin at zeros, as in Keras after {@code reset_state}.
 *
 * <p>Needs the library {@code io.jhdf:jhdf}. Files need not be trusted: time and memory grow as their size does
 * (the package says how), and messages are a single line. Safe for use by any number of threads.
 */
public final class KerasReader {
    private KerasReader() {
    }

    /**
     * Reads a {@code .keras} or legacy {@code .h5} file. Which of them it is is seen from its content.
     *
     * @param file where it is
     * @return the model
     * @throws ModelFormatException if the file is damaged or holds something that is not supported
     * @throws IOException if the file is not there or cannot be read
     * @throws IllegalStateException if the library is missing; the message gives its Maven coordinates
     */
    public static Graph read(Path file) throws IOException {
        return HeldFile.read(file, held -> StateLimit.require(held, KerasFile.read(held)));
    }

    /**
     * Reads a {@code .keras} or legacy {@code .h5} file from a stream. An archive is read by way of a temporary
     * file.
     *
     * @param name what messages call it
     * @param in the content of the file, read to its end but not closed
     * @return the model
     * @throws ModelFormatException if the content is damaged or holds something that is not supported
     * @throws IOException if the stream cannot be read or the temporary file cannot be written
     * @throws IllegalStateException if the library is missing; the message gives its Maven coordinates
     */
    public static Graph read(String name, InputStream in) throws IOException {
        return HeldFile.read(name, in, held -> StateLimit.require(held, KerasFile.read(held)));
    }

    /**
     * Reads a file of weights alone into a model that was made in code: a {@code .weights.h5} file of Keras 3, or what
     * {@code save_weights} of Keras 2 writes.
     *
     * <p>Layers are found by their class and their order, as Keras finds them; names do not matter. So a {@link
     * dev.gru.layer.GruLayer} stands for a {@code GRU}, and the other layers for Keras's of the same name. Layers whose
     * weights Keras does not store, as a {@link dev.gru.layer.Scale}, keep their own.
     *
     * @param file where it is
     * @param architecture the model, with weights of the shapes that the file has; their values are not looked at
     * @return the same model with the weights of the file
     * @throws ModelFormatException if the file is damaged, or has other layers or shapes than the model
     * @throws IOException if the file is not there or cannot be read
     * @throws IllegalArgumentException if the model has a recurrence that Keras does not have
     * @throws IllegalStateException if the library is missing; the message gives its Maven coordinates
     */
    public static Graph readWeights(Path file, Graph architecture) throws IOException {
        return HeldFile.read(file, held -> KerasFile.readWeights(held, architecture));
    }

    /**
     * Reads a file of weights alone from a stream; otherwise the same as {@link #readWeights(Path, Graph)}.
     *
     * @param name what messages call it
     * @param in the content of the file, read to its end but not closed
     */
    public static Graph readWeights(String name, InputStream in, Graph architecture) throws IOException {
        return HeldFile.read(name, in, held -> KerasFile.readWeights(held, architecture));
    }

    /**
     * Reads a file of weights alone, of Keras 3 or 2, into a model whose architecture is in another file: what
     * {@code model.to_json()} returns, or its short form, a layer a line as one writes it in Python, with the arguments
     * and defaults of Keras 3:
     *
     * <pre>
     * Input(None, 5)                  # steps and features; Input(None) is one of token ids
     * Bidirectional(GRU(64, return_sequences=True))
     * GRU(32)
     * Dense(1, activation="sigmoid")
     * </pre>
     *
     * @param file where the weights are
     * @param architecture where the architecture is
     * @return the model
     * @throws ModelFormatException if one of them is damaged or holds something that is not supported, or the file has
     *     other layers or shapes than the architecture
     * @throws IOException if a file is not there or cannot be read
     * @throws IllegalStateException if the library is missing; the message gives its Maven coordinates
     */
    public static Graph readWeights(Path file, Path architecture) throws IOException {
        return HeldFile.read(architecture, described -> HeldFile.read(file,
                held -> StateLimit.require(held, KerasFile.readWeights(held, described))));
    }
}
