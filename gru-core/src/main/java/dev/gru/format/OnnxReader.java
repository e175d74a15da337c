package dev.gru.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.OnnxFile;
import dev.gru.format.shared.HeldFile;
import dev.gru.format.shared.StateLimit;
import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;
import dev.gru.layer.Graph;
import dev.gru.layer.Tensor;

/**
 * Reads ONNX files of GRU networks as exporters write them: graphs of {@code GRU} nodes, or of {@code Loop} nodes that
 * are a GRU by the equations of their bodies, and of what stands around them.
 *
 * <p>{@code GRU} nodes are supported in full, with all {@code activations} that the operator names, in version 7 of
 * ONNX's operators and later ones. Around them there may be embeddings, dense layers, convolutions and pooling over the
 * steps, normalisations, functions of each number, joins of branches, and whatever only lays arrays out in another way
 * or computes shapes and constants; the documentation of formats lists the operators. What is not supported is refused,
 * all operators at once.
 *
 * <p>The model's {@link dev.gru.layer.Signature} has the inputs and outputs of the graph, in its order and layout: the
 * input itself, lengths ({@code sequence_lens}) and states ({@code initial_h}, {@code Y_h}) if the graph has them.
 * Inputs that nothing is made of are left out. Outputs behind the length of a row are 0. Where ONNX's definition of the
 * functions of a GRU has no default for a parameter, it is 0 as in ONNX Runtime. The states of a row of length 0, of
 * which the definition says nothing, are the initial ones here, where ONNX Runtime has 0.
 *
 * <p>Weights are read as floats, from whichever of ONNX's floating-point types they are in: in the file itself, or in
 * files beside it, in its folder or one below, which only a model that is read by its path has.
 *
 * <p>Needs the library {@code org.tribuo:tribuo-util-onnx}. Files need not be trusted: time and memory grow as their
 * size does (the package says how), and messages are a single line. Safe for use by any number of threads.
 */
public final class OnnxReader {
    /** What protocol buffers allow, and about what an array holds. */
    private static final int MAX_BYTES = Shapes.MAX_ARRAY;

    private OnnxReader() {
    }

    /**
     * Reads a file that has all its weights.
     *
     * @param file where it is
     * @return the model
     * @throws ModelFormatException if the file is damaged, holds something that is not supported, or takes weights as
     *     inputs
     * @throws IOException if the file is not there or cannot be read
     * @throws IllegalStateException if a library is missing; the message gives its Maven coordinates
     */
    public static Graph read(Path file) throws IOException {
        return read(file, Map.of());
    }

    /**
     * Reads a file whose graph takes weights as inputs; otherwise the same as {@link #read(Path)}.
     *
     * @param file where it is
     * @param weights arrays by the names of inputs of the graph, which then are inputs no more; not changed
     * @throws IllegalArgumentException if the graph has no input of one of the names
     */
    public static Graph read(Path file, Map<String, Tensor> weights) throws IOException {
        return HeldFile.read(file, held -> StateLimit.require(held, OnnxFile.read(held, weights, false)));
    }

    /**
     * Reads a model from a stream; otherwise the same as {@link #read(Path)}.
     *
     * @param name what messages call the file
     * @param in the content of the file, read to its end but not closed
     */
    public static Graph read(String name, InputStream in) throws IOException {
        return read(name, in, Map.of());
    }

    /**
     * Reads a model from a stream; otherwise the same as {@link #read(Path, Map)}.
     *
     * @param name what messages call the file
     * @param in the content of the file, read to its end but not closed
     * @param weights arrays by the names of inputs of the graph
     */
    public static Graph read(String name, InputStream in, Map<String, Tensor> weights) throws IOException {
        String where = Printable.path(name);
        byte[] content = in.readNBytes(MAX_BYTES);
        if (content.length == MAX_BYTES) {
            throw new ModelFormatException(where + ": is larger than an ONNX file can be");
        }
        return StateLimit.require(where, content.length, OnnxFile.read(where, null, content, weights, false));
    }
}
