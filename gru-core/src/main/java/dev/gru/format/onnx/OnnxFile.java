package dev.gru.format.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.gru.format.OnnxReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.ExternalData;
import dev.gru.format.onnx.proto.Model;
import dev.gru.format.onnx.proto.ProtoReader;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.shared.HeldFile;
import dev.gru.format.shared.OptionalLibrary;
import dev.gru.internal.Printable;

/** Reads ONNX files, once they are opened: what {@link OnnxReader} offers to users. */
public final class OnnxFile {
    private OnnxFile() {
    }

    /**
     * Reads an opened file.
     *
     * @param arrays arrays by name
     * @param onlyWeights whether an array is used only where a node of the graph takes weights from an input of that
     *     name; otherwise all are constants, and must have names of inputs
     */
    public static dev.gru.layer.Graph read(HeldFile file, Map<String, dev.gru.layer.Tensor> arrays, boolean onlyWeights)
            throws IOException {
        return read(file.where(), file.folder().orElse(null), file.readAll(), arrays, onlyWeights);
    }

    /**
     * Reads the content of a file.
     *
     * @param where what messages call the file
     * @param folder where the files are that hold data beside it, or null if that is not known
     * @param content all of it
     * @param arrays arrays by name
     * @param onlyWeights as above
     */
    public static dev.gru.layer.Graph read(String where, Path folder, byte[] content,
            Map<String, dev.gru.layer.Tensor> arrays, boolean onlyWeights) throws IOException {
        try (ExternalData external = new ExternalData(folder)) {
            return read(ProtoReader.read(where, content, external), arrays, onlyWeights);
        } catch (NoClassDefFoundError e) {
            throw OptionalLibrary.TRIBUO_ONNX.missing("reading " + where, e);
        }
    }

    private static dev.gru.layer.Graph read(Model model, Map<String, dev.gru.layer.Tensor> arrays, boolean onlyWeights)
            throws ModelFormatException {
        Map<String, Tensor> given = new HashMap<>();
        Set<String> names = model.inputs().stream().map(Model.Input::name).collect(Collectors.toSet());
        for (Map.Entry<String, dev.gru.layer.Tensor> entry : arrays.entrySet()) {
            if (!names.contains(entry.getKey())) {
                if (onlyWeights) {
                    continue;
                }
                throw new IllegalArgumentException("weights must have names of inputs of the graph, "
                        + model.inputs().stream().map(Model.Input::name).map(Printable::quoted)
                                .collect(Collectors.joining(", "))
                        + ", had " + Printable.quoted(entry.getKey()));
            }
            given.put(entry.getKey(), tensor(entry.getValue()));
        }
        return new Graph(model, given, onlyWeights).build();
    }

    private static Tensor tensor(dev.gru.layer.Tensor tensor) {
        if (!tensor.isInts()) {
            return Tensor.of(tensor.floats(), tensor.shape());
        }
        long[] longs = new long[tensor.ints().length];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = tensor.ints()[i];
        }
        return Tensor.of(longs, tensor.shape());
    }

    /**
     * Returns whether a file may be an ONNX file. The format has no mark of its own, but writers put the version first,
     * a small number, and then the producer, the operators' versions or the graph; no other format here begins like
     * that.
     *
     * @param head the first bytes of the file, three or more
     */
    public static boolean mayBeOnnx(byte[] head) {
        int versionField = 1 << 3;
        int maxVersion = 127;
        int lengthDelimited = 2;
        int metadataField = 14;
        return head.length >= 3 && head[0] == versionField && head[1] > 0 && head[1] <= maxVersion
                && (head[2] & 7) <= lengthDelimited && head[2] >>> 3 > 1 && head[2] >>> 3 <= metadataField;
    }
}
