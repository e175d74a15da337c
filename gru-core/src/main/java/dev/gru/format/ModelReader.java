package dev.gru.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.keras.KerasFile;
import dev.gru.format.onnx.OnnxFile;
import dev.gru.format.safetensors.TensorFile;
import dev.gru.format.shared.HeldFile;
import dev.gru.format.shared.StateLimit;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;
import dev.gru.layer.Tensor;

/**
 * Reads model files of every format that the library knows. What a file is is seen from its content, not from its name:
 *
 * <ul>
 * <li>a zip file or HDF5, as Keras writes them: {@link KerasReader};
 * <li>safetensors with the library's own metadata: {@link ModelFile};
 * <li>any other safetensors: {@link PyTorchReader};
 * <li>what begins as ONNX files do: {@link OnnxReader}.
 * </ul>
 *
 * <p>Files need not be trusted. Safe for use by any number of threads.
 */
public final class ModelReader {
    /** Enough to tell all formats apart. */
    private static final int START_BYTES = 64;

    private static final byte[] ZIP = {'P', 'K'};
    private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'};
    private static final byte[] GZIP = {0x1F, (byte) 0x8B};
    private static final byte[] GGUF = {'G', 'G', 'U', 'F'};
    private static final byte[] NUMPY = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private ModelReader() {
    }

    /**
     * Reads a file.
     *
     * @param file where it is
     * @return the model
     * @throws ModelFormatException if the file is of no known format, is damaged, or holds something that is not
     *     supported
     * @throws IOException if the file is not there or cannot be read
     * @throws IllegalStateException if a library that the format needs is missing; the message gives its Maven
     *     coordinates
     */
    public static Graph read(Path file) throws IOException {
        return read(file, Map.of());
    }

    /**
     * Reads a file that may lack weights, as an ONNX graph does that takes them as inputs; otherwise the same as
     * {@link #read(Path)}.
     *
     * @param file where it is
     * @param arrays arrays by name, among them such weights, which then are inputs no more; all others are ignored
     */
    public static Graph read(Path file, Map<String, Tensor> arrays) throws IOException {
        return HeldFile.read(file, held -> read(held, arrays)).model();
    }

    /**
     * Reads a file of weights alone, by an architecture in another file.
     *
     * @param file weights of a PyTorch module, as safetensors, or of a Keras model, as HDF5
     * @param architecture what {@link PyTorchReader#read(Path, Path)} or {@link KerasReader#readWeights(Path, Path)}
     *     reads
     * @return the model
     * @throws ModelFormatException if one of the files is damaged or holds something that is not supported, or they do
     *     not go together
     * @throws IOException if one of them is not there or cannot be read
     */
    public static Graph read(Path file, Path architecture) throws IOException {
        byte[] start = HeldFile.read(file, held -> held.bytes(0, START_BYTES));
        if (TensorFile.maybe(start)) {
            return PyTorchReader.read(file, architecture);
        }
        if (startsWith(start, HDF5)) {
            return KerasReader.readWeights(file, architecture);
        }
        throw new ModelFormatException(Printable.path(file.toString()) + ": " + describe(start)
                + "; an architecture goes with tensors of a PyTorch module, as safetensors, or with weights of a Keras "
                + "model, as HDF5");
    }

    /**
     * Reads a file only to see what is in it: weights that an ONNX graph takes as inputs are zeros.
     *
     * @param file where it is
     * @return the model, which need not be one to run
     */
    public static Graph readStructure(Path file) throws IOException {
        return HeldFile.read(file, held -> {
            byte[] start = held.bytes(0, START_BYTES);
            boolean other = startsWith(start, ZIP) || startsWith(start, HDF5) || TensorFile.maybe(start);
            return !other && OnnxFile.mayBeOnnx(start)
                    ? OnnxFile.readStructure(held)
                    : read(held, Map.of()).model();
        });
    }

    /**
     * Reads a file with the notes that it may have, as {@link ModelFile} does; otherwise the same as
     * {@link #read(Path)}.
     *
     * @param file where it is
     * @return the model and its notes, of which only files of the library's own format have any
     */
    public static ModelFile.Content readContent(Path file) throws IOException {
        return HeldFile.read(file, held -> read(held, Map.of()));
    }

    /**
     * Reads a model from the content of a file; otherwise the same as {@link #read(Path)}. A {@code .keras} file, which
     * is a zip file, is read by way of a temporary file, all others without.
     *
     * @param name what messages call it
     * @param content all bytes of the file; not kept
     */
    public static Graph read(String name, byte[] content) throws IOException {
        return HeldFile.read(name, content, held -> read(held, Map.of())).model();
    }

    /**
     * Reads a model from a stream; otherwise the same as {@link #read(Path)}. It is read by way of a temporary file if
     * it is a {@code .keras} file, or has more than 64 MB.
     *
     * @param name what messages call it
     * @param in the content of a file, read to its end but not closed
     */
    public static Graph read(String name, InputStream in) throws IOException {
        return HeldFile.read(name, in, held -> read(held, Map.of())).model();
    }

    private static ModelFile.Content read(HeldFile file, Map<String, Tensor> arrays) throws IOException {
        byte[] start = file.bytes(0, START_BYTES);
        if (startsWith(start, ZIP) || startsWith(start, HDF5)) {
            return withoutNotes(file, KerasFile.read(file));
        }
        if (TensorFile.maybe(start)) {
            TensorFile tensors = TensorFile.open(file);
            return ModelMetadata.isModel(tensors)
                    ? ModelFile.read(file, tensors)
                    : withoutNotes(file, PyTorchReader.read(tensors));
        }
        if (OnnxFile.mayBeOnnx(start)) {
            return withoutNotes(file, OnnxFile.read(file, arrays, true));
        }
        throw file.error(describe(start) + "; known are Keras's .keras and .h5, ONNX, "
                + "PyTorch state dicts saved as safetensors, and this library's own files");
    }

    private static ModelFile.Content withoutNotes(HeldFile file, Graph model) throws ModelFormatException {
        return new ModelFile.Content(StateLimit.require(file, model), Map.of());
    }

    private static boolean startsWith(byte[] start, byte... signature) {
        return start.length >= signature.length && Arrays.equals(start, 0, signature.length, signature, 0,
                signature.length);
    }

    /** Says what a file that no reader takes looks like. */
    private static String describe(byte[] start) {
        if (start.length == 0) {
            return "is empty";
        }
        if (start[0] == (byte) 0x80 && start.length > 1 && start[1] >= 2 && start[1] <= 5) {
            return "looks like a Python pickle";
        }
        if (startsWith(start, GZIP)) {
            return "looks like something compressed with gzip";
        }
        if (startsWith(start, GGUF)) {
            return "looks like a GGUF file";
        }
        if (startsWith(start, NUMPY)) {
            return "looks like a NumPy array";
        }
        if (start[0] == '{' || start[0] == '[') {
            return "looks like JSON";
        }
        return "is no model file of a known format: it begins with the bytes "
                + HexFormat.ofDelimiter(" ").formatHex(start, 0, Math.min(start.length, 8));
    }
}
